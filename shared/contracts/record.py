"""A record as it came from Kafka, and a record as it will be published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import msgpack

Headers = tuple[tuple[str, bytes], ...]

INCARNATION_BITS = 44
_PACKER = msgpack.Packer(use_bin_type=True)
"""Shared: making a packer takes as long as packing."""


class TopicPartition(NamedTuple):
    """A partition of a topic, by the topic's name on the broker."""

    topic: str
    partition: int

    @property
    def marker(self) -> str:
        """The name under which state keeps how far this partition was handled: `tasks:3`."""
        return f"{self.topic}:{self.partition}"


@dataclass(frozen=True, slots=True)
class Record:
    """A record that was read. `topic` is its name on the broker; null header values become empty.

    A topic that is deleted and made anew starts at offset 0 again. `incarnation` counts how often
    that happened, so that records can be ordered. `topic_id` is the id that the broker gave the
    topic when it was made, so that a record can be named for good.
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

    @property
    def place(self) -> TopicPartition:
        """The partition it was read from."""
        return TopicPartition(self.topic, self.partition)

    @property
    def order(self) -> int:
        """One number below 2**53 that rises with each record of the partition.

        It rises over incarnations too. Example: the first record of a topic's second incarnation is
        above every record of its first.
        """
        return (self.incarnation << INCARNATION_BITS) | self.offset

    @property
    def appended_at(self) -> datetime:
        """The time at which the broker stored it, on topics with `append_time` in their row."""
        return datetime.fromtimestamp(self.timestamp_ms / 1000, UTC)

    def header(self, name: str) -> str | None:
        """Return the last header of this name as text; bytes that are no UTF-8 are replaced."""
        for header, value in reversed(self.headers):
            if header == name:
                return value.decode("utf-8", "replace")
        return None


class Outgoing(NamedTuple):
    """One record to publish, by its topic's name on the broker."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers


def pack(records: Sequence[Outgoing]) -> bytes:
    """Pack records into the bytes that an outcome keeps."""
    return bytes(_PACKER.pack(records))


def unpack(packed: bytes) -> tuple[Outgoing, ...]:
    """Return the records that `pack` has packed."""
    return tuple(
        Outgoing(topic, key, value, tuple((name, raw) for name, raw in headers))
        for topic, key, value, headers in msgpack.unpackb(packed)
    )


class Ack(NamedTuple):
    """The partition and offset of a record that was published."""

    place: TopicPartition
    offset: int
