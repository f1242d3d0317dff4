"""A service over an in-memory store, one event or one batch at a time, without broker or clock."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from prometheus_client import CollectorRegistry

from shared.contracts import envelope
from shared.contracts.events.model import Event
from shared.contracts.record import Outgoing, Record
from shared.observe.metrics import PatternMetrics
from shared.pattern.decide_chunk import decide_unit
from shared.pattern.read_records import Reading
from shared.pattern.service import Service, Unit
from shared.state.store import Committed, Entry, Value
from shared.state.view import Twin, View
from tests.builders import NOW

E = TypeVar("E", bound=Event)


def record_of(said: Outgoing, *, offset: int = 0, at: datetime = NOW) -> Record:
    """What a consumer reads of what was published."""
    stamp = int(at.timestamp() * 1000)
    return Record(said.topic, 0, offset, said.key, said.value, said.headers, stamp)


class Running:
    """Takes events through the pure middle of the pattern; `announced` is all it has published.

    Every event crosses the wire, in and out, and every commit is held to its revisions.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.twin = Twin()
        self.announced: list[Event] = []
        self._reading = Reading(
            service, PatternMetrics(service.name, CollectorRegistry(), service.names)
        )
        self._offset = 0

    def hear(self, *events: Event, now: datetime = NOW) -> list[Event]:
        """Handle each event alone; returns what was announced."""
        return [said for event in events for said in self.hear_at_once([event], now=now)]

    def hear_at_once(self, events: Sequence[Event], *, now: datetime = NOW) -> list[Event]:
        """Handle a batch on one view, loaded before its first event."""
        units = [unit for event in events for unit in self._units(event)]
        rows = [(unit, self.service.row(unit.event)) for unit in units]
        reads = [read for unit, row in rows if row for read in row.load.reads(unit.seen)]
        view = View(self.twin.fetch(reads))
        decided = [decide_unit(self.service, unit, view, now) for unit in units]
        kept = [found for found in decided if not found.empty]
        entries = [found.entry for found in kept]
        told = [found.records for found in kept]
        said = [event for records in self._commit(entries, told) for event in records]
        self.announced += said
        return said

    def forget_outcomes(self) -> None:
        """Every outcome's time to live is over: what is heard again is decided again."""
        self.twin.outcomes.clear()

    def of(self, event: type[E]) -> list[E]:
        """What was announced of one type."""
        return [said for said in self.announced if isinstance(said, event)]

    def _units(self, event: Event) -> Sequence[Unit]:
        self._offset += 1
        said = envelope.encode(
            event, self.service.names, source="test", cause="cause", traceparent=_TRACE
        )
        return self._reading.units(record_of(said, offset=self._offset))

    def _commit(
        self, entries: Sequence[Entry], told: Sequence[Sequence[Outgoing]]
    ) -> Iterable[list[Event]]:
        for reply, records in zip(self.twin.commit(entries), told, strict=True):
            if isinstance(reply, Committed):
                yield [self._decoded(record) for record in records]

    def _decoded(self, said: Outgoing) -> Event:
        return envelope.decode(record_of(said), self.service.names.row(said.topic))[1]


_TRACE = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"


def folded(service: Service, events: Iterable[Event]) -> dict[str, Value]:
    """State made of these events alone, in this order, without the revisions."""
    twin = Twin()
    for order, event in enumerate(events):
        twin.make(service.folds(event, order))
    return facts(twin)


def facts(twin: Twin) -> dict[str, Value]:
    """Everything a store holds, but for revisions: they count changes and are no facts."""
    found: dict[str, Value] = {}
    for key, value in twin.items().items():
        kept = {n: v for n, v in value.items() if n != "rev"} if isinstance(value, dict) else value
        if kept:
            found[key] = kept  # type: ignore[assignment]
    return found
