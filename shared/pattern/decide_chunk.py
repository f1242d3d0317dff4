"""From a unit and a view to the commit of it: the pure middle of the pattern."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.contracts import envelope
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import Event
from shared.contracts.record import Outgoing, pack
from shared.pattern.service import Decision, Service, Unit
from shared.state.changes import Change
from shared.state.store import Entry, write_only
from shared.state.view import View


@dataclass(frozen=True, slots=True)
class Decided:
    """The commit of one unit, what it will publish, and the events in that.

    Where it was refused, or nothing is left to do, the commit writes nothing; it still names the
    aggregates that were looked at, so that it can be held to them.
    """

    entry: Entry
    records: tuple[Outgoing, ...] = ()
    events: tuple[Event, ...] = ()
    refused: Refused | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not self.entry.changes and not self.records


def decide_unit(service: Service, unit: Unit, view: View, now: datetime) -> Decided:
    """Decide one unit; what it writes is in the view afterwards, for the next one to see."""
    row = service.row(unit.event)
    aggregates = row.load.aggregates(unit.seen) if row else ()
    reads = tuple([(key, view.revision(key)) for key in aggregates])
    try:
        return _decide(service, unit, view, reads=reads, now=now)
    except Refused as refused:
        return refusal(service, unit, refused, reads=reads)


def refusal(
    service: Service, unit: Unit, refused: Refused, *, reads: Sequence[tuple[str, str]] = ()
) -> Decided:
    """The commit of a unit that is refused: what it means as an input stands all the same, or a
    catch-up, which folds every input, would know more than the live state.
    """
    given = _input_changes(service, unit)
    return Decided(Entry(unit.id, unit.digest, tuple(reads), (), given), refused=refused)


def _decide(
    service: Service, unit: Unit, view: View, *, reads: tuple[tuple[str, str], ...], now: datetime
) -> Decided:
    row = service.row(unit.event)
    given = _input_changes(service, unit)
    raised: set[str] = set()
    view.make(given, raised)
    decision = Decision.done()
    if row is not None:
        decision = row.decide(unit.seen, row.load.state(unit.seen, view), now)
    if decision.refused:
        # Raised, it would hold what holds it: this frame, and with it the view.
        return refusal(service, unit, decision.refused, reads=reads)
    events = tuple(service.seal(decision.events))
    made = _own_changes(service, events, decision)
    records = tuple([_record(service, unit, event, view) for event in events])
    view.make(made, raised)
    packed = pack(records) if records else b""
    entry = Entry(unit.id, unit.digest, reads, decision.relies, (*given, *made), packed)
    return Decided(entry, records, events)


def _input_changes(service: Service, unit: Unit) -> tuple[Change, ...]:
    """The changes an input means by itself, on the topics the card says state folds."""
    if not service.folds_input(service.names.row(unit.record.topic)):
        return ()
    return service.folds(unit.event, unit.record.order)


def _own_changes(
    service: Service, events: Sequence[Event], decision: Decision
) -> tuple[Change, ...]:
    journal = service.card.journal
    made = [change for event in events if event.TOPIC is journal for change in service.folds(event)]
    if decision.index:
        made.append(write_only(*decision.index))
    return tuple(made)


def _record(service: Service, unit: Unit, event: Event, view: View) -> Outgoing:
    record = envelope.encode(
        event,
        service.names,
        source=service.name,
        cause=unit.id,
        traceparent=service.trace(event, view) or unit.traceparent,
    )
    limit = event.TOPIC.size_bytes_max
    if len(record.value or b"") > limit:
        detail = f"what follows from it would be over {limit} bytes: send a reference, not content"
        raise Refused(Reason.TOO_LARGE, detail)
    return record
