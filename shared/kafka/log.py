"""Reading topics outside any group: their ends, committed offsets and records.

The end of a partition is the high-water mark of a fetch. The end offsets of the embedded broker
are too low after batches; they never lie beyond the end, so a fetch from there returns it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from shared.connect.settings import ServiceSettings
from shared.contracts.errors import TransientError
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import Names, Topic
from shared.kafka.incarnations import Incarnations
from shared.kafka.received import record_of

FETCH_WAIT_MS = 50
POLL_MS = 200
STILL_SECONDS = 30.0
RECORDS_MAX = 1000


class KafkaLog:
    """Reads a service's topics again to rebuild lost state, with a new consumer for each call.

    The consumers join no group and commit nothing. Each call raises TransientError if Kafka does
    not answer. Example: `await log.ends(topic)`.
    """

    def __init__(
        self, settings: ServiceSettings, *, names: Names, incarnations: Incarnations
    ) -> None:
        self._settings = settings
        self._names = names
        self._incarnations = incarnations

    async def ends(self, topic: Topic) -> Mapping[TopicPartition, int]:
        """Return, for each partition of the topic, the offset behind its last record."""
        async with self._consumer(self._places(topic)) as consumer, _soon():
            parts = list(consumer.assignment())
            for part, end in (await consumer.end_offsets(parts)).items():
                consumer.seek(part, end)
            return {_place(part): await _highwater(consumer, part) for part in parts}

    async def committed(self, topic: Topic) -> Mapping[TopicPartition, int]:
        """Return, for each partition, the offset that the service's group has committed, or 0."""
        async with self._consumer(self._places(topic)) as consumer, _soon():
            parts = list(consumer.assignment())
            return {_place(part): await consumer.committed(part) or 0 for part in parts}

    async def before(self, place: TopicPartition, offset: int, *, seconds: float) -> int:
        """Return an offset `seconds` earlier in the partition than the record just before `offset`.

        The time is that of the records. The result is never above `offset`. Example: to read ten
        minutes more than from offset 5000 on, start at
        `await log.before(place, 5000, seconds=600)`.
        """
        part = ClientPartition(*place)
        async with self._consumer([place]) as consumer, _soon():
            at = await _timestamp(consumer, part, max(offset - 1, 0))
            if at is None:
                return 0
            since = max(at - int(seconds * 1000), 0)
            first = (await consumer.offsets_for_times({part: since}))[part]
            return min(first.offset, offset) if first else offset

    async def read(
        self, place: TopicPartition, start: int, end: int
    ) -> AsyncIterator[Sequence[Record]]:
        """Yield the records from offset `start` up to, but without, `end`, in batches."""
        part = ClientPartition(*place)
        async with self._consumer([place]) as consumer:
            consumer.seek(part, start)
            while True:
                async with _soon():
                    fetched = await _more(consumer, part, end)
                if not fetched:
                    return
                kept = [record_of(raw, self._incarnations) for raw in fetched if raw.offset < end]
                if kept:
                    yield kept

    def _places(self, topic: Topic) -> list[TopicPartition]:
        return [TopicPartition(self._names.of(topic), number) for number in range(topic.partitions)]

    @asynccontextmanager
    async def _consumer(self, places: Iterable[TopicPartition]) -> AsyncIterator[AIOKafkaConsumer]:
        """Open a consumer of these partitions; its errors are raised as TransientError."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka_bootstrap_servers,
            client_id=f"{self._settings.member}-catch-up",
            group_id=self._settings.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_WAIT_MS,
            **self._settings.kafka.aiokafka(),
        )
        try:
            consumer.assign([ClientPartition(*place) for place in places])
            async with _soon():
                await consumer.start()
            yield consumer
        except (KafkaError, OSError, TimeoutError) as failure:
            cause = str(failure) or type(failure).__name__
            raise TransientError(f"reading the topics again: {cause}") from failure
        finally:
            await consumer.stop()


class SilentPartition(TransientError):
    """A broker sent nothing for so long that reading a partition to its end was given up."""

    def __init__(self, part: ClientPartition, seconds: float) -> None:
        super().__init__(
            f"the broker has said nothing for {seconds:.0f} s, and {part.topic} partition"
            f" {part.partition} is not read to its end"
        )


async def read_to_ends(
    consumer: AIOKafkaConsumer, parts: Iterable[ClientPartition], *, silent_seconds: float
) -> AsyncIterator[list[Record]]:
    """Yield all records that these partitions hold when their reading begins, in batches.

    The end of a partition is the high-water mark of its first fetch. Raises SilentPartition if for
    `silent_seconds` no record arrives and no partition ends. Example: a consumer assigned to parts
    of 3 and 0 records yields 3 records in all, then returns.
    """
    ends: dict[ClientPartition, int] = {}
    unread, heard_at = set(parts), time.monotonic()
    while unread:
        if time.monotonic() - heard_at > silent_seconds:
            raise SilentPartition(min(unread), silent_seconds)
        batches = await consumer.getmany(*unread, timeout_ms=POLL_MS)
        for raw in batches.values():
            yield [record_of(record) for record in raw]
        if batches:
            heard_at = time.monotonic()
        for part in list(unread):
            mark = consumer.highwater(part)
            # Only the first mark counts: on a topic that is written to, the latest moves for ever.
            if mark is not None and await _position(
                consumer, part, silent_seconds
            ) >= ends.setdefault(part, mark):
                unread.discard(part)
                heard_at = time.monotonic()


async def _position(consumer: AIOKafkaConsumer, part: ClientPartition, seconds: float) -> int:
    async with asyncio.timeout(seconds):
        return int(await consumer.position(part))


def _soon() -> asyncio.Timeout:
    """Return the time limit for one request to Kafka."""
    return asyncio.timeout(STILL_SECONDS)


def _place(part: ClientPartition) -> TopicPartition:
    return TopicPartition(part.topic, part.partition)


async def _highwater(consumer: AIOKafkaConsumer, part: ClientPartition) -> int:
    while (highwater := consumer.highwater(part)) is None:  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(0.01)
    return int(highwater)


async def _more(
    consumer: AIOKafkaConsumer, part: ClientPartition, end: int
) -> "list[ConsumerRecord[Any, Any]]":
    """Return the partition's next records; empty once `end` or its last record is reached."""
    while await consumer.position(part) < end:
        fetched = await consumer.getmany(part, timeout_ms=FETCH_WAIT_MS, max_records=RECORDS_MAX)
        if records := fetched.get(part):
            return list(records)
        highwater = consumer.highwater(part)
        if highwater is not None and await consumer.position(part) >= highwater:
            break
    return []


async def _timestamp(consumer: AIOKafkaConsumer, part: ClientPartition, offset: int) -> int | None:
    """Return the time of the record at this offset, or of the next one; None if there is none."""
    consumer.seek(part, offset)
    records = await _more(consumer, part, await _highwater(consumer, part))
    return records[0].timestamp if records else None
