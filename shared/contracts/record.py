"""Defines a Kafka record as it was read, and one as it will be published."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

Headers = tuple[tuple[str, bytes], ...]

INCARNATION_BITS = 44
CE_PREFIXES = ("ce_", "ce-")
"""How a header that holds a CloudEvents attribute begins: as Kafka's binding says, or as HTTP's."""


class TopicPartition(NamedTuple):
    """One partition of a topic, which is named as on the broker. Example: `("tasks", 3)`."""

    topic: str
    partition: int

    @property
    def marker(self) -> str:
        """The name under which the state in Redis keeps this partition's next offset: `tasks:3`."""
        return f"{self.topic}:{self.partition}"


class Record(NamedTuple):
    """A record that was read from Kafka. `topic` is its name on the broker; null headers are empty.

    A topic that is deleted and created again starts at offset 0 again. `incarnation` counts how
    often that happened, so that records can be ordered. `topic_id` is the id that the broker gave
    the topic when it was created, so that a record keeps a unique name. A NamedTuple, since one is
    made for every record. Example: after one deletion of `tasks`, `incarnation` is 1.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int
    incarnation: int = 0
    topic_id: str = ""

    @classmethod
    def ordered(cls, topic: str, partition: int, order: int, **more: Any) -> "Record":
        """Return the record that has this order; `more` are its key, value, headers and time."""
        offset = order & ((1 << INCARNATION_BITS) - 1)
        return cls(topic, partition, offset, incarnation=order >> INCARNATION_BITS, **more)

    @property
    def place(self) -> TopicPartition:
        """The topic and partition that the record was read from."""
        return TopicPartition(self.topic, self.partition)

    @property
    def order(self) -> int:
        """A number below 2**53 that is higher for each later record of the partition.

        It also rises if the topic is deleted and created again. Example: the first record of a
        topic that was created again is above every record of the topic before.
        """
        return (self.incarnation << INCARNATION_BITS) | self.offset

    @property
    def appended_at(self) -> datetime:
        """The record's timestamp, which the broker sets when it stores a record of such a topic.

        Only for topics whose definition has `append_time`; elsewhere the sender sets the timestamp.
        Example: a timestamp of 0 ms gives 1970-01-01 in UTC.
        """
        return datetime.fromtimestamp(self.timestamp_ms / 1000, UTC)

    def header(self, name: str) -> str | None:
        """Return the last header with this name as text; None if there is none.

        Bytes that are no UTF-8 are replaced. Without a `ce_type` the header `ce-type` is returned,
        or either in capitals: some senders write them so. Example: `record.header("ce_type")`.
        """
        for header, value in reversed(self.headers):
            if header == name:
                return value.decode("utf-8", "replace")
        return self._other_spelling(name[3:]) if name.startswith(CE_PREFIXES) else None

    def _other_spelling(self, attribute: str) -> str | None:
        for header, value in reversed(self.headers):
            if header[3:].lower() == attribute and header[:3].lower() in CE_PREFIXES:
                return value.decode("utf-8", "replace")
        return None


class Outgoing(NamedTuple):
    """One record to publish; `topic` is the topic's name on the broker."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers


class Ack(NamedTuple):
    """The partition and offset that Kafka gave to a published record."""

    place: TopicPartition
    offset: int
