"""Records in, units and dead letters out: a bad record never takes its neighbours with it."""

from collections.abc import Sequence

import structlog

from shared.contracts import envelope
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import natural_id
from shared.contracts.record import Outgoing, Record
from shared.contracts.topics import DEAD_LETTERS
from shared.observe.logs import where
from shared.observe.metrics import PatternMetrics
from shared.pattern.service import Service, Unit
from shared.state.commit import digest_of

log = structlog.get_logger()


class Reading:
    """Reads the records of one service."""

    def __init__(self, service: Service, metrics: PatternMetrics) -> None:
        self._service = service
        self._metrics = metrics
        self._topic = service.names.of(DEAD_LETTERS[service.name])

    def read(self, records: Sequence[Record]) -> tuple[list[Unit], list[Outgoing]]:
        """Units in record order, and a dead letter for each record that cannot be one."""
        units: list[Unit] = []
        letters: list[Outgoing] = []
        self._metrics.read([record.topic for record in records])
        for record in records:
            try:
                units += self.units(record)
            except Refused as refused:
                letters.append(self.letter(record, refused))
            except Exception as failure:  # noqa: BLE001 - as above: one record, not the batch
                letters.append(self.letter(record, bug(failure)))
        return units, letters

    def units(self, record: Record) -> Sequence[Unit]:
        """What one record says; raises Refused."""
        service = self._service
        row = service.names.row(record.topic)
        reader = service.readers.get(row.name)
        if reader is not None:
            return reader(record)
        event_id, event = envelope.decode(record, row)
        digest = digest_of(record.value or b"") if row.border else ""
        if row.border and service.folds_input(row):
            # Which of two stands is told by their places: a profile sent again is another record.
            event_id, digest = natural_id(row.name, record.partition, record.order), ""
        check = service.checks.get(type(event))
        seen = check(event, record) if check else event
        trace = envelope.traceparent_of(record, event_id)
        return (Unit(record, event_id, event, seen, digest, trace),)

    def letter(self, record: Record, refused: Refused) -> Outgoing:
        """The dead letter of a record, logged and counted."""
        self._metrics.dead_letter(refused.reason)
        log.warning(
            "dead letter",
            reason=refused.reason.value,
            detail=refused.detail,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        )
        return envelope.dead_letter(record, refused, service=self._service.name, topic=self._topic)


def bug(failure: Exception) -> Refused:
    """An error of ours as a reason; logged with where it was, never with what the record held."""
    kind, place = type(failure).__name__, where(failure)
    log.error("a bug", error=kind, where=place)
    return Refused(
        Reason.BUG, f"a fault of this service ({kind} at {place}): report it, then replay"
    )
