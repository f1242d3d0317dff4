"""State in another form is refused, whoever finds it and whenever; an older copy of ours is not."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from services.payout.wiring import build
from shared import form
from shared.batches import Batches, Fate
from shared.catchup import CatchUp, Waits
from shared.changes import Change, put
from shared.clock import SystemClock
from shared.commit import RedisStore
from shared.errors import EpochGone, SettingError
from shared.lead import Lead
from shared.means import Means
from shared.metrics import PatternMetrics
from shared.pipeline import Pipeline
from shared.record import Outgoing, pack
from shared.store import Entry
from shared.sweep import Pace, Sweeper
from shared.topics import Names
from shared.ways import Ways
from tests.shared.piping import an_answer_on
from tests.simulation.kafka import Broker, SimLog, SimPublisher
from tests.simulation.kernel import Kernel

ROOT, POOL = "{payout}", "{payout:main}"
OLD, OURS = 1, 2
TOKENS = count()
Copy = list[tuple[bytes, Any]]


class NoLog(SimLog):
    """Topics without a record, outside any simulation."""

    def __init__(self) -> None:
        super().__init__(Broker(Kernel(0)), "payout")

    async def _there(self) -> None:
        return


class Life:
    """One start of a payout whose state has this form."""

    def __init__(self, client: Redis, number: int) -> None:
        self.client = client
        service = build(names=Names())
        self.service = replace(service, card=replace(service.card, form=number))
        self.store = RedisStore(client)
        metrics = PatternMetrics("payout", CollectorRegistry(), Names())
        nobody: Any = None
        self.means = Means(self.service, self.store, nobody, SystemClock(), metrics)
        waits = Waits(quiet=0.0, again=0.05)
        self.catch_up = CatchUp(self.means, NoLog(), lambda: f"{next(TOKENS)}", waits)

    async def whole(self, *slots: str) -> None:
        """As a process does: it looks, loads the library, catches up, meets slots."""
        await form.look(self.client, self.service.card, self.service.root)
        await self.store.prepare()
        await self.catch_up.whole()
        for slot in slots:
            await self.catch_up.whole(slot)


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


async def kept(client: Redis, slot: str) -> Any:
    return await client.hget(f"{slot}:form", "form")


async def restart(client: Redis) -> None:
    """The server's memory is gone, the data is there."""
    await client.function_flush()


async def refused(doing: Any) -> str:
    with pytest.raises(SettingError) as failure:
        await doing
    return str(failure.value)


async def test_a_first_start_says_the_form_of_every_slot(client: Redis) -> None:
    await Life(client, OURS).whole(POOL)

    assert [await kept(client, slot) for slot in (ROOT, POOL)] == [b"2", b"2"]


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_the_same_form_is_taken_up_again(client: Redis, is_restarted: bool) -> None:
    await Life(client, OURS).whole(POOL)
    if is_restarted:
        await restart(client)

    await Life(client, OURS).whole(POOL)

    assert await RedisStore(client).epochs([ROOT, POOL])


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize("number", [OURS, OLD - 1])
async def test_another_form_is_refused_be_it_newer_or_older(
    client: Redis, is_restarted: bool, number: int
) -> None:
    await Life(client, OLD).whole(POOL)
    if is_restarted:
        await restart(client)

    said = await refused(Life(client, number).whole())

    assert said == (
        f"payout: Redis holds state in form 1 ({{payout}}), and this version reads and writes form"
        f" {number}: stop all processes of payout, run `sentuh redis empty payout`, and start"
        " again: its state is made anew from what its topics still keep"
    )


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_state_without_a_form_is_refused(client: Redis, is_restarted: bool) -> None:
    older = RedisStore(client)
    await older.prepare()
    for slot in (ROOT, POOL):
        assert await older.lead(slot, "old", seconds=60)
        assert await older.open(slot, "old", f"old-{slot}")
    if is_restarted:
        await restart(client)

    of_start = await refused(Life(client, OURS).whole())
    of_catch_up = await refused(Life(client, OURS).catch_up.whole())

    assert "holds state without a form, of an older version ({payout})" in of_start
    assert "holds state without a form, of an older version ({payout" in of_catch_up
    assert not await client.exists(f"{ROOT}:form")


async def test_where_another_form_stands_nothing_is_changed(client: Redis) -> None:
    """Processes of that version may be at work: another library would close their epochs."""
    await client.set(f"{ROOT}:epoch", "old")

    await refused(Life(client, OURS).whole())

    assert await client.keys("*") == [f"{ROOT}:epoch".encode()]
    assert await client.function_list() == []


