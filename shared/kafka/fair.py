"""Takes the next records of a consumer so that no flood on one topic holds up the others.

The client hands over what it has fetched partition by partition, and begins with what is left of
the partition before. So 10,000 records on `presence` would all be handled before the next task, and
so would as many bad answers on `responses`.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from shared.kafka import internals

ASIDE_MAX = 100
"""Records a batch takes at most of topics on which many people say something about themselves."""
OUTSIDE_MAX = 200
"""Records a batch takes at most of the other topics that outsiders write; half of it is kept free.

A batch of so many bad answers is over in a tenth of a second, which a task may have to wait.
"""

Fetched = Mapping[ClientPartition, Sequence["ConsumerRecord[Any, Any]"]]

log = structlog.get_logger()


async def next_records(
    consumer: AIOKafkaConsumer,
    *,
    aside: Collection[str],
    outside: Collection[str],
    records_max: int,
    wait_ms: int,
) -> Fetched:
    """Return up to `records_max` records by partition, of the topics `aside` at most ASIDE_MAX.

    Topics that services write come first, then those `outside` (which outsiders write), then those
    `aside`: each gets its share, also where others have more than a batch, and what is left of the
    batch goes to the first. Waits up to `wait_ms` for the first record; that first batch may be of
    any topics.
    Example: 10,000 presences, 10,000 responses and one task wait: a batch of the task, 200
    responses and 50 presences, since `workers` is set aside as well.
    """
    share = min(ASIDE_MAX, records_max // 2) // max(1, len(aside))
    batch = _FairBatch(consumer)
    # Where nothing is at hand there is nothing to share: the first records that come are taken.
    if aside and share and internals.has_records(consumer):
        await batch.fill(aside=aside, outside=outside, share=share, records_max=records_max)
    return batch.fetched or await consumer.getmany(timeout_ms=wait_ms, max_records=records_max)


class _FairBatch:
    """The records of one batch, taken from the client topic by topic."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self.fetched: dict[ClientPartition, Sequence[ConsumerRecord[Any, Any]]] = {}
        self.count = 0
        self._consumer = consumer

    async def fill(
        self, *, aside: Collection[str], outside: Collection[str], share: int, records_max: int
    ) -> None:
        """Take what is at hand: topics of services, `outside`, `share` of each topic `aside`."""
        topics = {part.topic for part in self._consumer.assignment()}
        own = topics.difference(aside, outside)
        room = records_max - share * len(aside)
        first = room - min(OUTSIDE_MAX // 2, room // 4) if topics & {*outside} else room
        await self.add(own, first)
        has_more = self.count == first
        # From here on nothing waits: were anything else to run, the records at hand would count as
        # handled (see `progress`).
        await self.add(outside, min(OUTSIDE_MAX, room - self.count))
        for topic in sorted(aside):
            await self.add((topic,), share)
        if has_more:
            await self.add(own, records_max - self.count)

    async def add(self, topics: Collection[str], count: int) -> None:
        """Take up to `count` records of these topics that the client has at hand."""
        parts = [part for part in self._consumer.assignment() if part.topic in topics]
        if not parts or count <= 0:
            return  # without a partition the client would take all of them
        try:
            taken = await self._consumer.getmany(*parts, timeout_ms=0, max_records=count)
        except KafkaError as failure:
            # What is at hand was taken from the client, which gives it to nobody again: raised
            # here, the error would lose it, and later offsets would step over it.
            if not self.fetched:
                raise
            log.warning("a fetch failed", topics=[*topics], error=type(failure).__name__)
            return
        for part, records in taken.items():
            self.fetched[part] = [*self.fetched.get(part, ()), *records]
            self.count += len(records)
