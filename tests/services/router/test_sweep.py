"""The sweep and the derived lanes, on a real store: what is due is found, once, and found again."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from services.router import derive as derivation
from services.router import keys, lanes
from services.router.derive import Fold, Peek, derive
from services.router.state import TaskNeeds
from services.router.sweep import LOOK
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Requirement
from shared.contracts.events.timers import LaneDue
from shared.contracts.topics import PARTITIONS
from shared.pattern.service import Swept
from shared.state.changes import (
    Change,
    Read,
    add,
    hash_of,
    lowest,
    remove,
    score,
    set_of,
    unscore,
)
from shared.state.commit import RedisStore
from shared.state.store import CommitEntry, Loaded, Request, write_only
from shared.state.twin import Twin
from tests.services.router.in_memory import SLOT, Desk, a_desk, kinds
from tests.support.builders import POOL, a_policy, a_task
from tests.support.people import answering

LANE = TaskNeeds(Requirement()).lane
INDEX = (":lanes", ":lane:", ":type:")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[RedisStore]:
    """A store whose slot is open and empty."""
    async with Redis.from_url(url) as client:
        store = RedisStore(client)
        await store.prepare()
        assert await store.lead(SLOT, "lead", seconds=10)
        assert await store.open(SLOT, "lead", "epoch-1")
        yield store


def writes_of(twin: Twin, *, index: bool) -> list[Change]:
    """Everything a twin holds, as writes; without the lanes unless they are asked for."""
    changes = []
    for key, value in twin.items().items():
        if not index and any(part in key.removeprefix(SLOT) for part in INDEX):
            continue
        if isinstance(value, set):
            changes.append(write_only(("SADD", key, *value)))
        elif type(value) is dict:
            flat = [part for pair in value.items() for part in pair]
            changes.append(write_only(("HSET", key, *(str(part) for part in flat))))
        else:
            changes += [write_only(("ZADD", key, str(s), m)) for m, s in value.items()]
    return changes


async def copy_of(desk: Desk, store: RedisStore) -> None:
    entry = CommitEntry("copy", "", (), (), tuple(writes_of(desk.twin, index=True)))
    await store.commit({SLOT: ("epoch-1", [entry])})


async def sweep(desk: Desk, store: RedisStore) -> list[Event]:
    assert desk.service.sweep
    events: list[Event] = []
    for partition in range(PARTITIONS):
        swept = Swept(SLOT, partition, desk.now, desk.read_until, store)
        events += await desk.service.sweep(swept)
    return events


async def test_what_is_due_is_announced_and_again_after_a_while(redis_url: str) -> None:
    desk = await a_desk("w-1", "w-2")
    desk.hear(a_task())
    async with opened(redis_url) as store:
        await copy_of(desk, store)

        assert kinds(await sweep(desk.wait(60), store)) == []
        assert kinds(await sweep(desk.wait(0.002), store)) == ["deadline.passed"]
        assert kinds(await sweep(desk.wait(29), store)) == []
        assert kinds(await sweep(desk.wait(2), store)) == ["deadline.passed"]


async def test_nothing_is_announced_before_responses_were_read(redis_url: str) -> None:
    desk = await a_desk("w-1", "w-2")
    desk.hear(a_task())
    desk.lag = timedelta(seconds=30)
    async with opened(redis_url) as store:
        await copy_of(desk, store)

        assert kinds(await sweep(desk.wait(90), store)) == []
        assert kinds(await sweep(desk.wait(1), store)) == ["deadline.passed"]


async def test_every_task_of_a_lane_is_counted_however_many_a_look_pairs(redis_url: str) -> None:
    desk = await a_desk("w-1")
    desk.hear(*[a_task(f"t-{n}", policy=a_policy(answers_min=2)) for n in range(1, 2 * LOOK + 1)])
    for number in range(3 * LOOK):
        desk.twin.write(score(keys.stuck(POOL, LANE), f"s-{number}", 1))
    async with opened(redis_url) as store:
        await copy_of(desk, store)
        await sweep(desk, store)

    told = [desk.registry.get_sample_value(f"sentuh_router_{name}_tasks", labels)
            for name, labels in (("waiting", {"skill": "none"}), ("unroutable", {}))]  # fmt: skip
    assert told == [2 * LOOK, 3 * LOOK]


async def test_lanes_are_derived_as_they_were(redis_url: str) -> None:
    desk = await a_desk("w-1", "w-2", "w-3", capacity=2)
    desk.hear(*[a_task(f"t-{n}", policy=a_policy(answers_min=2)) for n in range(1, 6)])
    desk.hear(answering(desk.offer("w-1", "t-1")))
    desk.join("w-away", presence="away")

    async with Redis.from_url(redis_url) as client:
        store = RedisStore(client)
        await store.prepare()
        assert await store.lead(SLOT, "lead", seconds=10)
        assert await store.fold(SLOT, "lead", writes_of(desk.twin, index=False))
        await derive(SLOT, _peek(store), _fold(store))
        assert await store.open(SLOT, "lead", "epoch-1")
        there = await _lists(store, desk)

    for key, members in there.items():
        kept = set(desk.twin.items().get(key, ())) - {"rev"}
        assert kept <= members, f"{key} lacks {kept - members}"


async def test_no_call_of_a_derivation_looks_at_more_than_a_part(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derivation, "AT_ONCE", 3)
    desk = await a_desk(*(f"w-{n}" for n in range(10)))
    desk.hear(*[a_task(f"t-{n}") for n in range(1, 31)])
    calls: list[list[Read]] = []

    async with Redis.from_url(redis_url) as client:
        store = RedisStore(client)
        await store.prepare()
        assert await store.lead(SLOT, "lead", seconds=10)
        assert await store.fold(SLOT, "lead", writes_of(desk.twin, index=False))
        inner = _peek(store)

        async def peek(slot: str, reads: Sequence[Read]) -> Loaded:
            calls.append(list(reads))
            return await inner(slot, reads)

        await derive(SLOT, peek, _fold(store))

    tasks = [read.prefix for reads in calls for read in reads if ":task:" in read.prefix]
    assert sorted(tasks) == sorted(keys.task(POOL, f"t-{n}") for n in range(1, 31))
    assert all(len(reads) <= 2 * 3 for reads in calls)
    assert all(sum(read.take > 0 for read in reads) <= 1 for reads in calls)


async def test_a_lane_is_filled_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "FILL_PAGE", 3)
    desk = Desk()
    desk.join(*(f"w-{n}" for n in range(7)))
    desk.hear(a_task(policy=a_policy(answers_min=1)))
    looks: Sequence[Event] = await desk.due()
    lane = keys.fit(POOL, LANE)

    for known, after in ((3, "w-2"), (6, "w-5"), (7, "")):
        said = [look for look in desk.hear(*looks) if isinstance(look, LaneDue)]
        assert [look.after for look in said] == ([after] if after else [])
        assert len(desk.twin.ranking(lane)) == known
        assert (LANE in desk.twin.set(keys.filled(POOL))) == (not after)
        looks = said


async def test_lanes_of_an_older_matching_are_searched_once_more() -> None:
    desk = Desk()
    desk.join("w-1")
    desk.hear(a_task(policy=a_policy(answers_min=1)))
    await desk.settle()
    desk.twin.write(remove(keys.filled(POOL), LANE))
    desk.twin.write(add("{router:main}:lanes:filled", LANE))
    desk.twin.write(unscore(keys.fit(POOL, LANE), "w-1"))
    upgraded = Desk()
    upgraded.twin = desk.twin

    await upgraded.settle()

    assert "w-1" in upgraded.twin.ranking(keys.fit(POOL, LANE))
    assert LANE in upgraded.twin.set(keys.filled(POOL))


def _peek(store: RedisStore) -> Peek:
    async def peek(slot: str, reads: Sequence[Read]) -> Loaded:
        found = await store.peek(slot, "lead", reads)
        assert found is not None
        return found

    return peek


def _fold(store: RedisStore) -> Fold:
    async def fold(slot: str, changes: Sequence[Change]) -> None:
        if changes:
            assert await store.fold(slot, "lead", changes)

    return fold


async def _lists(store: RedisStore, desk: Desk) -> Mapping[str, set[str]]:
    """Members of every index the desk has, as the store has them."""
    reads: list[Read] = []
    for key, value in desk.twin.items().items():
        if any(part in key.removeprefix(SLOT) for part in INDEX):
            kind = set_of if isinstance(value, set) else hash_of
            is_ranking = not isinstance(value, set) and type(value) is not dict
            reads.append(lowest(key, take=1000) if is_ranking else kind(key))
    loaded = await store.load({SLOT: Request(reads=tuple(reads))})
    assert keys.lanes(POOL) in loaded[SLOT].data
    return {key: set(value) for key, (_, value) in loaded[SLOT].data.items()}
