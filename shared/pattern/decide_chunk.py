"""Decides the events of a chunk on their loaded state: changes to commit, records to publish."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from shared.contracts import envelope
from shared.contracts.errors import Reason, Refused, SentuhError
from shared.contracts.events.model import Event
from shared.contracts.packing import pack, unpack
from shared.contracts.record import Outgoing, Record
from shared.contracts.topics import DEAD_LETTERS
from shared.pattern.batch import ALONE
from shared.pattern.dependencies import Dependencies
from shared.pattern.in_flight import Step, UnitInFlight
from shared.pattern.read_records import refusal_of_bug
from shared.pattern.service import Decision, Service, Unit
from shared.state.changes import Change
from shared.state.store import (
    CommitEntry,
    Committed,
    Conflict,
    Loaded,
    Outcome,
    Replayed,
    Reply,
    write_only,
)
from shared.state.view import View


class Decided(NamedTuple):
    """The decision on one event.

    entry: the guarded changes to commit to Redis. It names the revision of every aggregate that was
        read, also where nothing changes, so that the commit can detect that one has moved.
    records: the Kafka records to publish; events: the same before they were encoded.
    refused: the reason for its dead letter; None if it is not refused.
    """

    entry: CommitEntry
    records: tuple[Outgoing, ...] = ()
    events: tuple[Event, ...] = ()
    refused: Refused | None = None

    @property
    def empty(self) -> bool:
        """Whether this decision changes no state and publishes no record."""
        return not self.entry.changes and not self.records


class ChunkDecider:
    """Decides the events of a chunk (a part of a batch that is committed together).

    It asks the service what each event changes in Redis and announces on Kafka, and notes what
    Redis replies to the commit of each.

    decisions_max: how often a decision that raises an unexpected exception is tried before the
        event's record goes to the dead letters.
    crashes_max: how often an event that is handled alone may crash the process before its record
        goes to the dead letters.
    """

    def __init__(self, dependencies: Dependencies, *, decisions_max: int, crashes_max: int) -> None:
        self._service = dependencies.service
        self._clock = dependencies.clock
        self._metrics = dependencies.metrics
        self._decisions_max = decisions_max
        self._crashes_max = crashes_max

    def decide(self, units: Sequence[UnitInFlight], loaded: Mapping[str, Loaded]) -> None:
        """Decide each unit in order, on the loaded state plus the changes of the units before it.

        A unit (one event in the pipeline) that an earlier delivery committed is not decided again:
        its records are taken from Redis. Afterwards each unit is DECIDED, COMMITTED or REFUSED; one
        whose decision raised an unexpected exception stays TO_DECIDE and is tried again.
        """
        views = {slot: View(one.data) for slot, one in loaded.items()}
        written: dict[str, set[str]] = {slot: set() for slot in loaded}
        for one in units:
            slot, event_id = loaded[one.slot], one.unit.id
            outcome = slot.outcomes.get(event_id)
            if outcome is not None:
                self._recall(one, outcome)
            elif slot.attempts.get(event_id + ALONE, 0) > self._crashes_max:
                detail = (
                    "value: the service died on it repeatedly: look at its logs, then replay it"
                )
                self._refuse(one, Refused(Reason.CRASH_LOOP, detail))
            else:
                self._decide(one, views[one.slot], written[one.slot])

    def _decide(self, one: UnitInFlight, view: View, written: set[str]) -> None:
        one.view = view
        try:
            decided = decide_unit(self._service, one.unit, view, self._clock.now())
        except SentuhError:
            raise
        except Exception as failure:  # noqa: BLE001 - a bug costs its record, not the batch
            refused = refusal_of_bug(failure)
            one.bugs += 1
            if one.bugs >= self._decisions_max:
                self._refuse(one, refused)
        else:
            self._take_decision(one, decided, written)

    def _refuse(self, one: UnitInFlight, refused: Refused) -> None:
        decided = refusal(self._service, one.unit, refused)
        one.refused = refused
        if not decided.empty:
            # The refused event still means something as an input, which is to be committed first.
            one.entry = decided.entry
        one.move_to(Step.REFUSED if decided.empty else Step.DECIDED)

    def _take_decision(self, one: UnitInFlight, decided: Decided, written: set[str]) -> None:
        one.records, one.events, one.refused = decided.records, decided.events, decided.refused
        read = {key for key, _ in decided.entry.reads}
        # An empty decision is committed too where it read what a unit before it writes: if that
        # unit's commit fails, "nothing is to be done" was decided on state that never was.
        if not decided.empty or read & written:
            one.entry = decided.entry
        if decided.empty:
            self._metrics.outcome("unchanged")
        else:
            written |= read
            written |= {change.aggregate for change in decided.entry.changes if change.aggregate}
        one.move_to(Step.DECIDED)

    def take_reply(self, one: UnitInFlight, reply: Reply | None) -> None:
        """Set a DECIDED unit (one event) to its next step, by what Redis replied to its commit.

        COMMITTED, or REFUSED for one that goes to the dead letters, if Redis made the changes or if
        there were none (`reply` is None); TO_DECIDE if a guard failed; the step of the earlier
        delivery if that had committed the same event.
        """
        match reply:
            case None:
                self._committed(one)
            case Committed():
                one.outcome_kept = bool(one.entry and one.entry.records)
                self._committed(one)
            case Replayed(outcome):
                self._recall(one, outcome)
            case Conflict():
                self._metrics.outcome("conflict")
                one.move_to(Step.TO_DECIDE)

    def _committed(self, one: UnitInFlight) -> None:
        one.move_to(Step.REFUSED if one.refused else Step.COMMITTED)
        if one.entry and one.entry.changes:
            self._metrics.outcome("committed")
        if self._service.observe and one.events and one.view is not None:
            self._service.observe(one.events, one.view)

    def _recall(self, one: UnitInFlight, outcome: Outcome) -> None:
        """Give the unit `one` the records that an earlier delivery of its event has committed.

        `outcome` is what Redis keeps of that delivery. The records are published, and the event is
        not decided again; if they are known to be on Kafka, nothing is published. If the earlier
        event had other content under the same id, this one goes to the dead letters.
        """
        one.records, one.refused = (), None
        if outcome.digest != one.unit.digest:
            one.refused = Refused(Reason.ID_REUSE, one.unit.event.REUSED)
            one.move_to(Step.REFUSED)
            return
        self._metrics.outcome("replayed")
        one.outcome_kept = True
        one.records = () if outcome.settled else unpack(outcome.records)
        one.move_to(Step.COMMITTED)


def decide_unit(service: Service, unit: Unit, view: View, now: datetime) -> Decided:
    """Decide one event on the view (the loaded state), and apply the decision's changes to it.

    The next event of the chunk is decided on the changed view. Returns the decision; where it
    refuses the event, a decision that sends its record to the dead letters.
    """
    row = service.row(unit.event)
    aggregates = row.load.aggregates(unit.checked) if row else ()
    reads = tuple([(key, view.revision(key)) for key in aggregates])
    try:
        return _decide(service, unit, view, reads=reads, now=now)
    except Refused as refused:
        return refusal(service, unit, refused, reads=reads)


def refusal(
    service: Service, unit: Unit, refused: Refused, *, reads: Sequence[tuple[str, str]] = ()
) -> Decided:
    """Return the decision that sends the record of this event to the dead letters.

    Where the event itself carries state (a worker's profile), that state is written all the same: a
    rebuild from the topics applies every input, refused or not, and must give the same result.
    `reads` are the keys the decision was based on, with their revisions; the commit checks them.
    """
    changes = _input_changes(service, unit)
    return Decided(CommitEntry(unit.id, unit.digest, tuple(reads), (), changes), refused=refused)


def _decide(
    service: Service, unit: Unit, view: View, *, reads: tuple[tuple[str, str], ...], now: datetime
) -> Decided:
    row = service.row(unit.event)
    from_input = _input_changes(service, unit)
    raised: set[str] = set()
    view.make(from_input, raised)
    decision = Decision.done()
    if row is not None:
        decision = row.decide(unit.checked, row.load.state(unit.checked, view), now)
    if decision.refused:
        # Returned, not raised: a raised error holds this frame, and with it the whole view.
        return refusal(service, unit, decision.refused, reads=reads)
    events = tuple(service.seal(decision.events))
    from_events = _own_changes(service, events, decision)
    # Encoded before the view changes: the trace of an event is read from the state decided on.
    records = tuple([_record(service, unit, event, view) for event in events])
    records += tuple([_put_out(service, record, why) for record, why in decision.put_out])
    view.make(from_events, raised)
    packed = pack(records) if records else b""
    entry = CommitEntry(
        unit.id, unit.digest, reads, decision.relies, (*from_input, *from_events), packed
    )
    return Decided(entry, records, events)


def _input_changes(service: Service, unit: Unit) -> tuple[Change, ...]:
    """Return changes that write to Redis the state that the event itself carries.

    Example: a worker's new profile. Empty for events that carry none. Writes nothing itself.
    """
    if not service.folds_input(service.names.row(unit.record.topic)):
        return ()
    return service.folds(unit.event, unit.record.order)


def _own_changes(
    service: Service, events: Sequence[Event], decision: Decision
) -> tuple[Change, ...]:
    journals = service.card.journals
    changes: list[Change] = []
    for event in events:
        if event.TOPIC in journals:
            changes += service.folds(event)
    if decision.index:
        changes.append(write_only(*decision.index))
    return tuple(changes)


def _put_out(service: Service, record: Record, refused: Refused) -> Outgoing:
    dead_letters = service.names.of(DEAD_LETTERS[service.name])
    record = record._replace(topic=service.names.prefix + record.topic)
    return envelope.dead_letter(record, refused, service=service.name, topic=dead_letters)


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
        detail = f"value: what follows from it is over {limit} bytes: send a reference, not content"
        raise Refused(Reason.TOO_LARGE, detail)
    return record
