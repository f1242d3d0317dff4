"""From a unit and a view to the commit of it: the pure middle of the pattern."""

from collections.abc import Sequence
from datetime import datetime

from shared import envelope
from shared.changes import Change
from shared.errors import Reason, Refused
from shared.events.model import Event
from shared.record import Outgoing, pack
from shared.service import Decision, Service, Unit
from shared.store import Entry, write_only
from shared.view import View


def decide_unit(
    service: Service, unit: Unit, view: View, now: datetime
) -> tuple[Entry | None, tuple[Outgoing, ...], Sequence[Event]]:
    """The commit of one unit, what it will publish, and the events in that.

    No commit where there is nothing to keep.

    What it writes is in the view afterwards, so that the next record is decided on it. Raises
    Refused where the record contradicts what is known, or is too large to be told.
    """
    row = service.row(unit.event)
    aggregates = row.load.aggregates(unit.seen) if row else ()
    revisions = tuple((key, view.revision(key)) for key in aggregates)
    given = _input_changes(service, unit)
    raised: set[str] = set()
    view.make(given, raised)
    decision = Decision.done()
    if row is not None:
        decision = row.decide(unit.seen, row.load.state(unit.seen, view), now)
    if decision.refused:
        raise decision.refused
    events = service.seal(decision.events)
    made = _own_changes(service, events, decision)
    records = _records(service, unit, events)
    if not given and not made and not records:
        return None, (), ()
    view.make(made, raised)
    packed = pack(records) if records else b""
    entry = Entry(unit.id, unit.digest, revisions, decision.relies, (*given, *made), packed)
    return entry, records, events


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


def _records(service: Service, unit: Unit, events: Sequence[Event]) -> tuple[Outgoing, ...]:
    return tuple(_record(service, unit, event) for event in events)


def _record(service: Service, unit: Unit, event: Event) -> Outgoing:
    record = envelope.encode(
        event,
        service.names,
        source=service.name,
        cause=unit.id,
        traceparent=unit.traceparent,
    )
    limit = event.TOPIC.size_bytes_max
    if len(record.value or b"") > limit:
        detail = f"what follows from it would be over {limit} bytes: send a reference, not content"
        raise Refused(Reason.TOO_LARGE, detail)
    return record
