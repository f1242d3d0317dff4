"""Committed offsets of a group deleted: the service reads everything again from the beginning."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

from tests.faults.fault import Fault
from tests.faults.groups import Groups
from tests.faults.play import Play, Trial
from tests.faults.stage import until

READ_SECONDS = 300.0


def offsets(*services: str) -> Trial:
    """Return the trial with the groups of these services, one after the other."""
    return Trial(Fault.OFFSETS_DELETED, partial(_delete, services=services), services=services)


async def _delete(play: Play, *, services: Sequence[str]) -> None:
    stage, groups = play.stage, Groups(play.stage.link)
    for service in services:
        replicas = stage.keeper.of(service)
        await stage.keeper.stop(*replicas)
        had = await asyncio.to_thread(groups.committed, service)
        await asyncio.to_thread(groups.forget, service)
        left = await asyncio.to_thread(groups.committed, service)
        play.fire(bool(had) and not left)
        await stage.keeper.start(*replicas)
        await _as_far_as_before(groups, service, had)
        await play.through()


async def _as_far_as_before(groups: Groups, service: str, had: Mapping[str, int]) -> None:
    def there() -> bool:
        now = groups.committed(service)
        return all(now.get(name, 0) >= offset for name, offset in had.items())

    await until(there, READ_SECONDS, left=lambda: f"{service}, which has not read all again")
