"""Redis in the past, emptied, away, or without outcomes in mid-run: state is made whole first."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.faults import memory
from tests.faults.groups import Groups
from tests.faults.kept import differences, folded_facts, kept_facts
from tests.faults.replica import SERVICES
from tests.faults.stage import Stage, stage, until
from tests.parts import Kafka

pytestmark = [pytest.mark.real_kafka, pytest.mark.slow]

OUTPUTS, RATE = 160, 16.0


@pytest.fixture(scope="module")
async def run(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One stage for the journeys of this file, the router twice; each leaves all ended."""
    home = tmp_path_factory.mktemp("redis")
    services = (*SERVICES, "router")
    async with stage(kafka.bootstrap, f"{home.name}-", home, services=services) as found:
        yield found


async def test_redis_restored_from_an_older_copy_is_made_whole_before_anything_is_committed(
    run: Stage,
) -> None:
    await _in_mid_run(run, "older", first=memory.copy, deed=memory.take_back)


async def test_redis_emptied_is_made_whole_before_anything_is_committed(run: Stage) -> None:
    await _in_mid_run(run, "empty", first=lambda _: None, deed=memory.empty)


async def _in_mid_run(
    run: Stage, label: str, *, first: Callable[[Stage], None], deed: Callable[[Stage], None]
) -> None:
    """Under load do the first thing, let state move on, do the deed; then see what became of it."""
    load = asyncio.create_task(run.load.publish(label, OUTPUTS, rate=RATE))
    await _judged(run, 20)
    await asyncio.to_thread(first, run)
    await _judged(run, 20)
    watch = memory.Watch(run, memory.slots(run.valkey.url))
    await asyncio.to_thread(deed, run)
    await watch.until_open()
    assert watch.seen_closed == watch.slots
    assert watch.committed == set()
    assert watch.ready == set()
    await load
    await run.ended()
    await _state_is_the_fold(run)
    assert await run.wrong() == []


async def test_inputs_read_again_from_0_without_outcomes_change_nothing(run: Stage) -> None:
    await run.load.publish("again", 40, rate=40)
    await run.ended()
    groups, before = Groups(run.link), run.follower.ids()
    await run.keeper.stop(*run.replicas)
    assert memory.forget_outcomes(run.valkey.url) > 0
    await asyncio.to_thread(groups.read_again)
    assert groups.behind()
    await run.keeper.start(*run.replicas)
    await until(lambda: not groups.behind(), 90, said=lambda: str(groups.behind()))
    await run.ended()
    assert run.follower.ids() == before
    await _state_is_the_fold(run)
    assert await run.wrong() == []


async def test_ready_follows_redis(run: Stage) -> None:
    await asyncio.to_thread(run.valkey.stop)
    await until(lambda: not any(_ready(run)), 15, said=lambda: f"ready: {_ready(run)}")
    assert all(replica.ask("/live")[0] == 200 for replica in run.replicas)
    await asyncio.to_thread(run.valkey.start)
    await until(lambda: all(_ready(run)), 60, said=lambda: f"ready: {_ready(run)}")


def _ready(run: Stage) -> list[bool]:
    return [replica.ready() for replica in run.replicas]


async def _judged(run: Stage, more: int) -> None:
    """Wait until so many more verdicts are out."""
    enough = len(run.follower.about("verdict.reached")) + more
    await until(lambda: len(run.follower.about("verdict.reached")) >= enough, 60)


async def _state_is_the_fold(run: Stage) -> None:
    for service in SERVICES:
        kept = await asyncio.to_thread(kept_facts, run.valkey.url, service)
        assert kept
        assert differences(kept, await folded_facts(run.link, service))[:3] == []
