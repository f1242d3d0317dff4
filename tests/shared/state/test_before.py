"""Builds of before go on beside this one: the library answers their calls with what they meant."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from redis.asyncio import Redis

from shared.state.calls import loaded_of
from shared.state.changes import Change, Guard, Write, absent, merged, put
from shared.state.commit import RedisStore
from shared.state.store import (
    CommitEntry,
    Committed,
    Conflict,
    Loaded,
    Outcome,
    Replayed,
    Reply,
    Request,
    Settlement,
)
from tests.shared.state.conformance import (
    CHECKS,
    KEY,
    SLOT,
    Check,
    an_entry,
    check_of_entries_the_highest_stay_in_any_order,
    commit,
    opened,
)
from tests.shared.state.conformance_calls import CALLS


class StoreOfBefore(RedisStore):
    """The calls as builds up to library version 2 make them."""

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        loaded: dict[str, Loaded] = {}
        for slot, asked in requests.items():
            argument: list[object] = [asked.ids, merged(asked.reads), asked.counted]
            epoch, outcomes, *rest = await self._call("sentuh_load", [slot], argument)
            kept = {id_: _outcome(held) for id_, held in dict(outcomes or {}).items()}
            bare = loaded_of([epoch, {}, *rest])
            loaded[slot] = Loaded(epoch, kept, bare.attempts, bare.data)
        return loaded

    async def commit(
        self, batches: Mapping[str, tuple[str, Sequence[CommitEntry]]]
    ) -> Mapping[str, Sequence[Reply]]:
        replies: dict[str, Sequence[Reply]] = {}
        for slot, (epoch, entries) in batches.items():
            keys = [slot]
            argument: list[object] = [epoch, [_entry(entry, keys) for entry in entries]]
            _, answers = await self._call("sentuh_commit", keys, argument)
            replies[slot] = [_reply(answer) for answer in answers]
        return replies

    async def settle(self, settlements: Mapping[str, Settlement]) -> None:
        for slot, done in settlements.items():
            markers = {field: str(offset) for field, offset in done.markers.items()}
            ids, handled = list(done.published), list(done.handled)
            argument: list[object] = [done.epoch, ids, handled, markers, 600_000]
            await self._call("sentuh_settle", [slot], argument)

    async def unsettled(
        self, slot: str, *, older_seconds: float, count: int
    ) -> tuple[str, Sequence[tuple[str, Outcome]]]:
        argument: list[object] = [int(older_seconds * 1000), count]
        epoch, rows = await self._call("sentuh_unsettled", [slot], argument)
        return epoch, [(row[0], _outcome(row[1:])) for row in rows]

    async def fold(self, slot: str, token: str, changes: Sequence[Change]) -> bool:
        keys = [slot]
        argument: list[object] = [token, [_change(change, keys) for change in changes]]
        return bool((await self._bare("sentuh_fold", keys, argument))[0])


def _number(key: str, keys: list[str]) -> int:
    if key not in keys:
        keys.append(key)
    return keys.index(key) + 1


def _verbs(parts: Sequence[Guard | Write], keys: list[str]) -> list[object]:
    return [(part[0], _number(part[1], keys), *part[2:]) for part in parts]


def _change(change: Change, keys: list[str]) -> object:
    aggregate = _number(change.aggregate, keys) if change.aggregate else 0
    return aggregate, _verbs(change.guards, keys), _verbs(change.writes, keys)


def _entry(entry: CommitEntry, keys: list[str]) -> object:
    reads = [(_number(key, keys), revision) for key, revision in entry.reads]
    changes = [_change(change, keys) for change in entry.changes]
    return [entry.id, entry.digest, reads, _verbs(entry.guards, keys), changes, entry.records]


def _outcome(kept: Any) -> Outcome:
    return Outcome(kept[0], settled=bool(kept[1]), records=kept[2].encode(errors="surrogateescape"))


def _reply(answer: Any) -> Reply:
    if answer == "committed":
        return Committed()
    return Conflict() if answer == "conflict" else Replayed(_outcome(answer))


OF_BEFORE = [
    check for check in CHECKS if check is not check_of_entries_the_highest_stay_in_any_order
]
"""Builds of before know no write that keeps the highest entries."""


@pytest.mark.parametrize("check", [*OF_BEFORE, *CALLS], ids=lambda check: check.__name__)
async def test_a_store_of_before_conforms(check: Check, client: Redis) -> None:
    store = StoreOfBefore(client)
    await store.prepare()
    await check(store)


async def test_it_keeps_and_settles_outcomes_in_its_own_form(client: Redis) -> None:
    store = StoreOfBefore(client)
    await store.prepare()
    await opened(store)
    await commit(store, an_entry(writes=[put(KEY, a=1)], records=b"r"))
    outcome = f"{SLOT}:outcome:e-1"
    assert await client.hgetall(outcome) == {b"digest": b"d", b"records": b"r"}

    await store.settle({SLOT: Settlement("e1", {"e-1": "d"}, (), {})})

    assert await client.hgetall(outcome) == {b"digest": b"d"}
    assert 0 < await client.pttl(outcome) <= 600_000


async def test_its_folds_are_made(client: Redis) -> None:
    store = StoreOfBefore(client)
    await store.prepare()
    assert await store.lead(SLOT, "me", seconds=10)
    change = Change(aggregate=KEY, guards=(absent(KEY, "a"),), writes=(put(KEY, a=1),))

    assert await store.fold(SLOT, "me", [change, change])

    assert await client.hgetall(KEY) == {b"a": b"1", b"rev": b"1"}
    assert not await store.fold(SLOT, "another", [change])
