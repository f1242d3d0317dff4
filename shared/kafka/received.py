"""A record as the Kafka client hands it over, made ours."""

from typing import Any

from aiokafka.structs import ConsumerRecord

from shared.contracts.record import Record
from shared.kafka.incarnations import Incarnations


def record_of(raw: "ConsumerRecord[Any, Any]", incarnations: Incarnations) -> Record:
    """The record; a header that was null is empty, a value that was null stays so."""
    return Record(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=raw.key,
        value=raw.value,
        headers=tuple([(name, value or b"") for name, value in raw.headers]),
        timestamp_ms=raw.timestamp,
        incarnation=incarnations.of(raw.topic),
        topic_id=incarnations.id_of(raw.topic),
    )
