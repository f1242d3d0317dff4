"""The reader of topics that catch-up needs: over all partitions, outside any group."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import Topic


class LogReader(Protocol):
    """Reads topics from an offset to their end. Raises TransientError where Kafka is away."""

    async def ends(self, topic: Topic) -> Mapping[TopicPartition, int]:
        """Return, for each partition, the offset after its last record."""
        ...

    async def committed(self, topic: Topic) -> Mapping[TopicPartition, int]:
        """Return, for each partition, the group's committed offset; 0 where there is none."""
        ...

    async def before(self, place: TopicPartition, offset: int, *, seconds: float) -> int:
        """Return the first offset of records at most `seconds` older than the one at `offset`.

        Example: `before(place, 5000, seconds=600)` is where to start to read ten minutes more.
        """
        ...

    def read(self, place: TopicPartition, start: int, end: int) -> AsyncIterator[Sequence[Record]]:
        """Yield the records from `start` up to and without `end`, in batches."""
        ...
