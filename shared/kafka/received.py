"""Turns a record of the Kafka client into the project's own Record."""

from typing import Any

from aiokafka.structs import ConsumerRecord

from shared.contracts.record import Record
from shared.kafka.incarnations import Incarnations


def record_of(raw: "ConsumerRecord[Any, Any]", incarnations: Incarnations | None = None) -> Record:
    """Return a record of the Kafka client as the project's Record.

    A null header becomes empty, a null value stays null. `incarnations` gives the number that tells
    apart a topic that was deleted and created again; without it the number is 0. Example:
    `record_of(raw).offset == raw.offset`.
    """
    return Record(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=raw.key,
        value=raw.value,
        headers=tuple([(name, value or b"") for name, value in raw.headers]),
        timestamp_ms=raw.timestamp,
        incarnation=incarnations.of(raw.topic) if incarnations else 0,
        topic_id=incarnations.id_of(raw.topic) if incarnations else "",
    )
