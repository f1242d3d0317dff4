"""How a service says what it is: card, table of handlers, decisions, folds."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar, overload

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
    """What a decision announces, and what it relied on beyond its aggregates' revisions.

    Events of the service's journal are folded into its state, others are only told. `index`
    writes keep lookups over the state and are guarded by nothing.
    """

    events: tuple[Event, ...] = ()
    relies: tuple[Guard, ...] = ()
    index: tuple[Write, ...] = ()
    refused: Refused | None = None

    @classmethod
    def of(
        cls, *events: Event, relies: Iterable[Guard] = (), index: Iterable[Write] = ()
    ) -> "Decision":
        """Announce these events, in this order."""
        return cls(events, tuple(relies), tuple(index))

    @classmethod
    def done(cls) -> "Decision":
        """Nothing is left to do: it was done already, or is not ours."""
        return cls()

    @classmethod
    def refuse(cls, reason: Reason, detail: str) -> "Decision":
        """The record contradicts what is known; it goes to the dead letters."""
        return cls(refused=Refused(reason, detail))


@dataclass(frozen=True, slots=True)
class Loading(Generic[V_contra, S_co]):
    """What to load for an event, and the state to build of it.

    Each gets what the decision gets: the event, or what a check made of it.
    `aggregates` names the hashes whose revision the decision is guarded by.
    """

    reads: Callable[[V_contra], Sequence[Read]]
    state: Callable[[V_contra, View], S_co]
    aggregates: Callable[[V_contra], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Row(Generic[V, S]):
    """One line of a service's table: this event, loaded so, decided so."""

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
    """A row of the table; `load` and `decide` take the event, or what its check makes of it."""
    return Row(event, load, decide)


Fold = Callable[[Any, int], Iterable[Change]]


class Folds:
    """The folds of one service: event type → guarded changes. The only way its state changes."""

    def __init__(self) -> None:
        self._by_event: dict[type[Event], Fold] = {}

    def of(self, event: type[E]) -> Callable[[Callable[[E], Iterable[Change]]], Any]:
        """Decorate the fold of an event."""

        def keep(fold: Callable[[E], Iterable[Change]]) -> Callable[[E], Iterable[Change]]:
            self._by_event[event] = lambda found, _: fold(found)
            return fold

        return keep

    def of_ordered(self, event: type[E]) -> Callable[[Callable[[E, int], Iterable[Change]]], Any]:
        """Decorate the fold of an event of which the later record stands (`Record.order`)."""

        def keep(fold: Callable[[E, int], Iterable[Change]]) -> Any:
            self._by_event[event] = fold
            return fold

        return keep

    def __contains__(self, event: type[Event]) -> bool:
        return event in self._by_event

    def __call__(self, event: Event, order: int = 0) -> tuple[Change, ...]:
        """The changes an event means; none for an event that is not ours to fold."""
        fold = self._by_event.get(type(event))
        return tuple(fold(event, order)) if fold else ()


@dataclass(frozen=True, slots=True)
class Unit:
    """One event to handle: mostly a record's only one. `seen` is what the decision gets: the
    event itself, or what a check made of it. `digest` is empty where bytes need not agree.
    """

    record: Record
    id: str
    event: Event
    seen: Any
    digest: str = ""
    traceparent: str = ""


class Derive(Protocol):
    """Makes a slot's indexes anew after a catch-up, from what it reads to index writes."""

    async def __call__(
        self,
        slot: str,
        peek: Callable[[str, Sequence[Read]], Awaitable[Loaded]],
        fold: Callable[[str, Sequence[Change]], Awaitable[None]],
    ) -> None:
        """Derive the indexes of one slot."""
        ...


@dataclass(frozen=True, slots=True)
class Swept:
    """One partition of one slot at one moment, to be looked over for what time has made due.

    `read_until`: every response of this partition that the broker had by then has been handled.
    """

    slot: str
    partition: int
    now: datetime
    read_until: datetime
    store: Store


Sweep = Callable[[Swept], Awaitable[Sequence[Event]]]
"""What is due in one partition, as events for the service's timers topic."""

Reader = Callable[[Record], Sequence[Unit]]
"""Reads a record into units; raises Refused."""


@dataclass(frozen=True)
class Service:
    """A service as the pattern runs it.

    slot: the hash tag of the state an event belongs to, `{router:main}`.
    checks: per event type, what decode does beyond the model (verify a token, look at a clock);
        it returns what the decision gets, or raises Refused.
    readers: per topic name, how records that are no events of ours are read.
    seal: finishes an event after the decision, with what no decision may know (a secret).
    derive: makes a slot's indexes anew after a catch-up.
    sweep: finds what time has made due.
    observe: told of the events of each decision once it is committed, and of the view it was taken
        on, for metrics of its own.
    trace: the trace context an event belongs to, where that is not its cause's.
    slots: all slots there are, where that is known from the start; else a slot is there from its
        first event on.
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
    seal: Callable[[Sequence[Event]], Sequence[Event]] = tuple
    derive: Derive | None = None
    sweep: Sweep | None = None
    observe: Callable[[Sequence[Event], View], None] | None = None
    trace: Callable[[Event, View], str | None] = lambda _event, _view: None
    slots: frozenset[str] = frozenset()
    pipelines: int = 1

    @property
    def name(self) -> str:
        """The service's name, its consumer group too."""
        return self.card.service

    @property
    def root(self) -> str:
        """The slot of what the service knows of itself: which slots it has."""
        return f"{{{self.card.service}}}"

    def row(self, event: Event) -> Row[Any, Any] | None:
        """The row that handles an event."""
        return self._by_event.get(type(event))

    @cached_property
    def _by_event(self) -> Mapping[type[Event], Row[Any, Any]]:
        return {row.event: row for row in self.rows}

    def folds_input(self, topic: Topic) -> bool:
        """Whether state folds this topic's records as they are."""
        return topic.name in self._folded

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(topic.name for topic in self.card.also_folds)
