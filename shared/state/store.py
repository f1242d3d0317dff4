"""What a store of state can do: the one interface of the Redis function and its in-memory twin."""

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
    """What one incoming event gave rise to, as kept: digest of its bytes, packed records."""

    digest: str
    settled: bool
    records: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What to load of one slot: outcomes by id, keys, and names whose attempts are counted up."""

    ids: tuple[str, ...] = ()
    reads: tuple[Read, ...] = ()
    counted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a slot answered, under which epoch."""

    epoch: str
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    attempts: Mapping[str, int] = field(default_factory=dict)
    data: Mapping[str, tuple[str, Value]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommitEntry:
    """One record's part of a commit.

    `reads` are the aggregates decided on, with the revision they had; `guards` what else was
    relied on; `records` the packed outcome, empty where nothing is published.
    """

    id: str
    digest: str
    reads: tuple[tuple[str, str], ...]
    guards: tuple[Guard, ...]
    changes: tuple[Change, ...]
    records: bytes = b""


@dataclass(frozen=True, slots=True)
class Committed:
    """All guards held; the writes are made and the outcome is kept."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """An earlier delivery was committed under this id; this is what it gave rise to."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something the decision relied on has moved; nothing was written."""


Reply = Committed | Replayed | Conflict


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is done with in one slot: outcomes published, ids handled, markers to move up."""

    epoch: str
    published: tuple[str, ...]
    handled: tuple[str, ...]
    markers: Mapping[str, int]


class Store(Protocol):
    """State in slots. Everything raises EpochGone where the slot's epoch is not the open one,
    and TransientError where the server is away; nothing is half done.
    """

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        """Outcomes, attempts and keys of each slot, in one trip."""
        ...

    async def commit(
        self, batches: Mapping[str, tuple[str, Sequence[CommitEntry]]]
    ) -> Mapping[str, Sequence[Reply]]:
        """Commit each slot's entries under its epoch, in one trip; one reply an entry."""
        ...

    async def settle(self, settlements: Mapping[str, Settlement]) -> None:
        """Give outcomes their short time to live and move the markers up."""
        ...

    async def unsettled(
        self, slot: str, *, older_seconds: float, count: int
    ) -> tuple[str, Sequence[tuple[str, Outcome]]]:
        """The epoch, and outcomes committed so long ago that nobody settled."""
        ...

    async def due(
        self, slot: str, key: str, *, due_ms: int, again_ms: int, count: int
    ) -> Sequence[tuple[str, int]]:
        """Members of a sorted set that are due, with their scores; each is moved on to again."""
        ...

    async def epoch(self, slot: str) -> str | None:
        """The slot's open epoch, if any; never raises EpochGone."""
        ...

    async def epochs(self, slots: Sequence[str]) -> Mapping[str, str]:
        """The open epochs of these slots, in one trip; a closed one is not named."""
        ...

    async def slots(self, root: str) -> Sequence[str]:
        """Every slot below the root that has an epoch written beside its data, open or not."""
        ...

    async def lead(self, slot: str, token: str, *, seconds: float, again: bool = False) -> bool:
        """Take the lease to catch the slot up; `again`: only where it stands beside the data."""
        ...

    async def fold(self, slot: str, token: str, changes: Sequence[Change]) -> bool:
        """Make changes while the epoch is closed; False: the lease was lost."""
        ...

    async def peek(self, slot: str, token: str, reads: Sequence[Read]) -> Loaded | None:
        """Read while the epoch is closed; None: the lease was lost."""
        ...

    async def open(self, slot: str, token: str, epoch: str) -> bool:
        """Open the epoch and end the lease; False: the lease was lost."""
        ...


def write_only(*writes: Write) -> Change:
    """Writes nobody guards: an index over the state."""
    return Change(aggregate=None, guards=(), writes=writes)
