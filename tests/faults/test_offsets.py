"""No committed offsets and no outcomes left: everything is read again, and nothing comes of it."""

import asyncio

import pytest

from tests.faults import memory
from tests.faults.groups import Groups
from tests.faults.replica import SERVICES
from tests.faults.stage import Stage, until

pytestmark = [pytest.mark.real_kafka, pytest.mark.slow]


async def test_inputs_read_again_from_0_without_outcomes_change_nothing(run: Stage) -> None:
    await run.load.publish("again", 40, rate=40)
    await run.ended()
    groups, before = Groups(run.link), run.follower.ids()
    await run.keeper.stop(*run.replicas)
    assert memory.forget_outcomes(run.valkey.url) > 0
    for service in SERVICES:
        await asyncio.to_thread(groups.forget, service)
    assert groups.behind()
    await run.keeper.start(*run.replicas)
    await until(lambda: not groups.behind(), 300, left=lambda: str(groups.behind()))
    assert run.follower.ids() == before
    assert await run.judged() == ()
