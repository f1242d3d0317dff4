"""A service as the pattern runs it: card, table of handlers, decisions, folds."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, overload

from shared.contracts.card import Card
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import Event
from shared.contracts.record import Record
from shared.contracts.topics import Names, Topic
from shared.state.changes import Change, Guard, Read, Write
from shared.state.store import Loaded, Store
from shared.state.view import View

E = TypeVar("E", bound=Event)
S = TypeVar("S")
V = TypeVar("V")
V_contra = TypeVar("V_contra", contravariant=True)
S_co = TypeVar("S_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Decision:
    """The result of a decision.

    events: what it announces. Events of the service's journal are folded into its state; events
        for other topics are only published.
    relies: guards on facts the decision relied on, beyond the revisions of its aggregates.
    index: writes that keep lookups over the state up to date; nothing guards them.
    refused: why the record goes to the dead letters instead.
    put_out: records of before that are given up for this one, each with the reason.
    """

    events: tuple[Event, ...] = ()
    relies: tuple[Guard, ...] = ()
    index: tuple[Write, ...] = ()
    refused: Refused | None = None
    put_out: tuple[tuple[Record, Refused], ...] = ()

    @classmethod
    def of(
        cls, *events: Event, relies: Iterable[Guard] = (), index: Iterable[Write] = ()
    ) -> "Decision":
        """Announce these events, in this order; guarded by `relies`, with `index` writes beside."""
        return cls(events, tuple(relies), tuple(index))

    @classmethod
    def done(cls) -> "Decision":
        """Decide that nothing is left to do: it was done already, or is not this service's."""
        return cls()

    @classmethod
    def refuse(cls, reason: Reason, detail: str) -> "Decision":
        """Refuse the record, which contradicts the state: it goes to the dead letters."""
        return cls(refused=Refused(reason, detail))


