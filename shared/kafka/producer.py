"""Publishes records to Kafka in order, and waits for the acknowledgement of each.

An idempotent producer never times out by itself, and after one send that was refused or lost it
fails every later one. So each send has a time limit, and after a failure of any kind the producer
is thrown away without a flush: a record that it still holds must not be sent after the limit, when
its sender no longer waits and another process may publish it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.connect.settings import ServiceSettings
from shared.contracts.errors import TransientError
from shared.contracts.partitions import placed
from shared.contracts.record import Ack, Outgoing, TopicPartition
from shared.contracts.topics import TOPICS
from shared.kafka import internals
from shared.observe.faults import armed, fault

log = structlog.get_logger()

REQUEST_BYTES_MAX = max(topic.broker_bytes_max for topic in TOPICS)
BATCH_BYTES_MAX = 256 * 1024
RECORD_OVERHEAD_BYTES = 40
CLOSE_SECONDS = 2.0


class KafkaPublisher:
    """Publishes records for one task of the process; each task that publishes has its own.

    `purpose` is part of the client id. Example: `KafkaPublisher(settings, purpose="sweeps")`.
    """

    def __init__(self, settings: ServiceSettings, *, purpose: str) -> None:
        self._settings = settings
        self.purpose = purpose
        self._client_id = f"{settings.member}-{purpose}"
        self._point = f"{settings.service}.publishing"
        self._producer: AIOKafkaProducer | None = None

    async def send(self, records: Sequence[Outgoing]) -> Sequence[Ack]:
        """Publish records in this order; return one acknowledgement for each, in the same order.

        Raises TransientError unless every acknowledgement came within the setting
        `publish_seconds`; some of the records may be published then. Example: two records give
        `[Ack(place, 7), Ack(place, 8)]`.
        """
        if not records:
            return ()
        try:
            async with asyncio.timeout(self._settings.publish_seconds):
                producer = await self._ready()
                return await self._publish(producer, records)
        except (KafkaError, OSError, TimeoutError) as failure:
            await self._throw_away()
            cause = str(failure) or type(failure).__name__
            raise TransientError(f"publishing {len(records)} records: {cause}") from failure
        except BaseException:
            await self._throw_away()
            raise

    async def close(self) -> None:
        """Disconnect from Kafka; no record is under way, since each send waits for its acks."""
        await self._throw_away()

    def alive(self) -> bool:
        """Return whether the producer's sending task runs; also true while there is no producer."""
        return self._producer is None or internals.sends(self._producer)

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = AIOKafkaProducer(
                bootstrap_servers=self._settings.kafka_bootstrap_servers,
                client_id=self._client_id,
                **self._settings.kafka.aiokafka(),
                acks="all",
                enable_idempotence=self._settings.kafka_idempotent,
                linger_ms=0,  # whoever publishes has all its records at hand, and waits
                max_batch_size=BATCH_BYTES_MAX,
                max_request_size=REQUEST_BYTES_MAX,
                request_timeout_ms=int(self._settings.publish_seconds * 1000),
            )
            await self._producer.start()
        return self._producer

    async def _publish(
        self, producer: AIOKafkaProducer, records: Sequence[Outgoing]
    ) -> Sequence[Ack]:
        if len(records) > 1 and armed(self._point):
            first = await self._publish(producer, records[:1])
            await fault(self._point)
            return [*first, *await self._publish(producer, records[1:])]
        loads = await self._loads(producer, records)
        sent = [
            await producer.send_batch(load.batch, load.place.topic, partition=load.place.partition)
            for load in loads
        ]
        acks: dict[int, Ack] = {}
        for load, metadata in zip(loads, await asyncio.gather(*sent), strict=True):
            for after, number in enumerate(load.numbers):
                acks[number] = Ack(load.place, metadata.offset + after)
        return [acks[number] for number in range(len(records))]

    async def _loads(
        self, producer: AIOKafkaProducer, records: Sequence[Outgoing]
    ) -> list["_Load"]:
        """Return the records in groups, each for one partition, in order, of a size one send takes.

        Sending a group has one future, not one for each record, which halves the cost of
        publishing. Example: three small records for two partitions give two groups.
        """
        names = self._settings.names
        topics = dict.fromkeys(record.topic for record in records)
        counts = {topic: len(await producer.partitions_for(topic)) for topic in topics}
        rooms = {topic: names.row(topic).broker_bytes_max for topic in topics}
        loads: list[_Load] = []
        last: dict[TopicPartition, _Load] = {}
        for number, record in enumerate(records):
            place = TopicPartition(record.topic, placed(record.key or b"", counts[record.topic]))
            load = last.get(place)
            if load is None or not load.takes(number, record):
                load = last[place] = _Load(place, producer.create_batch(), rooms[place.topic])
                loads.append(load)
                load.takes(number, record)
        return loads

    async def _throw_away(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await internals.abandon(producer, seconds=CLOSE_SECONDS)


@dataclass(slots=True)
class _Load:
    """Records that are sent to one partition together.

    `numbers` are the positions of the records in the list to publish. `room` is the size in bytes
    that the records may have together: the topic's limit for one record, since a broker applies
    that limit to all records of one send. Example: `_Load(place, batch, 1_000_000)`.
    """

    place: TopicPartition
    batch: BatchBuilder
    room: int
    numbers: list[int] = field(default_factory=list)

    def takes(self, number: int, record: Outgoing) -> bool:
        """Add a record if there is room, as an empty group always has; return whether it was."""
        if self.numbers and self.batch.size() + _size(record) > self.room:
            return False
        key = record.key
        if key is None and record.value is None:
            # aiokafka sends no record without both, and a dead letter may lack both.
            key = b""
        taken = self.batch.append(
            timestamp=None, key=key, value=record.value, headers=list(record.headers)
        )
        if taken is not None:
            self.numbers.append(number)
        return taken is not None


def _size(record: Outgoing) -> int:
    """Return an upper limit for the size of a record in a request to Kafka, in bytes."""
    size = len(record.key or b"") + len(record.value or b"") + RECORD_OVERHEAD_BYTES
    return size + sum(len(name) + len(value) + 10 for name, value in record.headers)
