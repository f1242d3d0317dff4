"""Reacts to rebalances of the consumer group, and seeks partitions back to committed offsets."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka import TopicPartition as ClientPartition

from shared.contracts.record import TopicPartition
from shared.kafka.batches import Fate


@dataclass(eq=False, slots=True)
class HeldPartitions:
    """The partitions assigned at one rebalance; `revoked` once they are taken away.

    `acknowledge` commits offsets of them. Example: `HeldPartitions(offsets.acknowledge)`.
    """

    acknowledge: Callable[[Mapping[TopicPartition, int]], Awaitable[Fate]]
    revoked: bool = False

    def is_over(self) -> bool:
        """Return whether Kafka has taken the partitions away."""
        return self.revoked


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Passes the two rebalance callbacks of aiokafka on to two functions.

    `revoked` is called before partitions are taken away, `assigned` with the new partitions.
    Example: `Listener(on_revoked, on_assigned)`.
    """

    def __init__(
        self,
        revoked: Callable[[], Awaitable[None]],
        assigned: Callable[[set[ClientPartition]], Awaitable[None]],
    ) -> None:
        self._revoked = revoked
        self._assigned = assigned

    async def on_partitions_revoked(self, revoked: set[ClientPartition]) -> None:
        """Report that partitions will be taken away; the rebalance waits until this returns."""
        if revoked:
            await self._revoked()

    async def on_partitions_assigned(self, assigned: set[ClientPartition]) -> None:
        """Report the partitions assigned now, before their first record is fetched."""
        await self._assigned(assigned)


async def to_committed(consumer: AIOKafkaConsumer) -> None:
    """Seek each assigned partition to its committed offset, or to its beginning if it has none.

    aiokafka's own `seek_to_committed` does not move a partition without a committed offset. Its
    `seek_to_beginning` waits for ever while fetched records of the partition were not taken.
    Example: `await to_committed(consumer)` after a batch that must be read again.
    """
    parts = list(consumer.assignment())
    beginnings = await consumer.beginning_offsets(parts) if parts else {}
    for part in parts:
        committed = await consumer.committed(part)
        consumer.seek(part, beginnings[part] if committed is None else committed)
