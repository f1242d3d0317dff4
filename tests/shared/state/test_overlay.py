"""What a call writes once at its end is what its writes come to one by one, whatever they are."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from shared.state.changes import Change, Guard, Write, score
from shared.state.commit import RedisStore
from shared.state.store import CommitEntry, Reply, write_only
from shared.state.twin import Twin
from tests.shared.state.conformance import SLOT, opened

HASHES = (f"{SLOT}:h:1", f"{SLOT}:h:2")
SET, RANKING = f"{SLOT}:set", f"{SLOT}:ranking"
FAR = 4_000_000_000
"""A time to expire at that is in both later than a day from now."""

hashes = st.sampled_from(HASHES)
fields = st.sampled_from(("a", "b", "c"))
numbers = st.sampled_from(("0", "1", "2", "12"))
values = numbers | st.sampled_from(("3 w-1 0 2", "2 w-7", "-1"))
members = st.lists(st.sampled_from(("x", "y", "z")), min_size=1, max_size=3).map(tuple)
times = st.integers(FAR, FAR + 3).map(str)


def words(*parts: Any) -> st.SearchStrategy[tuple[str, ...]]:
    """One verb: a strategy stays, a word is said as it is, and a tuple is told out."""
    asked = [part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts]
    return st.tuples(*asked).map(_told_out)


def _told_out(parts: Sequence[Any]) -> tuple[str, ...]:
    flat: list[str] = []
    for part in parts:
        flat += part if isinstance(part, tuple) else (part,)
    return tuple(flat)


a_guard: st.SearchStrategy[Guard] = st.one_of(
    words("absent", hashes | st.sampled_from((SET, RANKING))),
    words("absent", hashes, fields),
    words("field_is", hashes, fields, values),
    words("field_below", hashes, fields, numbers),
)
a_write: st.SearchStrategy[Write] = st.one_of(
    words("HSET", hashes, fields, values),
    words("HSET", hashes, "a", values, "b", values),
    words("HDEL", hashes, st.lists(fields, min_size=1, max_size=4).map(tuple)),
    words("HDEL", hashes, "a", "b", "c", "n", "p", "q", "rev"),
    words("HINCRBY", hashes, "n", st.sampled_from(("-3", "0", "5"))),
    words("HMAX", hashes, fields, values),
    words("HTOP", hashes, st.sampled_from(("a1", "b2", "B2", "c3", "-4", "_5")), "2", "p", "q"),
    words("SADD", SET, members),
    words("SREM", SET, members),
    words("ZADD", RANKING, numbers, st.sampled_from(("x", "y"))),
    words("ZREM", RANKING, members),
    words("EXPIREAT", hashes, times),
    words("PERSIST", hashes),
)
a_change = st.builds(
    Change,
    aggregate=st.none() | hashes,
    guards=st.lists(a_guard, max_size=1).map(tuple),
    writes=st.lists(a_write, max_size=4).map(tuple),
)
an_entry = st.builds(
    CommitEntry,
    st.sampled_from(("e-1", "e-2", "e-3", "e-4", "e-5")),
    st.just("d"),
    st.lists(st.tuples(hashes, st.sampled_from(("0", "1", "2"))), max_size=1).map(tuple),
    st.lists(a_guard, max_size=1).map(tuple),
    st.lists(a_change, max_size=3).map(tuple),
    st.sampled_from((b"", b"records")),
)
some_calls = st.lists(st.lists(an_entry, min_size=1, max_size=4), min_size=1, max_size=4)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(calls=some_calls)
def test_redis_comes_to_what_its_twin_comes_to(
    calls: Sequence[Sequence[CommitEntry]], redis_url: str
) -> None:
    twin = Twin()
    expected = [twin.commit(entries) for entries in calls]

    replies, held, expiring = asyncio.run(_in_redis(redis_url, calls))

    assert replies == expected
    assert held == twin.items()
    assert expiring == twin.expiring


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(a_change, max_size=8))
def test_a_fold_comes_to_the_same(changes: Sequence[Change], redis_url: str) -> None:
    twin = Twin()
    twin.make(changes)

    held, expiring = asyncio.run(_folded(redis_url, changes))

    assert held == twin.items()
    assert expiring == twin.expiring


async def _in_redis(
    url: str, calls: Sequence[Sequence[CommitEntry]]
) -> tuple[list[Sequence[Reply]], dict[str, Any], dict[str, int]]:
    async with Redis.from_url(url) as client:
        store = await _fresh(client)
        await opened(store)
        replies = [(await store.commit({SLOT: ("e1", entries)}))[SLOT] for entries in calls]
    held, expiring = await _held(url)
    return replies, held, expiring


async def _folded(url: str, changes: Sequence[Change]) -> tuple[dict[str, Any], dict[str, int]]:
    async with Redis.from_url(url) as client:
        store = await _fresh(client)
        assert await store.lead(SLOT, "me", seconds=10)
        assert await store.fold(SLOT, "me", changes)
    return await _held(url)


async def _fresh(client: Redis) -> RedisStore:
    await client.flushall()
    store = RedisStore(client)
    await store.prepare()
    return store


async def _held(url: str) -> tuple[dict[str, Any], dict[str, int]]:
    held: dict[str, Any] = {}
    expiring: dict[str, int] = {}
    async with Redis.from_url(url, decode_responses=True) as client:
        for key in (*HASHES, SET, RANKING):
            kind = await client.type(key)
            if kind == "zset":
                ranked: Any = await client.zrange(key, 0, -1, withscores=True)
                held[key] = {member: int(score) for member, score in ranked}
            elif kind != "none":
                read: Any = client.hgetall if kind == "hash" else client.smembers
                held[key] = await read(key)
            if (at := await client.expiretime(key)) > 0:
                expiring[key] = at
    return held, expiring


async def test_a_key_that_is_emptied_twice_in_a_call_keeps_no_expiry(redis_url: str) -> None:
    """Each time that it is emptied, its expiry goes with it."""
    key = HASHES[0]
    empty, fill = ("HDEL", key, "a"), ("HSET", key, "a", "1")
    writes: list[Write] = [fill, empty, fill, ("EXPIREAT", key, str(FAR)), empty, fill]
    twin = Twin()
    twin.make([write_only(*writes)])

    held, expiring = await _folded(redis_url, [write_only(*writes)])

    assert (held, expiring) == (twin.items(), {})
    assert not twin.expiring


@pytest.mark.parametrize(
    "wrong",
    [("SADD", HASHES[0], "x"), ("HINCRBY", HASHES[0], "a", "1"), ("ZADD", RANKING, "soon", "x")],
)
async def test_a_call_that_cannot_be_made_whole_writes_nothing(wrong: Write, client: Redis) -> None:
    store = await _fresh(client)
    await opened(store)
    held = write_only(("HSET", HASHES[0], "a", "x"))
    await store.commit({SLOT: ("e1", [CommitEntry("e-1", "d", (), (), (held,))])})
    first = write_only(("HSET", HASHES[1], "a", "1"), ("SADD", SET, "x"))
    bad = CommitEntry("e-2", "d", (), (), (first, write_only(wrong)), b"records")

    with pytest.raises(RuntimeError):
        await store.commit({SLOT: ("e1", [bad])})

    assert not await client.exists(HASHES[1], SET, f"{SLOT}:outcome:e-2")


async def test_members_that_get_two_scores_in_a_call_leave_a_ranking_compact(client: Redis) -> None:
    store = await _fresh(client)
    await opened(store)
    twice = [write_only(score(RANKING, str(n), n + at)) for at in (9, 0) for n in range(100)]

    await store.commit({SLOT: ("e1", [CommitEntry("e-1", "d", (), (), tuple(twice))])})

    assert await client.zrange(RANKING, 0, 1, withscores=True) == [(b"0", 0.0), (b"1", 1.0)]
    assert await client.object("ENCODING", RANKING) == b"listpack"
