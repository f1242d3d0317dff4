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
    enough = asyncio.Event()
    load = asyncio.create_task(_steady(run, enough))
    # The last first: whoever is still to be stopped gets work all the time.
    codes = [await _stop_in_mid_batch(run, replica) for replica in reversed(run.replicas)]
    enough.set()
    await load
    assert codes == [0] * len(SERVICES)
    assert memory.unsettled(run.valkey.url) == {}
    for service in SERVICES:
        handled = memory.handled(run.valkey.url, service)
        committed = await asyncio.to_thread(Groups(run.link).committed, service)
        assert committed
        assert {name: handled.get(name) for name in committed} == committed
    await run.keeper.start(*run.replicas)
    await run.ended()
    assert await run.wrong() == []


async def _steady(run: Stage, enough: asyncio.Event) -> None:
    turn = 0
    while not enough.is_set():
        await run.load.publish(f"stop.{turn}", 10, rate=10)
        turn += 1


async def _stop_in_mid_batch(run: Stage, replica: Replica) -> int | None:
    """Tell it to stop while it stands between commit and publish; its exit code."""
    point = f"{replica.service}.committed"
    await run.keeper.arm(replica, [f"{point}:delay=1:3"])
    await until(lambda: point in run.fired(), 60, said=lambda: f"{point} has not fired")
    run.keeper.let_go(replica)
    replica.signal(signal.SIGTERM)
    return await asyncio.to_thread(replica.wait, STOP_SECONDS)
