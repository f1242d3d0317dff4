"""State of another version that is met while running: refused, and nothing is written on it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from shared.contracts.errors import EpochGone
from shared.contracts.packing import pack
from shared.contracts.record import Outgoing
from shared.kafka.batches import Batches, Fate
from shared.pattern.clock import SystemClock
from shared.pattern.limits import Limits
from shared.recovery.sweep import Pace, Sweeper
from shared.state.commit import RedisStore
from shared.state.store import CommitEntry
from tests.shared.pattern.piping import an_answer_on
from tests.shared.state.lives import OLD, OURS, POOL, ROOT, Life, copied, put_back, refused, restart
from tests.support.assignments import Forever
from tests.support.in_memory import pipelines_of
from tests.support.world.kafka import Broker, SimPublisher
from tests.support.world.kernel import Kernel


async def test_an_older_copy_of_our_form_is_made_whole_while_running(client: Redis) -> None:
    life = Life(client, OURS)
    await life.whole(POOL)
    copy = await copied(client, POOL)
    await life.catch_up.whole({"{payout:later}"})

    await put_back(client, copy)
    await life.store.prepare()

    assert await life.catch_up.whole()
    assert await life.store.epochs([ROOT, POOL, "{payout:later}"])


@pytest.mark.parametrize("slot", [ROOT, POOL])
@pytest.mark.parametrize("is_numbered", [False, True])
async def test_an_older_copy_of_another_form_is_refused_while_running(
    client: Redis, slot: str, is_numbered: bool
) -> None:
    """Each slot says its version: on a cluster one master may go back, and the root's not."""
    await Life(client, OLD).whole(POOL)
    if not is_numbered:
        await client.delete(f"{slot}:form")
    copy = await copied(client, slot)
    await client.flushall()
    life = Life(client, OURS)
    await life.whole(POOL)

    await client.delete(f"{slot}:form")
    await put_back(client, copy)
    await life.store.prepare()

    assert f"({slot})" in await refused(life.catch_up.whole())


async def test_a_slot_that_is_met_in_another_form_is_refused_and_ends_the_sweeps_too(
    client: Redis,
) -> None:
    """Whoever meets it: the consumer drops its batch, the sweeper ends the process."""
    life = Life(client, OURS)
    await life.whole()
    await client.set(f"{POOL}:epoch", "old")
    batches = Batches(Met(), life.catch_up, SystemClock())  # type: ignore[arg-type]

    assert await batches.take([], Forever()) is Fate.READ_AGAIN
    assert f"({POOL})" in await refused(life.catch_up.whole())


class Batch:
    """One answer on its way through a payout, over a Kafka in memory."""

    def __init__(self, life: Life) -> None:
        broker = Broker(Kernel(0))
        dependencies = replace(life.dependencies, publisher=SimPublisher(broker))
        self._batches = Batches(pipelines_of(dependencies), life.catch_up, SystemClock())
        self._records = [an_answer_on(broker)]

    async def take(self) -> Fate:
        """Deliver it."""
        return await self._batches.take(self._records, Forever())


async def test_what_another_version_has_made_whole_meanwhile_is_not_written_on(
    client: Redis,
) -> None:
    """Emptied while we run, Redis is made whole by another version, and our next batch meets that
    before our sweeper does. The attempt that its load counted is taken back.
    """
    life = Life(client, OURS)
    await life.whole(POOL)
    await client.flushall()
    await restart(client)
    await Life(client, OLD).whole(POOL)
    before = await copied(client, POOL)

    assert await Batch(life).take() is Fate.READ_AGAIN

    assert await copied(client, POOL) == before
    assert "state version 1" in await refused(life.catch_up.whole())


async def test_a_pool_that_is_open_in_another_form_is_refused_though_the_root_is_ours(
    client: Redis,
) -> None:
    """On a cluster the root's master alone may have lost its data."""
    await Life(client, OLD).whole(POOL)
    await client.delete(*await client.keys(f"{ROOT}:*"))
    life = Life(client, OURS)

    assert f"({POOL})" in await refused(life.whole())
    assert f"({POOL})" in await refused(life.catch_up.whole())


@pytest.mark.parametrize("numbers", [(OLD, OURS), (1, 12), (12, 1)])
async def test_what_another_version_left_behind_is_not_settled(
    client: Redis, numbers: tuple[int, int]
) -> None:
    theirs, ours = numbers
    await Life(client, theirs).whole(POOL)
    store = RedisStore(client)
    epoch = (await store.epochs([POOL]))[POOL]
    entry = CommitEntry("e-1", "d", (), (), (), pack([Outgoing("t", b"k", b"v", ())]))
    await store.commit({POOL: (epoch, [entry])})
    before = await copied(client, POOL)

    await sweep(Life(client, ours))

    assert await copied(client, POOL) == before


class Sweeping:
    """A pool that seems whole: another version has opened it since the sweeper looked."""

    slots = frozenset({POOL})
    limits = Limits()

    def __init__(self, progress: Mapping[str, int]) -> None:
        self._progress = progress

    async def whole(self) -> bool:
        return False

    def progress(self) -> Mapping[str, int]:
        return self._progress

    def partitions(self) -> tuple[int, ...]:
        return ()


async def sweep(life: Life, **progress: int) -> None:
    """Sweep once, having come so far with partitions; what nobody settled is left behind at once.
    Nobody publishes.
    """
    parts: Any = Sweeping(progress)
    pace = Pace(unsettled_seconds=0)
    await Sweeper(life.dependencies, catch_up=parts, pipelines=parts, held=parts, pace=pace).once()


async def test_the_roots_markers_are_not_moved_in_another_versions_state(client: Redis) -> None:
    await Life(client, OLD).whole()
    before = await copied(client, ROOT)

    await sweep(Life(client, OURS), **{"responses:0": 1})

    assert await copied(client, ROOT) == before


class Met:
    """Ways in which a slot is met that is not open."""

    limits = Limits()

    async def handle(self, *_: Any, **__: Any) -> list[Any]:
        raise EpochGone(POOL)


async def test_who_is_refused_leaves_no_lease(client: Redis) -> None:
    await client.set(f"{ROOT}:epoch", "old")
    store = RedisStore(client)
    await store.prepare()

    await refused(Life(client, OURS).catch_up.whole())

    assert await store.lead(ROOT, "old", seconds=1)
