"""State in Redis: the calls of the function library, one call a slot, one trip a batch."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from redis.exceptions import ResponseError

from shared.connect.access import REDIS_AWAY, RedisClient
from shared.connect.refusals import not_permitted, reply_of
from shared.contracts.errors import EpochGone, TransientError
from shared.state import library
from shared.state.calls import (
    Call,
    NumberedKeys,
    commit_call,
    load_call,
    loaded_of,
    outcome_of,
    packed_argument,
    packed_change,
    reply_of_entry,
    unpacked_reply,
)
from shared.state.changes import Change, Read, merged
from shared.state.store import (
    CommitEntry,
    Loaded,
    Outcome,
    Reply,
    Request,
    Settlement,
)

OUTCOME_KEPT_SECONDS = 600


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
        calls = [load_call(slot, request) for slot, request in requests.items()]
        replies = await self._calls(calls)
        return {slot: loaded_of(reply) for slot, reply in zip(requests, replies, strict=True)}

    async def commit(
        self, batches: Mapping[str, tuple[str, Sequence[CommitEntry]]]
    ) -> Mapping[str, Sequence[Reply]]:
        """Commit each slot's entries under its epoch, in one trip; returns a reply for each."""
        calls = [commit_call(slot, *batch) for slot, batch in batches.items()]
        replies = await self._calls(calls)
        return {
            slot: [reply_of_entry(answer) for answer in reply[1]]
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
        return reply[0], [(row[0], outcome_of(row[1:])) for row in reply[1]]

    async def due(
        self, slot: str, key: str, *, due_ms: int, again_ms: int, count: int
    ) -> Sequence[tuple[str, int]]:
        """Return members of a sorted set that are due, each with its score in milliseconds.

        Due is a score up to `due_ms`, lowest first. Each gets the score `again_ms`: so a deadline
        comes up again if the event that announces it is lost.
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
        """Make changes in a closed slot under its lease; returns False if the lease was lost."""
        keys = NumberedKeys(slot)
        packed = [packed_change(change, keys) for change in changes]
        return bool((await self._bare("sentuh_fold", list(keys), [token, packed]))[0])

    async def peek(self, slot: str, token: str, reads: Sequence[Read]) -> Loaded | None:
        """Read keys of a closed slot under its lease; returns None if the lease was lost."""
        reply = await self._bare("sentuh_peek", [slot], [token, merged(reads)])
        return loaded_of(reply) if reply[0] else None

    async def open(self, slot: str, token: str, epoch: str) -> bool:
        """Open a slot's epoch and end its lease; returns False if the lease was lost."""
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
        packed = [(name, keys, packed_argument(argument)) for name, keys, argument in calls]
        if len(packed) == 1:
            name, keys, blob = packed[0]
            raw = [await self._client.fcall(name, len(keys), *keys, blob)]
        else:
            pipeline = self._client.pipeline(transaction=False)
            for name, keys, blob in packed:
                pipeline.fcall(name, len(keys), *keys, blob)
            raw = await pipeline.execute()
        return [unpacked_reply(reply) for reply in raw]


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw


def _away(doing: str, failure: Exception) -> TransientError:
    return TransientError(f"{doing}: Redis did not answer: {reply_of(failure)}")


def digest_of(raw: bytes) -> str:
    """Return the digest of an incoming record's bytes, 16 bytes in hexadecimal."""
    return hashlib.blake2b(raw, digest_size=16).hexdigest()
