"""Read records: from Kafka records to units, and dead letters for those that cannot be read."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import structlog

from shared.contracts import envelope
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import natural_id
from shared.contracts.record import Outgoing, Record, TopicPartition
from shared.contracts.topics import DEAD_LETTERS
from shared.observe.logs import where
from shared.observe.metrics import PatternMetrics
from shared.pattern.meaning import PassedOver, events_of
from shared.pattern.service import Service, Unit
from shared.state.commit import digest_of

log = structlog.get_logger()


class InRecords(NamedTuple):
    """What a fetch of records holds.

    passed_over: by partition, the offset of the last record that means nothing to the service.
    """

    units: list[Unit]
    dead_letters: list[Outgoing]
    passed_over: Mapping[TopicPartition, int]


class RecordReader:
    """Reads the records of one service."""

    def __init__(self, service: Service, metrics: PatternMetrics) -> None:
        self._service = service
        self._metrics = metrics
        self._dead_letter_topic = service.names.of(DEAD_LETTERS[service.name])
        self._passed_over = PassedOver(service)

    def read(
        self, records: Sequence[Record], is_open: Callable[[str], bool] = lambda _slot: True
    ) -> InRecords:
        """Return the units of all records in their order, a dead letter for each record that cannot
        be read, and how far records were passed over that mean nothing to the service. A bad record
        never takes its neighbours with it.

        `is_open` tells whether a slot (the Redis keys under one hash tag) is known to be open.
        """
        units: list[Unit] = []
        dead_letters: list[Outgoing] = []
        passed_over: dict[tuple[str, int], int] = {}
        count = 0
        self._metrics.read([record.topic for record in records])
        for record in records:
            if record in self._passed_over:
                # Later records of a partition come later, so the last offset is the highest.
                passed_over[record.topic, record.partition] = record.offset
                count += 1
                continue
            try:
                units += self.units(record, is_open)
            except Refused as refused:
                dead_letters.append(self.dead_letter(record, refused))
            except Exception as failure:  # noqa: BLE001 - a bug costs its record, not the batch
                dead_letters.append(self.dead_letter(record, refusal_of_bug(failure)))
        self._metrics.outcome("unchanged", count)
        last = {TopicPartition(*place): offset for place, offset in passed_over.items()}
        return InRecords(units, dead_letters, last)

    def units(
        self, record: Record, is_open: Callable[[str], bool] = lambda _slot: True
    ) -> Sequence[Unit]:
        """Return the units of one record, mostly a single one. Raises Refused with the reason."""
        service = self._service
        topic = service.names.row(record.topic)
        reader = service.readers.get(topic.name)
        if reader is not None:
            return reader(record)
        event_id, events = events_of(service, record, topic, is_open)
        digest = digest_of(record.value or b"") if topic.border else ""
        if topic.border and service.folds_input(topic):
            # Of two profiles the later record stands, so each record is a unit of its own, also
            # where its sender gave both one id.
            event_id, digest = natural_id(topic.name, record.partition, record.order), ""
        trace = envelope.traceparent_of(record, event_id)
        units = []
        for number, event in enumerate(events):
            check = service.checks.get(type(event))
            checked = check(event, record) if check else event
            # Each is committed under an id of its own: one may be in Redis and the other not.
            own_id = natural_id(event_id, number) if number else event_id
            units.append(Unit(record, own_id, event, checked, digest, trace))
        return units

    def dead_letter(self, record: Record, refused: Refused) -> Outgoing:
        """Return the dead letter of a record; logs and counts it."""
        self._metrics.dead_letter(refused.reason)
        log.warning(
            "dead letter",
            reason=refused.reason.value,
            detail=refused.detail,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        )
        return envelope.dead_letter(
            record, refused, service=self._service.name, topic=self._dead_letter_topic
        )


def refusal_of_bug(failure: Exception) -> Refused:
    """Return the refusal for an error that is a bug of ours.

    Logs the error's class and line, never its message, which may quote the record.
    """
    kind, place = type(failure).__name__, where(failure)
    log.error("a bug", error=kind, where=place)
    return Refused(
        Reason.BUG, f"value: a fault of this service ({kind} at {place}): report it, then replay"
    )
