"""Rebalances of the consumer group, and going back to the committed offsets."""

from collections.abc import Awaitable, Callable

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka import TopicPartition as ClientPartition


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Passes aiokafka's two rebalance hooks on to two functions."""

    def __init__(
        self,
        revoked: Callable[[], Awaitable[None]],
        assigned: Callable[[set[ClientPartition]], Awaitable[None]],
    ) -> None:
        self._revoked = revoked
        self._assigned = assigned

    async def on_partitions_revoked(self, revoked: set[ClientPartition]) -> None:
        """Announce that partitions will be taken away; the rebalance waits until this returns."""
        if revoked:
            await self._revoked()

    async def on_partitions_assigned(self, assigned: set[ClientPartition]) -> None:
        """Announce the new partitions, before the first record of them is fetched."""
        await self._assigned(assigned)


async def to_committed(consumer: AIOKafkaConsumer) -> None:
    """Seek each assigned partition to its committed offset, or to its beginning without one.

    aiokafka's own `seek_to_committed` leaves a partition without a committed offset where it is.
    Its `seek_to_beginning` waits for ever while fetched records of the partition lie untaken.
    """
    parts = list(consumer.assignment())
    beginnings = await consumer.beginning_offsets(parts) if parts else {}
    for part in parts:
        committed = await consumer.committed(part)
        consumer.seek(part, beginnings[part] if committed is None else committed)
