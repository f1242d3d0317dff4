"""Takes the next records of a consumer so that no flood on one topic holds up the others.

The client hands over what it has fetched partition by partition, and begins with what is left of
the partition before. So 10,000 records on `presence` would all be handled before the next task.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

ASIDE_MAX = 100
"""Records a batch takes at most of topics on which many people say something about themselves."""

Fetched = Mapping[ClientPartition, Sequence["ConsumerRecord[Any, Any]"]]

log = structlog.get_logger()


async def next_records(
    consumer: AIOKafkaConsumer, *, aside: Collection[str], records_max: int, wait_ms: int
) -> Fetched:
    """Return up to `records_max` records by partition, of the topics `aside` at most ASIDE_MAX.

    Each of those gets its share, also where other topics have more than a batch. Waits up to
    `wait_ms` for the first record; that first batch may be of any topics.
    Example: 10,000 presences and one task wait: a batch of the task and 50 presences, since
    `workers` is set aside as well.
    """
    share = min(ASIDE_MAX, records_max // 2) // max(1, len(aside))
    if aside and share:
        parts = consumer.assignment()
        first = {part for part in parts if part.topic not in aside}
        fetched = dict(await _at_hand(consumer, first, records_max - share * len(aside)))
        # From here on nothing waits: were anything else to run, the records at hand would count as
        # handled (see `progress`).
        for topic in sorted(aside):
            theirs = {part for part in parts if part.topic == topic}
            try:
                fetched |= await _at_hand(consumer, theirs, share)
            except KafkaError as failure:
                # What is at hand was taken from the client, which gives it to nobody again: raised
                # here, the error would lose it, and later offsets would step over it.
                if not fetched:
                    raise
                log.warning("a fetch failed", topic=topic, error=type(failure).__name__)
        if fetched:
            return fetched
    return await consumer.getmany(timeout_ms=wait_ms, max_records=records_max)  # type: ignore[no-any-return]


async def _at_hand(consumer: AIOKafkaConsumer, parts: Collection[Any], count: int) -> Fetched:
    # Without a partition the client would take all of them.
    return await consumer.getmany(*parts, timeout_ms=0, max_records=count) if parts else {}
