"""Defines the interface to a service's state, which Redis and a copy in memory implement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.state.changes import Change, Guard, Read, Write

Hash = dict[str, str]
Ranked = dict[str, int]
"""Members of a sorted set and their scores, lowest first."""
Value = Hash | set[str] | Ranked


@dataclass(frozen=True, slots=True)
class Outcome:
    """The Kafka records that one incoming event led to, kept in the state until they are published.

    `digest` is a hash of the incoming event's bytes, and `records` are the packed records to
    publish. A `settled` outcome has been published: it has no records left, and its digest is kept
    for some minutes, so that a repeated event is recognised. Example:
    `Outcome("9f...", settled=True, records=b"")`.
    """

    digest: str
    settled: bool
    records: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """The things to load from one slot (the Redis keys under one hash tag) in one call.

    `ids` are ids of events whose stored outcomes (the records that they led to) are wanted. `reads`
    are the keys to load. `counted` are names whose attempt counters the load raises by one: so a
    process that crashes over an event leaves its counter raised. Example:
    `Request(ids=("e-1",), reads=(hash_of("{qa:main}:task:t-1"),))`.
    """

    ids: tuple[str, ...] = ()
    reads: tuple[Read, ...] = ()
    counted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """The store's answer to a request for one slot (the Redis keys under one hash tag).

    `epoch` names the time since the slot's state was last rebuilt. `outcomes` maps ids of earlier
    events to the records that they led to, `attempts` names to how often they were tried. `data`
    maps each key to its kind ("hash", "set" or "zset") and its value; a key that does not exist has
    an empty value. Example: `{"{qa:main}:task:t-1": ("hash", {"wanted": "2"})}`.
    """

    epoch: str
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    attempts: Mapping[str, int] = field(default_factory=dict)
    data: Mapping[str, tuple[str, Value]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommitEntry:
    """The changes to commit for one incoming event, and the conditions under which they are made.

    `id` and `digest` are the event's id and the hash of its bytes. `reads` pairs the keys of the
    objects that the decision is based on with their revisions (change counters) when loaded;
    `guards` are further conditions. If a revision or a guard no longer holds, nothing is written.
    `records` are the packed records to publish, empty if there are none. Example: a decision on
    task t-1 at revision 4 has `reads=(("{qa:main}:task:t-1", "4"),)`.
    """

    id: str
    digest: str
    reads: tuple[tuple[str, str], ...]
    guards: tuple[Guard, ...]
    changes: tuple[Change, ...]
    records: bytes = b""


@dataclass(frozen=True, slots=True)
class Committed:
    """The answer to a commit that was made: all conditions held, and the records are stored."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The answer to a commit of an event that was committed before, with the outcome of then."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Conflict:
    """The answer to a commit of which nothing was written: state that it relied on has changed."""


Reply = Committed | Replayed | Conflict


@dataclass(frozen=True, slots=True)
class Settlement:
    """Work that is finished in one slot (the Redis keys under one hash tag), for the store to note.

    `epoch` names the time since the slot's state was last rebuilt. `published` maps the id of
    each event whose records Kafka has acknowledged to the event's digest, which is kept. `handled`
    are names whose attempt counters are deleted. `markers` map each partition to the offset up to
    which it is done. Example of a marker: `{"tasks:3": 1200}`.
    """

    epoch: str
    published: Mapping[str, str]
    handled: tuple[str, ...]
    markers: Mapping[str, int]


