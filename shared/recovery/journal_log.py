"""What catch-up asks of Kafka: a reader of its own over all partitions, outside any group."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import Topic


class LogReader(Protocol):
    """Reads topics from an offset to their end. Raises TransientError where Kafka is away."""

    async def ends(self, topic: Topic) -> Mapping[TopicPartition, int]:
        """For each partition the offset after its last record (a fetch's high-water mark)."""
        ...

    async def committed(self, topic: Topic) -> Mapping[TopicPartition, int]:
        """For each partition the group's committed offset, 0 where there is none."""
        ...

    async def before(self, place: TopicPartition, offset: int, *, seconds: float) -> int:
        """The first offset of records that came at most this long before the one at `offset`."""
        ...

    def read(self, place: TopicPartition, start: int, end: int) -> AsyncIterator[Sequence[Record]]:
        """The records from `start` up to and without `end`, in batches."""
        ...
