"""The store of a service's state: the interface that Redis and the twin in memory implement."""

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
    """The outcome of one incoming event, as it is kept until it is published.

    `digest` is of the event's bytes, `records` are the packed records to publish. A settled outcome
    has been published and keeps only its digest, for some minutes.
    """

    digest: str
    settled: bool
    records: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """The loads that one slot is asked for.

    `ids` are of events whose outcomes are wanted, and `counted` names events whose attempts are
    counted up by the load: a process that died over an event has left its count behind.
    """

    ids: tuple[str, ...] = ()
    reads: tuple[Read, ...] = ()
    counted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """The answer to a load: what one slot holds, and the epoch that was open then.

    `data` maps each key to its kind ("hash", "set" or "zset") and its value; a key that does not
    exist has an empty value. Example: `{"{qa:main}:task:t-1": ("hash", {"wanted": "2"})}`.
    """

    epoch: str
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    attempts: Mapping[str, int] = field(default_factory=dict)
    data: Mapping[str, tuple[str, Value]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommitEntry:
    """One record's part of a commit.

    `reads` are the aggregates that the decision read as a whole, with the revisions they had, and
    `guards` the other facts it relied on. `records` is the packed outcome, empty where nothing is
    published.
    """

    id: str
    digest: str
    reads: tuple[tuple[str, str], ...]
    guards: tuple[Guard, ...]
    changes: tuple[Change, ...]
    records: bytes = b""


@dataclass(frozen=True, slots=True)
class Committed:
    """Every guard held: the writes are made, and the outcome is kept."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """An earlier delivery of the event was committed; this is its outcome."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something the decision relied on has changed; nothing was written."""


Reply = Committed | Replayed | Conflict


@dataclass(frozen=True, slots=True)
class Settlement:
    """Work that is finished in one slot, under one epoch.

    `published` are ids of events whose outcomes were acked, `handled` names whose attempts are
    dropped, and `markers` the offsets up to which each partition is done.
    Example of a marker: `{"tasks:3": 1200}`.
    """

    epoch: str
    published: tuple[str, ...]
    handled: tuple[str, ...]
    markers: Mapping[str, int]


class Store(Protocol):
    """State in slots, each with an epoch that is open or closed.

    A slot holds the keys of one pool, which lie in one hash slot of a Redis Cluster; it is named by
    their hash tag. An epoch is the time since the slot's state was last made whole; while none is
    open, nothing can be committed. Example of a slot: `{router:main}`, with the epoch `1.6f9c`.

    A call raises EpochGone where the slot's epoch is not the open one, and TransientError where the
    server does not answer. Then nothing was done, or all of it.
    """

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        """Load the outcomes, attempts and keys of each slot, in one trip."""
        ...

    async def commit(
        self, batches: Mapping[str, tuple[str, Sequence[CommitEntry]]]
    ) -> Mapping[str, Sequence[Reply]]:
        """Commit each slot's entries under its epoch, in one trip; returns a reply for each."""
        ...

    async def settle(self, settlements: Mapping[str, Settlement]) -> None:
        """Let published outcomes expire soon, drop attempts, and move the markers up."""
        ...

    async def unsettled(
        self, slot: str, *, older_seconds: float, count: int
    ) -> tuple[str, Sequence[tuple[str, Outcome]]]:
        """Return the epoch, and outcomes older than `older_seconds` that nobody has settled."""
        ...

    async def due(
        self, slot: str, key: str, *, due_ms: int, again_ms: int, count: int
    ) -> Sequence[tuple[str, int]]:
        """Return members of a sorted set that are due, each with its score in milliseconds.

        Due is a score up to `due_ms`, lowest first. Each gets the score `again_ms`: so a deadline
        comes up again if the event that announces it is lost.
        """
        ...

    async def epoch(self, slot: str) -> str | None:
        """Return the slot's open epoch, or None; never raises EpochGone."""
        ...

    async def epochs(self, slots: Sequence[str]) -> Mapping[str, str]:
        """Return the open epochs of these slots, in one trip; closed slots are left out."""
        ...

    async def slots(self, root: str) -> Sequence[str]:
        """Return every slot below the root that has ever had an epoch, open now or not."""
        ...

    async def lead(self, slot: str, token: str, *, seconds: float, again: bool = False) -> bool:
        """Take the lease to catch a slot up, or renew it (`again`); returns whether it is held."""
        ...

    async def fold(self, slot: str, token: str, changes: Sequence[Change]) -> bool:
        """Make changes in a closed slot under its lease; returns False if the lease was lost."""
        ...

    async def peek(self, slot: str, token: str, reads: Sequence[Read]) -> Loaded | None:
        """Read keys of a closed slot under its lease; returns None if the lease was lost."""
        ...

    async def open(self, slot: str, token: str, epoch: str) -> bool:
        """Open a slot's epoch and end its lease; returns False if the lease was lost."""
        ...


def write_only(*writes: Write) -> Change:
    """Return a change without guards: for an index over the state."""
    return Change(aggregate=None, guards=(), writes=writes)