@dataclass(frozen=True, slots=True)
class Loading(Generic[V_contra, S_co]):
    """How the state for one kind of event is loaded and built.

    Each function gets the input of the decision: the event, or the result of its check.
    reads: the keys to load for it.
    state: builds the state that the decision reads, from the loaded view.
    aggregates: the keys of the hashes whose revisions guard the decision.
    """

    reads: Callable[[V_contra], Sequence[Read]]
    state: Callable[[V_contra, View], S_co]
    aggregates: Callable[[V_contra], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Row(Generic[V, S]):
    """One line of a service's table: an event, how its state is loaded, which decision is asked."""

    event: type[Event]
    load: Loading[V, S]
    decide: Callable[[V, S, datetime], Decision]


@overload
def on(
    event: type[E], *, load: Loading[E, S], decide: Callable[[E, S, datetime], Decision]
) -> Row[E, S]: ...


@overload
def on(
    event: type[Event], *, load: Loading[V, S], decide: Callable[[V, S, datetime], Decision]
) -> Row[V, S]: ...


def on(
    event: type[Event], *, load: Loading[V, S], decide: Callable[[V, S, datetime], Decision]
) -> Row[V, S]:
    """Return a row of the table; `load` and `decide` take the event, or its check's result.

    Example: `on(VerdictReached, load=load.job, decide=decide.confirm)`.
    """
    return Row(event, load, decide)


Fold = Callable[[Any, int], Iterable[Change]]


class Folds:
    """The folds of one service: from an event to guarded changes. State changes in no other way."""

    def __init__(self) -> None:
        self._by_event: dict[type[Event], Fold] = {}

    def of(self, event: type[E]) -> Callable[[Callable[[E], Iterable[Change]]], Any]:
        """Decorate the function that folds this type of event."""

        def keep(fold: Callable[[E], Iterable[Change]]) -> Callable[[E], Iterable[Change]]:
            self._by_event[event] = lambda folded, _: fold(folded)
            return fold

        return keep

    def of_ordered(self, event: type[E]) -> Callable[[Callable[[E, int], Iterable[Change]]], Any]:
        """Decorate the function that folds an event of which the later record stands.

        It also gets the record's `order`, by which it tells the later one.
        """

        def keep(fold: Callable[[E, int], Iterable[Change]]) -> Any:
            self._by_event[event] = fold
            return fold

        return keep

    def __contains__(self, event: type[Event]) -> bool:
        return event in self._by_event

    def __call__(self, event: Event, order: int = 0) -> tuple[Change, ...]:
        """Return the changes of an event; none where the service does not fold this type."""
        fold = self._by_event.get(type(event))
        return tuple(fold(event, order)) if fold else ()


class Unit(NamedTuple):
    """One event to handle, mostly the only one of its record.

    id: the id under which its outcome is kept.
    checked: what the decision gets, the event itself or the result of its check.
    digest: the hash of its bytes; a later event with this id and another digest is refused. Empty
        where that is not asked.
    """

    record: Record
    id: str
    event: Event
    checked: Any
    digest: str = ""
    traceparent: str = ""


class Derive(Protocol):
    """Rebuilds a slot's indexes after a catch-up: reads the state and writes the indexes."""

    async def __call__(
        self,
        slot: str,
        peek: Callable[[str, Sequence[Read]], Awaitable[Loaded]],
        fold: Callable[[str, Sequence[Change]], Awaitable[None]],
    ) -> None:
        """Rebuild the indexes of one slot; `peek` reads its state, `fold` writes changes to it."""
        ...


@dataclass(frozen=True, slots=True)
class Swept:
    """One partition of one slot, to be searched at one moment for what time has made due.

    read_until: every response of this partition that the broker had by then has been handled.
    slots: all slots that are known to be open; told for the root slot only.
    """

    slot: str
    partition: int
    now: datetime
    read_until: datetime
    store: Store
    slots: frozenset[str] = frozenset()


Sweep = Callable[[Swept], Awaitable[Sequence[Event]]]
"""Finds what is due in one partition: events for the service's timers topic."""

Reader = Callable[[Record], Sequence[Unit]]
"""Reads a record that is not an event of ours into units; raises Refused."""


def _itself(event: Event, _record: Record, _is_open: Callable[[str], bool]) -> Sequence[Event]:
    return (event,)


@dataclass(frozen=True)
class Service:
    """A service as the pattern runs it.

    slot: returns the hash tag of the state an event belongs to, `{router:main}`.
    checks: per event type, a check beyond the model (verifies a token, reads the broker's time);
        it returns what the decision gets, or raises Refused.
    readers: per topic name, a reader for records that are not events of ours.
    before_reading: gets what reading these records takes; TransientError while that is away.
    probes: what is asked of the service's own dependencies, by what is amiss where one fails.
    seal: finishes events after the decision with what no decision may know (signs a token).
    derive: rebuilds a slot's indexes after a catch-up.
    sweep: finds what time has made due.
    swept: the keys of a slot of which one exists wherever the sweep would find anything.
    observe: gets the events of each committed decision and the view it was taken on, for metrics.
    trace: returns the trace context of an event, where it is not that of its cause.
    tombstones: per topic name, the event that a record without a value stands for, or None.
    spread: returns the events that one event of an input stands for, each with a slot of its own,
        given its record and whether a slot is known to be open.
    sweep_root: finds what is due in the root slot, which has no partitions.
    trim: bounds, while a slot is caught up, what outsiders can fill it with.
    slots: all slots, where the service fixes them; else a slot exists from its first event on.
    fetch_ms: how long a broker gathers records for one batch while they keep coming; None for as
        long as is usual.
    chunk_bytes_max: how many bytes the records of a chunk have at most, but for its last; named
        where one event may load several as large as itself. None for as many as there are.
    pipelines: how many pipelines a process runs side by side; more than one where records of
        different keys seldom meet in one aggregate. A batch is dealt out by slot where `slots` are
        named, else by key.
    """

    card: Card
    rows: tuple[Row[Any, Any], ...]
    folds: Folds
    slot: Callable[[Event], str]
    names: Names = field(default_factory=Names)
    checks: Mapping[type[Event], Callable[[Any, Record], Any]] = field(default_factory=dict)
    readers: Mapping[str, Reader] = field(default_factory=dict)
    before_reading: Callable[[Sequence[Record]], Awaitable[None]] | None = None
    probes: Mapping[str, Callable[[], Awaitable[bool]]] = field(default_factory=dict)
    seal: Callable[[Sequence[Event]], Sequence[Event]] = tuple
    derive: Derive | None = None
    sweep: Sweep | None = None
    swept: Callable[[str], Sequence[str]] = lambda _slot: ()
    observe: Callable[[Sequence[Event], View], None] | None = None
    trace: Callable[[Event, View], str | None] = lambda _event, _view: None
    slots: frozenset[str] = frozenset()
    chunk_bytes_max: int | None = None
    pipelines: int = 1
    fetch_ms: int | None = None
    tombstones: Mapping[str, Callable[[Record], Event | None]] = field(default_factory=dict)
    spread: Callable[[Any, Record, Callable[[str], bool]], Sequence[Event]] = _itself
    sweep_root: Sweep | None = None
    trim: Derive | None = None

    @property
    def name(self) -> str:
        """The service's name, its consumer group too."""
        return self.card.service

    @property
    def root(self) -> str:
        """The slot in which the service keeps the register of its slots: `{router}`."""
        return f"{{{self.card.service}}}"

    def row(self, event: Event) -> Row[Any, Any] | None:
        """Return the row that handles an event; None where the table has none."""
        return self._by_event.get(type(event))

    def takes(self, event: type[Event]) -> bool:
        """Return whether this type of event is handled by a row, or changes the state by itself."""
        return event in self._by_event or event in self.folds

    @cached_property
    def _by_event(self) -> Mapping[type[Event], Row[Any, Any]]:
        return {row.event: row for row in self.rows}

    def folds_input(self, topic: Topic) -> bool:
        """Whether the state folds records of this topic directly, with no event of its own.

        A timer hands on what an input said: it is folded when it is handled, and in a catch-up.
        """
        return topic.name in self._folded

    @cached_property
    def _folded(self) -> frozenset[str]:
        timers = () if self.card.timers is None else (self.card.timers,)
        return frozenset(topic.name for topic in (*self.card.also_folds, *timers))
