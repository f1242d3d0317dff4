"""Committed offsets of a group deleted: the service reads everything again from the beginning."""

import asyncio
from collections.abc import Mapping

from tests.faults.groups import Groups
from tests.faults.play import Fault, Play
from tests.faults.replica import SERVICES
from tests.faults.stage import until

READ_SECONDS = 120.0


def offsets() -> list[Fault]:
    """Every group's, one after the other."""
    return [Fault("offsets-deleted", "committed offsets of each group deleted", _delete)]


async def _delete(play: Play) -> None:
    stage, groups = play.stage, Groups(play.stage.link)
    for service in SERVICES:
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

    await until(there, READ_SECONDS, said=lambda: f"{service}, which has not read all again")
