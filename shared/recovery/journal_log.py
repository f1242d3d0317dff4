"""Defines the reader of topics that rebuilding lost state needs: by offset, in no group."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import Topic


class LogReader(Protocol):
    """Reads topics again, by partition and offset; TransientError if Kafka does not answer."""

    async def ends(self, topic: Topic) -> Mapping[TopicPartition, int]:
        """Return, for each partition of the topic, the offset behind its last record."""
        ...

    async def committed(self, topic: Topic) -> Mapping[TopicPartition, int]:
        """Return, for each partition, the offset that the service's group has committed, or 0."""
        ...

    async def before(self, place: TopicPartition, offset: int, *, seconds: float) -> int:
        """Return an offset `seconds` earlier in the partition than the record just before `offset`.

        The time is that of the records. Example: to read ten minutes more than from offset 5000 on,
        start at `await reader.before(place, 5000, seconds=600)`.
        """
        ...

    def read(self, place: TopicPartition, start: int, end: int) -> AsyncIterator[Sequence[Record]]:
        """Yield the records from offset `start` up to, but without, `end`, in batches."""
        ...