class Store(Protocol):
    """Stores a service's state in slots, and commits changes to those that are open.

    A slot is the set of Redis keys under one hash tag, which is its name and keeps the keys on one
    server of a Redis Cluster. An open slot has an epoch: a name for the time since its state was
    last rebuilt. After Redis lost data the slot is closed: it has no epoch, and nothing can be
    committed to it until it is rebuilt. Example: `{router:main}` with the epoch `1.6f9c`.

    A call raises EpochGone if the slot's current epoch is not the one that the call names, and
    TransientError if the server does not answer. After TransientError either nothing was done, or
    all of it.
    """

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        """Load the requested outcomes, attempt counters and keys of each slot, in one round trip.

        A slot is the set of Redis keys under one hash tag. Returns an answer for each slot. Raises
        EpochGone if one of them is closed (waits to be rebuilt). Example:
        `await store.load({"{qa:main}": Request(ids=("e-1",))})`.
        """
        ...

    async def there(self, asked: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, bool]]:
        """Return each slot's epoch, and whether one of its keys named here exists, in one trip.

        A slot is the set of Redis keys under one hash tag. `asked` maps each slot to one key or
        more. Raises EpochGone if one is closed (waits to be rebuilt). Example:
        `{"{qa:main}": ["{qa:main}:task:t-1"]}` gives `{"{qa:main}": ("1.6f9c", True)}`.
        """
        ...

    async def commit(
        self, batches: Mapping[str, tuple[str, Sequence[CommitEntry]]]
    ) -> Mapping[str, Sequence[Reply]]:
        """Commit to each slot (the Redis keys under one hash tag) its entries, in one round trip.

        `batches` maps each slot to its epoch, as loaded, and the entries. Returns for each slot one
        reply per entry: committed, replayed (was committed before) or conflict. Raises EpochGone if
        an epoch is no longer current. Example: `{"{qa:main}": ("1.6f9c", [entry])}` gives
        `{"{qa:main}": [Committed()]}`.
        """
        ...

    async def settle(self, settlements: Mapping[str, Settlement]) -> None:
        """Note finished work: expire published outcomes, delete attempt counters, raise markers.

        A slot is the set of Redis keys under one hash tag. An outcome is the records that an event
        led to; it is dropped some minutes later. A marker says up to which offset a partition is
        done. Raises EpochGone if a slot was rebuilt since. Example: see `Settlement`.
        """
        ...

    async def unsettled(
        self, slot: str, *, older_seconds: float, count: int
    ) -> tuple[str, Sequence[tuple[str, Outcome]]]:
        """Return a slot's epoch, and up to `count` outcomes older than `older_seconds`.

        A slot is the set of Redis keys under one hash tag. An outcome is the records that an event
        led to, not yet marked as published. The oldest come first, each with the event's id. Raises
        EpochGone if the slot is closed (waits to be rebuilt). Example:
        `("1.6f9c", [("e-1", outcome)])`.
        """
        ...

    async def due(
        self, slot: str, key: str, *, due_ms: int, again_ms: int, count: int
    ) -> Sequence[tuple[str, int]]:
        """Return members of the sorted set `key` that are due, with their scores in milliseconds.

        A slot is the set of Redis keys under one hash tag. Due means a score of at most `due_ms`;
        the lowest `count` are returned. Each gets the new score `again_ms`, so that it comes up
        again if the event about it is lost. Raises EpochGone if the slot is closed (waits to be
        rebuilt). Example: `[("t-1", 1767225600000)]`.
        """
        ...

    async def epoch(self, slot: str) -> str | None:
        """Return a slot's epoch, or None if the slot is closed (waits for its state to be rebuilt).

        A slot is the set of Redis keys under one hash tag. An epoch is a name for the time since
        the state was last rebuilt. This call never raises EpochGone. Example:
        `await store.epoch("{qa:main}")` is `1.6f9c`.
        """
        ...

    async def epochs(self, slots: Sequence[str]) -> Mapping[str, str]:
        """Return the epoch of each open slot among these, in one round trip.

        A slot is the set of Redis keys under one hash tag. It is closed, without an epoch (a name
        for the time since its last rebuild), from a loss of data until its state is rebuilt.
        Example: `{"{qa:main}": "1.6f9c"}`.
        """
        ...

    async def slots(self, root: str) -> Sequence[str]:
        """Return all slots of a service that ever had an epoch, found by their epoch keys.

        A slot is the set of Redis keys under one hash tag. `root` is the hash tag that bears the
        service's name, such as `{router}`. A slot without a current epoch (a name for the time
        since its last rebuild) is among them. Example: `["{router:main}", "{router:photos}"]`.
        """
        ...

    async def lead(self, slot: str, token: str, *, seconds: float, again: bool = False) -> bool:
        """Take or renew the lease under which a process rebuilds a slot; return whether it is held.

        A slot is the set of Redis keys under one hash tag. `token` names the process. With `again`
        the lease is renewed, which fails if it was lost. It lasts for `seconds`. Example: it
        returns False while another token holds a lease on `{qa:main}`.
        """
        ...

    async def fold(self, slot: str, token: str, changes: Sequence[Change]) -> bool:
        """Write changes to a slot that is being rebuilt; returns False if its lease was lost.

        A slot is the set of Redis keys under one hash tag. `token` is the one that took the lease.
        Changes whose guards (conditions) do not hold are skipped. Example:
        `await store.fold("{qa:main}", token, changes)`.
        """
        ...

    async def peek(self, slot: str, token: str, reads: Sequence[Read]) -> Loaded | None:
        """Load keys of a slot that is being rebuilt; returns None if its lease was lost.

        A slot is the set of Redis keys under one hash tag. `token` is the one that took the lease.
        Example: `await store.peek("{qa:main}", token, [hash_of("{qa:main}:markers")])`.
        """
        ...

    async def open(self, slot: str, token: str, epoch: str) -> bool:
        """Give a rebuilt slot the new epoch `epoch`, after which commits to it are possible.

        A slot is the set of Redis keys under one hash tag; an epoch names the time since its last
        rebuild. Ends the lease that `token` has taken; returns False, changing nothing, if the
        lease was lost. Example: `await store.open("{qa:main}", token, "1.6f9c")`.
        """
        ...


def write_only(*writes: Write) -> Change:
    """Return a change that makes these writes under no condition, as an index needs."""
    return Change(aggregate=None, guards=(), writes=writes)
