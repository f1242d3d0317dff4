"""State in Redis: the calls of the function library, one call a slot, one trip a batch."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgpack
from redis.exceptions import ResponseError

from shared.connect.access import REDIS_AWAY, RedisClient
from shared.connect.refusals import not_permitted, reply_of
from shared.contracts.errors import EpochGone, TransientError
from shared.state import library
from shared.state.changes import Change, Guard, Read, Write, merged
from shared.state.ranking import Ranking
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
    Value,
)

OUTCOME_KEPT_SECONDS = 600
Call = tuple[str, list[str], list[object]]
"""Function name, keys (the slot first), and the one argument before packing."""


class RedisStore:
    """The store of one service in Redis; see `store.Store` for what each call means."""

    def __init__(
        self, client: RedisClient, *, outcome_kept_seconds: int = OUTCOME_KEPT_SECONDS
    ) -> None:
        self._client: Any = client
        self._kept_ms = outcome_kept_seconds * 1000

    async def prepare(self) -> None:
        """Load the function library where it is missing or another version.

        Replacing it closes every epoch, so this is skipped where the code is the same.
        """
        try:
            await library.ensure(self._client)
        except REDIS_AWAY as failure:
            raise _away("loading the function library", failure) from failure

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        """Outcomes, attempts and keys of each slot, in one trip."""
        calls = [_load_call(slot, request) for slot, request in requests.items()]
        replies = await self._calls(calls)
        return {slot: _loaded(reply) for slot, reply in zip(requests, replies, strict=True)}

    async def commit(
        self, batches: Mapping[str, tuple[str, Sequence[CommitEntry]]]
    ) -> Mapping[str, Sequence[Reply]]:
        """Commit each slot's entries under its epoch, in one trip; one reply an entry."""
        calls = [_commit_call(slot, *batch) for slot, batch in batches.items()]
        replies = await self._calls(calls)
        return {
            slot: [_reply(found) for found in reply[1]]
            for slot, reply in zip(batches, replies, strict=True)
        }

    async def settle(self, settlements: Mapping[str, Settlement]) -> None:
        """Give outcomes their short time to live and move the markers up."""
        calls: list[Call] = [
            (
                "sentuh_settle",
                [slot],
                [
                    done.epoch,
                    list(done.published),
                    list(done.handled),
                    {field: str(offset) for field, offset in done.markers.items()},
                    self._kept_ms,
                ],
            )
            for slot, done in settlements.items()
        ]
        await self._calls(calls)

    async def unsettled(
        self, slot: str, *, older_seconds: float, count: int
    ) -> tuple[str, Sequence[tuple[str, Outcome]]]:
        """The epoch, and outcomes committed so long ago that nobody settled."""
        reply = await self._call("sentuh_unsettled", [slot], [int(older_seconds * 1000), count])
        return reply[0], [(row[0], _outcome(row[1:])) for row in reply[1]]

    async def due(
        self, slot: str, key: str, *, due_ms: int, again_ms: int, count: int
    ) -> Sequence[tuple[str, int]]:
        """Members of a sorted set that are due, with their scores; each is moved on to again."""
        reply = await self._call("sentuh_due", [slot, key], [due_ms, again_ms, count])
        flat = reply[1]
        return [(flat[i], int(float(flat[i + 1]))) for i in range(0, len(flat), 2)]

    async def epoch(self, slot: str) -> str | None:
        """The slot's open epoch, if any."""
        return (await self.epochs([slot])).get(slot)

    async def epochs(self, slots: Sequence[str]) -> Mapping[str, str]:
        """The open epochs of these slots, in one trip; a closed one is not named."""
        calls: list[Call] = [("sentuh_epoch", [slot], []) for slot in slots]
        try:
            replies = await self._send(calls) if calls else []
        except REDIS_AWAY as failure:
            raise await self._trouble(calls[0], failure) from failure
        found = zip(slots, replies, strict=True)
        return {slot: reply[0] for slot, reply in found if reply[0]}

    async def slots(self, root: str) -> Sequence[str]:
        """Every slot below the root that has an epoch written beside its data, open or not."""
        pattern = f"{root[:-1]}:*}}:epoch"
        try:
            found = [key async for key in self._client.scan_iter(match=pattern, count=1000)]
        except REDIS_AWAY as failure:
            raise _away("looking for slots", failure) from failure
        return [_text(key).removesuffix(":epoch") for key in found]

    async def lead(self, slot: str, token: str, *, seconds: float, again: bool = False) -> bool:
        """Take the lease to catch the slot up; `again`: only where it stands beside the data."""
        argument: list[object] = [token, int(seconds * 1000), again]
        return bool((await self._bare("sentuh_lead", [slot], argument))[0])

    async def fold(self, slot: str, token: str, changes: Sequence[Change]) -> bool:
        """Make changes while the epoch is closed; False: the lease was lost."""
        keys = _Keys(slot)
        packed = [_change(change, keys) for change in changes]
        return bool((await self._bare("sentuh_fold", list(keys), [token, packed]))[0])

    async def peek(self, slot: str, token: str, reads: Sequence[Read]) -> Loaded | None:
        """Read while the epoch is closed; None: the lease was lost."""
        reply = await self._bare("sentuh_peek", [slot], [token, merged(reads)])
        return _loaded(reply) if reply[0] else None

    async def open(self, slot: str, token: str, epoch: str) -> bool:
        """Open the epoch and end the lease; False: the lease was lost."""
        return bool((await self._bare("sentuh_open", [slot], [token, epoch]))[0])

    async def _call(self, name: str, keys: list[str], argument: list[object]) -> Any:
        return (await self._calls([(name, keys, argument)]))[0]

    async def _calls(self, calls: Sequence[Call]) -> list[Any]:
        """One trip; raises EpochGone for the first slot whose epoch is not the open one."""
        if not calls:
            return []
        try:
            replies = await self._send(calls)
        except REDIS_AWAY as failure:
            raise await self._trouble(calls[0], failure) from failure
        if gone := [call[1][0] for call, reply in zip(calls, replies, strict=True) if not reply[0]]:
            asked = zip(calls, replies, strict=True)
            raise EpochGone(gone[0], {call[1][0]: reply[0] for call, reply in asked if reply[0]})
        return replies

    async def _bare(self, name: str, keys: list[str], argument: list[object]) -> Any:
        """One call whose False is an answer."""
        try:
            return (await self._send([(name, keys, argument)]))[0]
        except REDIS_AWAY as failure:
            raise await self._trouble((name, keys, argument), failure) from failure

    async def _trouble(self, call: Call, failure: Exception) -> Exception:
        """What a failed call means: our own bug, a library to load first, or Redis away."""
        said = reply_of(failure)
        ours = isinstance(failure, ResponseError) and "script:" in str(failure)
        if ours and not not_permitted(failure):
            return RuntimeError(f"{call[0]}: {said}")
        if "Function not found" in said:
            await self.prepare()
        return _away(f"{call[0]} on {call[1][0]}", failure)

    async def _send(self, calls: Sequence[Call]) -> list[Any]:
        packed = [(name, keys, _argument(said)) for name, keys, said in calls]
        if len(packed) == 1:
            name, keys, blob = packed[0]
            raw = [await self._client.fcall(name, len(keys), *keys, blob)]
        else:
            pipeline = self._client.pipeline(transaction=False)
            for name, keys, blob in packed:
                pipeline.fcall(name, len(keys), *keys, blob)
            raw = await pipeline.execute()
        return [_unpacked(reply) for reply in raw]


