"""Takes the next records of a consumer so that no flood on one topic holds up the others.

The client hands over what it has fetched partition by partition, and begins with what is left of
the partition before. So 10,000 records on `presence` would all be handled before the next task.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.structs import ConsumerRecord

ASIDE_MAX = 100
"""Records a batch takes at most of topics on which many people say something about themselves."""

Fetched = Mapping[ClientPartition, Sequence["ConsumerRecord[Any, Any]"]]


async def next_records(
    consumer: AIOKafkaConsumer, *, aside: Collection[str], records_max: int, wait_ms: int
) -> Fetched:
    """Return up to `records_max` records by partition, of the topics `aside` at most ASIDE_MAX.

    Those get their share also where the other topics have more than a batch. Waits up to `wait_ms`
    for the first record; that first batch may be of any topics.
    Example: 10,000 presences and one task wait: a batch of the task and 100 presences.
    """
    share = min(ASIDE_MAX, records_max // 2)
    if aside and share:
        parts = consumer.assignment()
        last = [part for part in parts if part.topic in aside]
        first = parts - set(last)
        # Neither call waits: were anything else to run between them, the records of the first would
        # count as handled (see `progress`).
        fetched = {
            **await _at_hand(consumer, first, records_max - share),
            **await _at_hand(consumer, last, share),
        }
        if fetched:
            return fetched
    return await consumer.getmany(timeout_ms=wait_ms, max_records=records_max)  # type: ignore[no-any-return]


async def _at_hand(consumer: AIOKafkaConsumer, parts: Collection[Any], count: int) -> Fetched:
    # Without a partition the client would take all of them.
    return await consumer.getmany(*parts, timeout_ms=0, max_records=count) if parts else {}
