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
    """The store of one service in Redis: each call is described in `store.Store`."""

    def __init__(
        self, client: RedisClient, *, outcome_kept_seconds: int = OUTCOME_KEPT_SECONDS
    ) -> None:
        self._client: Any = client
        self._kept_ms = outcome_kept_seconds * 1000

    async def prepare(self) -> None:
        """Load the function library where it is missing or has a lower version.

        Loading it closes every epoch: see `library`.
        """
        try:
            await library.ensure(self._client)
        except REDIS_AWAY as failure:
            raise _away("loading the function library", failure) from failure

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        """Load the outcomes, attempts and keys of each slot, in one trip."""
        calls = [_load_call(slot, request) for slot, request in requests.items()]
        replies = await self._calls(calls)
        return {slot: _loaded(reply) for slot, reply in zip(requests, replies, strict=True)}

    async def commit(
        self, batches: Mapping[str, tuple[str, Sequence[CommitEntry]]]
    ) -> Mapping[str, Sequence[Reply]]:
        """Commit each slot's entries under its epoch, in one trip; returns a reply for each."""
        calls = [_commit_call(slot, *batch) for slot, batch in batches.items()]
        replies = await self._calls(calls)
        return {
            slot: [_reply(answer) for answer in reply[1]]
            for slot, reply in zip(batches, replies, strict=True)
        }

    async def settle(self, settlements: Mapping[str, Settlement]) -> None:
        """Let published outcomes expire soon, drop attempts, and move the markers up."""
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
        """Return the epoch, and outcomes older than `older_seconds` that nobody has settled."""
        reply = await self._call("sentuh_unsettled", [slot], [int(older_seconds * 1000), count])
        return reply[0], [(row[0], _outcome(row[1:])) for row in reply[1]]

    async def due(
        self, slot: str, key: str, *, due_ms: int, again_ms: int, count: int
    ) -> Sequence[tuple[str, int]]:
        """Return the members with scores up to `due_ms`, and give each of them the score
        `again_ms`.
        """
        reply = await self._call("sentuh_due", [slot, key], [due_ms, again_ms, count])
        flat = reply[1]
        return [(flat[i], int(float(flat[i + 1]))) for i in range(0, len(flat), 2)]

    async def epoch(self, slot: str) -> str | None:
        """Return the slot's open epoch, or None."""
        return (await self.epochs([slot])).get(slot)

    async def epochs(self, slots: Sequence[str]) -> Mapping[str, str]:
        """Return the open epochs of these slots, in one trip; closed slots are left out."""
        calls: list[Call] = [("sentuh_epoch", [slot], []) for slot in slots]
        try:
            replies = await self._send(calls) if calls else []
        except REDIS_AWAY as failure:
            raise await self._trouble(calls[0], failure) from failure
        answers = zip(slots, replies, strict=True)
        return {slot: reply[0] for slot, reply in answers if reply[0]}

    async def slots(self, root: str) -> Sequence[str]:
        """Return every slot below the root that has ever had an epoch, open now or not."""
        # {router} has the slots {router:main}, {router:photos}, ...
        pattern = f"{root[:-1]}:*}}:epoch"
        try:
            keys = [key async for key in self._client.scan_iter(match=pattern, count=1000)]
        except REDIS_AWAY as failure:
            raise _away("looking for slots", failure) from failure
        return [_text(key).removesuffix(":epoch") for key in keys]

    async def lead(self, slot: str, token: str, *, seconds: float, again: bool = False) -> bool:
        """Take the lease to catch a slot up, or renew it (`again`); returns whether it is held."""
        argument: list[object] = [token, int(seconds * 1000), again]
        return bool((await self._bare("sentuh_lead", [slot], argument))[0])

    async def fold(self, slot: str, token: str, changes: Sequence[Change]) -> bool:
        """Make changes while the epoch is closed; returns False if the lease was lost."""
        keys = _Keys(slot)
        packed = [_change(change, keys) for change in changes]
        return bool((await self._bare("sentuh_fold", list(keys), [token, packed]))[0])

    async def peek(self, slot: str, token: str, reads: Sequence[Read]) -> Loaded | None:
        """Read while the epoch is closed; returns None if the lease was lost."""
        reply = await self._bare("sentuh_peek", [slot], [token, merged(reads)])
        return _loaded(reply) if reply[0] else None

    async def open(self, slot: str, token: str, epoch: str) -> bool:
        """Open the epoch and end the lease; returns False if the lease was lost."""
        return bool((await self._bare("sentuh_open", [slot], [token, epoch]))[0])

    async def _call(self, name: str, keys: list[str], argument: list[object]) -> Any:
        return (await self._calls([(name, keys, argument)]))[0]

    async def _calls(self, calls: Sequence[Call]) -> list[Any]:
        """Call functions in one trip; raises EpochGone for the first slot that is closed."""
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
        """Call one function that may answer False."""
        try:
            return (await self._send([(name, keys, argument)]))[0]
        except REDIS_AWAY as failure:
            raise await self._trouble((name, keys, argument), failure) from failure

    async def _trouble(self, call: Call, failure: Exception) -> Exception:
        """Return the error to raise for a failed call.

        An error of the function itself is a bug; any other is transient. Where the function is
        missing, the library is loaded for the next try.
        """
        words = reply_of(failure)
        in_function = isinstance(failure, ResponseError) and "script:" in str(failure)
        if in_function and not not_permitted(failure):
            return RuntimeError(f"{call[0]}: {words}")
        if "Function not found" in words:
            await self.prepare()
        return _away(f"{call[0]} on {call[1][0]}", failure)

    async def _send(self, calls: Sequence[Call]) -> list[Any]:
        packed = [(name, keys, _argument(argument)) for name, keys, argument in calls]
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
    """The keys of one call, numbered from 1; guards and writes name a key by its number.

    A key that is asked for is added: `_Keys(slot)["{qa:main}:task:t-1"]` is 2.
    """

    def __init__(self, slot: str) -> None:
        super().__init__({slot: 1})

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self) + 1
        return number


def _argument(values: list[object]) -> bytes:
    """Pack the argument of a call; text made from bytes that are no UTF-8 becomes those bytes."""
    packed: bytes = msgpack.packb(values, use_bin_type=False, unicode_errors="surrogateescape")
    return packed


def _unpacked(reply: bytes) -> Any:
    """Unpack a reply, all of it as text; `_packed` returns the bytes of records from it."""
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
        data={key: (pair[0], _value(*pair)) for key, pair in _pairs(reply[3])},
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


def _reply(answer: Any) -> Reply:
    if answer == "committed":
        return Committed()
    if answer == "conflict":
        return Conflict()
    return Replayed(_outcome(answer))


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw


def _away(doing: str, failure: Exception) -> TransientError:
    return TransientError(f"{doing}: Redis did not answer: {reply_of(failure)}")


def digest_of(raw: bytes) -> str:
    """Return the digest of an incoming record's bytes, 16 bytes in hexadecimal."""
    return hashlib.blake2b(raw, digest_size=16).hexdigest()