class _Keys(dict[str, int]):
    """Keys of one call, each once, with its place; guards and writes name them by that."""

    def __init__(self, slot: str) -> None:
        super().__init__({slot: 1})

    def __missing__(self, key: str) -> int:
        place = self[key] = len(self) + 1
        return place


def _argument(said: list[object]) -> bytes:
    """The one argument of a call; a value that stands for bytes that are no text is these bytes."""
    packed: bytes = msgpack.packb(said, use_bin_type=False, unicode_errors="surrogateescape")
    return packed


def _unpacked(reply: bytes) -> Any:
    """A reply, all of it as text: packed records are no text, and come back by `_packed`."""
    return msgpack.unpackb(reply, unicode_errors="surrogateescape", strict_map_key=False)


def _packed(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _verbs(parts: Sequence[Guard | Write], keys: _Keys) -> Sequence[object]:
    return [(part[0], keys[part[1]], *part[2:]) for part in parts] if parts else ()


def _change(change: Change, keys: _Keys) -> Sequence[object]:
    aggregate = keys[change.aggregate] if change.aggregate else 0
    return aggregate, _verbs(change.guards, keys), _verbs(change.writes, keys)


def _load_call(slot: str, request: Request) -> Call:
    return ("sentuh_load", [slot], [request.ids, merged(request.reads), request.counted])


def _commit_call(slot: str, epoch: str, entries: Sequence[CommitEntry]) -> Call:
    keys = _Keys(slot)
    packed: list[object] = [
        [
            entry.id,
            entry.digest,
            [(keys[key], revision) for key, revision in entry.reads],
            _verbs(entry.guards, keys),
            [_change(change, keys) for change in entry.changes],
            entry.records,
        ]
        for entry in entries
    ]
    return ("sentuh_commit", list(keys), [epoch, packed])


def _loaded(reply: Any) -> Loaded:
    return Loaded(
        epoch=reply[0],
        outcomes={id_: _outcome(kept) for id_, kept in _pairs(reply[1])},
        attempts=dict(_pairs(reply[2])),
        data={key: (found[0], _value(*found)) for key, found in _pairs(reply[3])},
    )


def _pairs(table: Any) -> Iterable[tuple[Any, Any]]:
    return table.items() if isinstance(table, dict) else ()  # an empty table packs as a list


def _value(kind: str, flat: list[str]) -> Value:
    if kind == "set":
        return set(flat)
    pairs = zip(flat[::2], flat[1::2], strict=True)
    if kind == "hash":
        return dict(pairs)
    return Ranking((member, int(float(score))) for member, score in pairs)


def _outcome(kept: Any) -> Outcome:
    return Outcome(digest=kept[0], settled=bool(kept[1]), records=_packed(kept[2]))


def _reply(found: Any) -> Reply:
    if found == "committed":
        return Committed()
    if found == "conflict":
        return Conflict()
    return Replayed(_outcome(found))


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw


def _away(doing: str, failure: Exception) -> TransientError:
    return TransientError(f"{doing}: Redis did not answer: {reply_of(failure)}")


def digest_of(raw: bytes) -> str:
    """Digest of an incoming record's bytes, short enough to keep."""
    return hashlib.blake2b(raw, digest_size=16).hexdigest()
