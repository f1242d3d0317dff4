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
    """One record read. `topic` is the name on the broker; header values that were null are empty.

    `incarnation` counts how often the topic was made anew (its offsets start at 0 again), for
    comparing; `topic_id`, which the broker gave it, says which making it is, for naming.
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
