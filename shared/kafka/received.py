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
        raw.topic,
        raw.partition,
        raw.offset,
        raw.key,
        raw.value,
        tuple([(name, value or b"") for name, value in raw.headers]),
        raw.timestamp,
        incarnations.of(raw.topic) if incarnations else 0,
        incarnations.id_of(raw.topic) if incarnations else "",
    )
