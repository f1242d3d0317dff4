"""Commits the offsets of handled records, and seeks back to read records again."""

import asyncio
from collections.abc import Callable, Mapping

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.contracts.record import TopicPartition
from shared.kafka.batches import Fate
from shared.kafka.membership import to_committed
from shared.kafka.unread import Unread
from shared.observe.metrics import PatternMetrics

log = structlog.get_logger()


class Offsets:
    """The committed offsets of one consumer.

    `consumer` returns the Kafka consumer, or None before it exists; each call takes `seconds` at
    most. Example: `await offsets.acknowledge(gather.offsets)`.
    """

    def __init__(
        self,
        consumer: Callable[[], AIOKafkaConsumer | None],
        *,
        unread: Unread,
        metrics: PatternMetrics,
        seconds: float,
    ) -> None:
        self._consumer = consumer
        self._unread = unread
        self._metrics = metrics
        self._seconds = seconds

    async def acknowledge(self, offsets: Mapping[TopicPartition, int]) -> Fate:
        """Commit these offsets, each behind a partition's last record; READ_AGAIN if that failed.

        Returns GO_ON also if another process has the partitions by now: the records are
        handled, and that process, which reads them again, finds the results in Redis.
        """
        committed = {ClientPartition(*place): offset for place, offset in offsets.items()}
        consumer = self._consumer()
        try:
            async with asyncio.timeout(self._seconds):
                if consumer is not None:
                    await consumer.commit(committed)
        except (CommitFailedError, IllegalStateError):
            self._metrics.acknowledge_failures.inc()
            log.info("acknowledged too late: the group has moved on")
        except (KafkaError, TimeoutError) as failure:
            self._metrics.acknowledge_failures.inc()
            log.warning("not acknowledged; the records come again", error=type(failure).__name__)
            return Fate.READ_AGAIN
        else:
            self._unread.acknowledged(committed)
        return Fate.GO_ON

    async def read_again(self) -> Fate:
        """Seek every held partition back to its committed offset; READ_AGAIN if that failed."""
        consumer = self._consumer()
        # What is read again may be deleted by now.
        self._unread.hold()
        try:
            async with asyncio.timeout(self._seconds):
                if consumer is not None:
                    await to_committed(consumer)
        except (IllegalStateError, AssertionError):
            return Fate.GO_ON  # assigned anew meanwhile, at the committed offsets
        except (KafkaError, TimeoutError) as failure:
            log.warning("waiting to read again", error=type(failure).__name__)
            await asyncio.sleep(1)
            return Fate.READ_AGAIN
        return Fate.GO_ON
