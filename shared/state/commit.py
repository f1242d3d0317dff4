"""Stores a service's state in Redis, by one function call for each slot, in one round trip.

A slot is the set of Redis keys under one hash tag. Example: a batch that touches `{qa:main}` and
`{qa:photos}` sends two FCALLs in one pipeline.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from redis.exceptions import ResponseError

from shared.connect.access import REDIS_AWAY, RedisClient
from shared.connect.refusals import not_permitted, reply_of
from shared.contracts.errors import EpochGone, TransientError
from shared.state import library
from shared.state.calls import (
    SETTLE,
    Call,
    commit_call,
    fold_call,
    load_call,
    loaded_of,
    outcome_of,
    packed_argument,
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
    """Stores the state of one service in Redis; `store.Store` describes each call.

    `outcome_kept_seconds` is how long the hash of an event is kept once its records are published.
    """

    def __init__(
        self, client: RedisClient, *, outcome_kept_seconds: int = OUTCOME_KEPT_SECONDS
    ) -> None:
        self._client: Any = client
        self._kept_ms = outcome_kept_seconds * 1000

    async def prepare(self) -> None:
        """Load the project's function library into Redis, if it is missing or of a lower version.

        A slot is the set of Redis keys under one hash tag. Loading the library closes every slot of
        every service until its state is rebuilt: see `library`. Raises TransientError if Redis does
        not answer. Example: call it once at start, before `load`.
        """
        try:
            await library.ensure(self._client)
        except REDIS_AWAY as failure:
            raise _away("loading the function library", failure) from failure

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        """Load the requested outcomes, attempt counters and keys of each slot, in one round trip.

        A slot is the set of Redis keys under one hash tag. An outcome is the records that an event
        led to. Raises EpochGone if a slot is closed (waits to be rebuilt). Example:
        `await store.load({"{qa:main}": Request(ids=("e-1",))})`.
        """
        calls = [load_call(slot, request) for slot, request in requests.items()]
        replies = await self._calls(calls)
        return {slot: loaded_of(reply) for slot, reply in zip(requests, replies, strict=True)}

    async def there(self, asked: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, bool]]:
        """Return each slot's epoch, and whether one of its keys named here exists, in one trip.

        A slot is the set of Redis keys under one hash tag. `asked` maps each slot to one key or
        more. Raises EpochGone if one is closed (waits to be rebuilt). Example:
        `{"{qa:main}": ["{qa:main}:task:t-1"]}` gives `{"{qa:main}": ("1.6f9c", True)}`.
        """
        calls: list[Call] = [("sentuh_there", [slot, *keys], []) for slot, keys in asked.items()]
        replies = await self._calls(calls)
        answers = zip(asked, replies, strict=True)
        return {slot: (epoch, bool(count)) for slot, (epoch, count) in answers}

    async def commit(
        self, batches: Mapping[str, tuple[str, Sequence[CommitEntry]]]
    ) -> Mapping[str, Sequence[Reply]]:
        """Commit to each slot (the Redis keys under one hash tag) its entries, in one round trip.

        `batches` maps each slot to its epoch, as loaded, and the entries. Returns for each slot one
        reply per entry. Raises EpochGone if an epoch is no longer current. Example:
        `{"{qa:main}": ("1.6f9c", [entry])}` gives `{"{qa:main}": [Committed()]}`.
        """
        calls = [commit_call(slot, *batch) for slot, batch in batches.items()]
        replies = await self._calls(calls)
        return {
            slot: [reply_of_entry(answer) for answer in reply[1]]
            for slot, reply in zip(batches, replies, strict=True)
        }

    async def settle(self, settlements: Mapping[str, Settlement]) -> None:
        """Note finished work: expire published outcomes, delete attempt counters, raise markers.

        A slot is the set of Redis keys under one hash tag. An outcome is the records that an event
        led to; a marker says up to which offset a partition is done. Raises EpochGone if a slot was
        rebuilt since. Example: see `Settlement`.
        """
        calls: list[Call] = [
            (
                SETTLE,
                [slot],
                [
                    done.epoch,
                    list(done.published),
                    list(done.published.values()),
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
        """Return a slot's epoch, and up to `count` outcomes older than `older_seconds`.

        A slot is the set of Redis keys under one hash tag. An outcome is the records that an event
        led to, not yet marked as published. The oldest come first, each with the event's id.
        Example: `("1.6f9c", [("e-1", outcome)])`.
        """
        reply = await self._call("sentuh_unsettled_3", [slot], [int(older_seconds * 1000), count])
        return reply[0], [(id_, outcome_of(kept)) for id_, kept in reply[1]]

    async def due(
        self, slot: str, key: str, *, due_ms: int, again_ms: int, count: int
    ) -> Sequence[tuple[str, int]]:
        """Return members of the sorted set `key` that are due, with their scores in milliseconds.

        A slot is the set of Redis keys under one hash tag. Due means a score of at most `due_ms`;
        the lowest `count` are returned. Each gets the new score `again_ms`, so that it comes up
        again if the event about it is lost. Example: `[("t-1", 1767225600000)]`.
        """
        reply = await self._call("sentuh_due", [slot, key], [due_ms, again_ms, count])
        flat = reply[1]
        return [(flat[i], int(float(flat[i + 1]))) for i in range(0, len(flat), 2)]

    async def epoch(self, slot: str) -> str | None:
        """Return a slot's epoch (a name for the time since its state was last rebuilt), or None.

        A slot is the set of Redis keys under one hash tag. The result is None from a loss of data
        until the slot is rebuilt. Example: `await store.epoch("{qa:main}")` is `1.6f9c`.
        """
        return (await self.epochs([slot])).get(slot)

    async def epochs(self, slots: Sequence[str]) -> Mapping[str, str]:
        """Return the epoch of each open slot among these, in one round trip.

        A slot (the Redis keys under one hash tag) is closed, without an epoch (a name for the time
        since its last rebuild), from a loss of data until its state is rebuilt. Example:
        `{"{qa:main}": "1.6f9c"}`.
        """
        calls: list[Call] = [("sentuh_epoch", [slot], []) for slot in slots]
        try:
            replies = await self._send(calls) if calls else []
        except REDIS_AWAY as failure:
            raise await self._trouble(calls[0], failure) from failure
        answers = zip(slots, replies, strict=True)
        return {slot: reply[0] for slot, reply in answers if reply[0]}

    async def slots(self, root: str) -> Sequence[str]:
        """Return all slots of a service that ever had an epoch, found by scanning for epoch keys.

        A slot is the set of Redis keys under one hash tag. `root` is the hash tag that bears the
        service's name. Example: for `{router}` it returns `["{router:main}", "{router:photos}"]`.
        """
        # {router} has the slots {router:main}, {router:photos}, ...
        pattern = f"{root[:-1]}:*}}:epoch"
        try:
            keys = [key async for key in self._client.scan_iter(match=pattern, count=1000)]
        except REDIS_AWAY as failure:
            raise _away("looking for slots", failure) from failure
        return [_text(key).removesuffix(":epoch") for key in keys]

    async def lead(self, slot: str, token: str, *, seconds: float, again: bool = False) -> bool:
        """Take or renew the lease under which a process rebuilds a slot; return whether it is held.

        A slot is the set of Redis keys under one hash tag. `token` names the process. With `again`
        the lease is renewed, which fails if it was lost. Example: it returns False while another
        token holds a lease on `{qa:main}`.
        """
        argument: list[object] = [token, int(seconds * 1000), again]
        return bool((await self._bare("sentuh_lead", [slot], argument))[0])

    async def fold(self, slot: str, token: str, changes: Sequence[Change]) -> bool:
        """Write changes to a slot that is being rebuilt; returns False if its lease was lost.

        A slot is the set of Redis keys under one hash tag. `token` is the one that took the lease.
        Changes whose guards (conditions) do not hold are skipped. Example:
        `await store.fold("{qa:main}", token, changes)`.
        """
        return bool((await self._bare(*fold_call(slot, token, changes)))[0])

    async def peek(self, slot: str, token: str, reads: Sequence[Read]) -> Loaded | None:
        """Load keys of a slot that is being rebuilt; returns None if its lease was lost.

        A slot is the set of Redis keys under one hash tag. `token` is the one that took the lease.
        Example: `await store.peek("{qa:main}", token, reads)`.
        """
        reply = await self._bare("sentuh_peek", [slot], [token, merged(reads)])
        return loaded_of(reply) if reply[0] else None

    async def open(self, slot: str, token: str, epoch: str) -> bool:
        """Give a rebuilt slot the new epoch, so that commits are possible.

        A slot is the set of Redis keys under one hash tag. An epoch is a name for the time since
        its state was last rebuilt. Ends the lease that `token` has taken; returns False, changing
        nothing, if the lease was lost. Example: `await store.open("{qa:main}", token, "1.6f9c")`.
        """
        return bool((await self._bare("sentuh_open", [slot], [token, epoch]))[0])

    async def _call(self, name: str, keys: list[str], argument: list[object]) -> Any:
        return (await self._calls([(name, keys, argument)]))[0]

    async def _calls(self, calls: Sequence[Call]) -> list[Any]:
        """Call functions in Redis in one round trip and return their replies, in the same order.

        A slot is the set of Redis keys under one hash tag. Raises EpochGone for the first slot that
        is closed (waits to be rebuilt), and TransientError if Redis does not answer. Example: two
        calls give two replies.
        """
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
        """Call one function in Redis whose reply may begin with False, and return the reply."""
        try:
            return (await self._send([(name, keys, argument)]))[0]
        except REDIS_AWAY as failure:
            raise await self._trouble((name, keys, argument), failure) from failure

    async def _trouble(self, call: Call, failure: Exception) -> Exception:
        """Return the error to raise after a failed call: RuntimeError for a bug or TransientError.

        An error inside the function is a bug. If the function is missing, the library is loaded, so
        that the next try finds it. Example: a lost connection gives TransientError.
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
    """Return a hash of an incoming record's bytes: 16 bytes of BLAKE2b, in hexadecimal."""
    return hashlib.blake2b(raw, digest_size=16).hexdigest()
