"""SIGTERM in the middle of a batch: it is settled and acknowledged, then the process ends well."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults import memory
from tests.faults.groups import Groups
from tests.faults.replica import SERVICES, Replica
from tests.faults.stage import Stage, stage, until
from tests.parts import Kafka

pytestmark = [pytest.mark.real_kafka, pytest.mark.slow]

STOP_SECONDS = 20.0


@pytest.fixture
async def run(kafka: Kafka, prefix: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(kafka.bootstrap, prefix, tmp_path) as found:
        yield found


async def test_sigterm_in_mid_batch_leaves_nothing_unsettled(run: Stage) -> None:
    for replica in run.replicas:
        await run.keeper.arm(replica, [f"{replica.service}.committed:delay=1:6"])
    load = asyncio.create_task(run.load.publish("stop", 120, rate=40))
    codes = await asyncio.gather(*(_stop_in_mid_batch(run, replica) for replica in run.replicas))
    await load
    assert codes == [0] * len(SERVICES)
    assert memory.unsettled(run.valkey.url) == {}
    handled = memory.handled(run.valkey.url)
    for service in SERVICES:
        committed = await asyncio.to_thread(Groups(run.link).committed, service)
        assert committed
        assert {name: handled.get(name) for name in committed} == committed
    await run.keeper.start(*run.replicas)
    await run.ended()
    assert await run.wrong() == []


async def _stop_in_mid_batch(run: Stage, replica: Replica) -> int | None:
    """Tell it to stop while it stands between commit and publish; its exit code."""
    point = f"{replica.service}.committed"
    await until(lambda: point in run.fired(), 60, said=lambda: f"{point} fired")
    run.keeper.let_go(replica)
    replica.signal(signal.SIGTERM)
    return await asyncio.to_thread(replica.wait, STOP_SECONDS)