async def test_of_two_versions_that_start_at_once_one_is_refused(client: Redis) -> None:
    starts = [Life(client, number).whole(POOL) for number in (OLD, OURS)]

    ends = await asyncio.gather(*starts, return_exceptions=True)

    kinds = [type(end) for end in ends]
    assert sorted(kind.__name__ for kind in kinds) == ["NoneType", "SettingError"]
    wins = (OLD, OURS)[kinds.index(type(None))]
    assert [await kept(client, slot) for slot in (ROOT, POOL)] == [str(wins).encode()] * 2


async def test_a_version_that_knows_no_forms_and_starts_first_is_found_at_its_end(
    client: Redis,
) -> None:
    """It holds the lease; when it has opened the epoch, its state is seen for what it is."""
    old, new = RedisStore(client), Life(client, OURS)
    await old.prepare()
    assert await old.lead(ROOT, "old", seconds=60)
    starting = asyncio.create_task(new.whole())
    await asyncio.sleep(0.2)
    assert not starting.done()
    assert await old.open(ROOT, "old", "old")

    assert "without a form" in await refused(starting)


async def test_a_catch_up_that_was_broken_off_is_known_by_its_form(client: Redis) -> None:
    """It folded, and opened nothing."""
    life = Life(client, OLD)
    await life.store.prepare()
    lead = Lead(life.means, Waits(), "died", [ROOT])
    await lead.take([ROOT, POOL])
    await lead.fold(POOL, [Change((put(f"{POOL}:job:t-1", verdict_at=1),))])
    await lead.release()

    await refused(Life(client, OURS).whole())
    await Life(client, OLD).whole(POOL)


async def copied(client: Redis, slot: str) -> Copy:
    """A copy of a slot, as of one master of a cluster."""
    keys = sorted([key async for key in client.scan_iter(f"{slot}:*")])
    return [(key, await client.dump(key)) for key in keys]


async def put_back(client: Redis, copy: Copy) -> None:
    """A restart from it."""
    await restart(client)
    for key, value in copy:
        await client.restore(key, 0, value, replace=True)


async def test_an_older_copy_of_our_form_is_made_whole_while_running(client: Redis) -> None:
    life = Life(client, OURS)
    await life.whole(POOL)
    copy = await copied(client, POOL)
    await life.catch_up.whole("{payout:later}")

    await put_back(client, copy)
    await life.store.prepare()

    assert await life.catch_up.whole()
    assert await life.store.epochs([ROOT, POOL, "{payout:later}"])


@pytest.mark.parametrize("slot", [ROOT, POOL])
@pytest.mark.parametrize("is_numbered", [False, True])
async def test_an_older_copy_of_another_form_is_refused_while_running(
    client: Redis, slot: str, is_numbered: bool
) -> None:
    """Each slot says its form: on a cluster one master may go back, and the root's not."""
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

    assert await batches.take([], revoked=lambda: False) is Fate.READ_AGAIN
    assert f"({POOL})" in await refused(life.catch_up.whole())


class Batch:
    """One answer on its way through a payout, over a Kafka in memory."""

    def __init__(self, life: Life) -> None:
        broker = Broker(Kernel(0))
        means = replace(life.means, publisher=SimPublisher(broker))
        self._batches = Batches(Ways([Pipeline(means)]), life.catch_up, SystemClock())
        self._records = [an_answer_on(broker)]

    async def take(self) -> Fate:
        """Deliver it."""
        return await self._batches.take(self._records, revoked=lambda: False)


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
    assert "form 1" in await refused(life.catch_up.whole())


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
    entry = Entry("e-1", "d", (), (), (), pack([Outgoing("t", b"k", b"v", ())]))
    await store.commit({POOL: (epoch, [entry])})
    before = await copied(client, POOL)

    await sweep(Life(client, ours))

    assert await copied(client, POOL) == before


class Sweeping:
    """A pool that seems whole: another version has opened it since the sweeper looked."""

    slots = frozenset({POOL})

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
    await Sweeper(life.means, catch_up=parts, ways=parts, held=parts, pace=pace).once()


async def test_the_roots_markers_are_not_moved_in_another_versions_state(client: Redis) -> None:
    await Life(client, OLD).whole()
    before = await copied(client, ROOT)

    await sweep(Life(client, OURS), **{"responses:0": 1})

    assert await copied(client, ROOT) == before


class Met:
    """Ways in which a slot is met that is not open."""

    async def handle(self, *_: Any, **__: Any) -> float:
        raise EpochGone(POOL)


async def test_who_is_refused_leaves_no_lease(client: Redis) -> None:
    await client.set(f"{ROOT}:epoch", "old")
    store = RedisStore(client)
    await store.prepare()

    await refused(Life(client, OURS).catch_up.whole())

    assert await store.lead(ROOT, "old", seconds=1)
