"""Where the Kafka client must be led by the hand: rebalances, leaving a group, going back."""

from collections.abc import Awaitable, Callable

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka import TopicPartition as ClientPartition


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """aiokafka's hooks, as two functions."""

    def __init__(
        self,
        revoked: Callable[[], Awaitable[None]],
        assigned: Callable[[set[ClientPartition]], Awaitable[None]],
    ) -> None:
        self._revoked = revoked
        self._assigned = assigned

    async def on_partitions_revoked(self, revoked: set[ClientPartition]) -> None:
        """Before the rebalance; it waits for this to return."""
        if revoked:
            await self._revoked()

    async def on_partitions_assigned(self, assigned: set[ClientPartition]) -> None:
        """After the rebalance, before the first record."""
        await self._assigned(assigned)


async def to_committed(consumer: AIOKafkaConsumer) -> None:
    """Go back to the committed offsets, or to the beginning where there are none.

    aiokafka's own seekto_committed leaves those where they are, and its seek_to_beginning waits
    for ever while records of the partition lie fetched and nobody takes them.
    """
    parts = list(consumer.assignment())
    first = await consumer.beginning_offsets(parts) if parts else {}
    for part in parts:
        known = await consumer.committed(part)
        consumer.seek(part, first[part] if known is None else known)
