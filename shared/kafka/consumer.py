"""The only place that subscribes to Kafka: one subscriber that reads all input topics of a service.

FastStream gives the subscriber, its loop and its life cycle. Replaced here are its parser (it drops
a record whose header is null or no UTF-8), its decoder (one bad record fails the batch), its
replies (anyone could name a topic in `reply_to`), its acknowledgement (a bare commit steps over
records that were not handled), its poll (it sleeps where nothing came) and its producer (see
`shared.kafka.producer`).
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from itertools import chain
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage

from shared.connect.settings import ServiceSettings
from shared.contracts.errors import TransientError
from shared.kafka import internals
from shared.kafka.batches import Batches, Fate
from shared.kafka.fair import next_records
from shared.kafka.fetching import GATHER, Fetching
from shared.kafka.incarnations import Incarnations
from shared.kafka.losses import Losses
from shared.kafka.membership import HeldPartitions, Listener
from shared.kafka.offsets import Offsets
from shared.kafka.progress import Progress
from shared.kafka.received import record_of
from shared.kafka.unread import Unread
from shared.kafka.watermark import Watermarks
from shared.observe.logs import where
from shared.observe.metrics import PatternMetrics
from shared.pattern.service import Service

log = structlog.get_logger()

Raw = tuple["ConsumerRecord[Any, Any]", ...]

POLL_IDLE_SECONDS = 1800
BEAT_SECONDS = 1.0
"""A member learns of a rebalance by its next heartbeat, and the others wait for it."""
REBALANCE_SECONDS_MAX = 30.0
LEAVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Handling:
    """The objects that get a consumer's records, measurements, numbers of recreated topics, and
    what was deleted before it was read.
    """

    batches: Batches
    metrics: PatternMetrics
    marks: Watermarks
    incarnations: Incarnations
    losses: Losses


class Consumer:
    """Reads a service's topics in its consumer group, batch by batch, and commits their offsets."""

    def __init__(self, service: Service, settings: ServiceSettings, handling: Handling) -> None:
        self._service = service
        self._settings = settings
        self._handling = handling
        self._batches = handling.batches
        border = {topic for topic in service.card.consumes if topic.border}
        self._aside = {service.names.of(topic) for topic in border if topic.takes_back}
        self._outside = {service.names.of(topic) for topic in border if not topic.takes_back}
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False
        self._watching: asyncio.Task[None] | None = None
        self.progress = Progress(
            service, lambda: self._consumer, marks=handling.marks, metrics=handling.metrics
        )
        self._unread = Unread(
            service,
            lambda: self._consumer,
            losses=handling.losses,
            incarnations=handling.incarnations,
        )
        self._offsets = Offsets(
            lambda: self._consumer,
            unread=self._unread,
            metrics=handling.metrics,
            seconds=settings.publish_seconds,
        )
        self._now = HeldPartitions(self._offsets.acknowledge, revoked=True)
        self._flushing: asyncio.Task[None] | None = None
        # The embedded broker looks for records but once in half of the wait.
        rest = None if settings.kafka_idempotent else GATHER
        self._fetching = Fetching(lambda: self._consumer, gather_ms=service.fetch_ms, rest=rest)
        self._broker = self._connecting()
        self._subscriber = self._subscribed()

    def _connecting(self) -> KafkaBroker:
        return KafkaBroker(
            self._settings.kafka_bootstrap_servers,
            client_id=self._settings.member,
            **self._settings.kafka.faststream(),
            consumer_only=True,
            allow_auto_create_topics=False,
            apply_types=False,
            logger=logging.getLogger("faststream"),
            graceful_timeout=LEAVE_SECONDS,
        )

    def _subscribed(self) -> Any:
        settings = self._settings
        subscriber: Any = self._broker.subscriber(
            *(self._service.names.of(topic) for topic in self._service.card.consumes),
            batch=True,
            max_records=settings.batch_max,
            group_id=settings.group,
            # The embedded broker takes six seconds over a static member's join, and three
            # over another's.
            group_instance_id=settings.member if settings.kafka_idempotent else None,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            partition_assignment_strategy=(RangePartitionAssignor,),
            session_timeout_ms=int(settings.session_seconds * 1000),
            heartbeat_interval_ms=int(min(settings.session_seconds / 4, BEAT_SECONDS) * 1000),
            rebalance_timeout_ms=int(self._rebalance_seconds * 1000),
            fetch_max_wait_ms=GATHER.ms,
            fetch_min_bytes=GATHER.bytes_min,
            max_poll_interval_ms=POLL_IDLE_SECONDS * 1000,
            parser=self._parse,
            decoder=_as_it_is,
            listener=Listener(self._on_revoked, self._on_assigned),
        )
        subscriber(self._take)
        subscriber.get_msg = self._next
        return subscriber

    @property
    def _rebalance_seconds(self) -> float:
        return min(self._settings.epoch_quiet_seconds, REBALANCE_SECONDS_MAX)

    # --- life cycle ----------------------------------------------------------------------------

    async def start(self) -> None:
        """Join the consumer group and begin to read; TransientError if Kafka does not answer."""
        try:
            await self._broker.start()
        except (KafkaError, OSError) as failure:
            self._fetching.stop()
            await self._broker.stop()
            raise TransientError(f"joining the group: {failure}") from failure
        self._watching = asyncio.create_task(self.progress.watch())
        self._fetching.rest_soon()  # the first assignment may have come before there was a consumer

    async def drain(self, seconds: float) -> None:
        """Begin no further batch, and acknowledge what is handled; drop what takes longer."""
        self._stopping = True
        await self._end(seconds)

    async def stop(self) -> None:
        """Leave the consumer group and disconnect from Kafka."""
        if self._watching:
            self._watching.cancel()
        if self._flushing:
            self._flushing.cancel()
        self._fetching.stop()
        if (consumer := self._consumer) is not None:
            internals.leave_group_when_stopped(consumer)
        await self._broker.stop()

    def alive(self) -> bool:
        """Whether the tasks that keep the group membership, fetch and watch progress run."""
        consumer = self._consumer
        if consumer is None or self._stopping:
            return True
        # Without the watch the watermarks stand still: no deadline would ever be announced.
        watched = self._watching is None or not self._watching.done()
        reading = any(not task.done() for task in self._subscriber.tasks)
        return watched and reading and internals.runs(consumer)

    @property
    def consuming(self) -> bool:
        """Whether the consumer group has assigned partitions (or none), and they are being read."""
        return not self._stopping and not self._now.revoked

    @property
    def _consumer(self) -> AIOKafkaConsumer | None:
        found: AIOKafkaConsumer | None = self._subscriber.consumer
        return found

    # --- one batch -----------------------------------------------------------------------------

    async def _next(self, consumer: AIOKafkaConsumer) -> Raw:
        """Fetch the next records; return none if none arrive within `batch_wait_seconds`.

        It replaces FastStream's fetch, which sleeps after an empty one although records wait.
        """
        if await self._batches.starts_over():
            await self._seek(self._now)
        await self._unread.compared()
        fetched = await next_records(
            consumer,
            aside=self._aside,
            outside=self._outside,
            records_max=self._settings.batch_max,
            wait_ms=int(self._settings.batch_wait_seconds * 1000),
        )
        # Nothing is awaited from here on: progress would count these records as handled.
        self._unread.handed_over(fetched)
        if not fetched:
            await self._unread.confirmed()
        return tuple(chain.from_iterable(fetched.values()))

    async def _parse(self, raw: Raw) -> KafkaMessage:
        self.progress.begin(raw)
        self._fetching.gather()
        # Counted, never answered: anyone who may write here could name a topic of ours.
        asking = [record for record in raw if "reply_to" in {name for name, _ in record.headers}]
        self._handling.metrics.reply_headers.inc(len(asking))
        return KafkaMessage(raw_message=raw, body=raw, consumer=FAKE_CONSUMER)

    async def _take(self, raw: Raw) -> None:
        if self._stopping:
            return  # nothing is acknowledged: whoever gets the partitions reads it again
        # Taken now: after a rebalance `self._now` is another assignment, and this batch must see
        # that its own was revoked.
        held = self._now
        self._idle.clear()
        try:
            with self._handling.metrics.batch_seconds.time():
                if await self._fate(raw, held) is Fate.READ_AGAIN:
                    await self._seek(held)
        finally:
            self.progress.done()
            self._fetching.rest_soon()
            self._flush_soon()
            self._idle.set()

    async def _seek(self, held: HeldPartitions) -> None:
        while not held.revoked and await self._offsets.read_again() is Fate.READ_AGAIN:
            pass

    def _flush_soon(self) -> None:
        """Let what is gathered be acknowledged in time, whether further batches come or not."""
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._batches.flush_when_due())

    async def _fate(self, raw: Raw, held: HeldPartitions) -> Fate:
        records = [record_of(record, self._handling.incarnations) for record in raw]
        try:
            # Before an offset behind a loss is committed, the loss is noted.
            await self._unread.noted(revoked=lambda: held.revoked)
            return await self._batches.take(records, held)
        except Exception as failure:  # noqa: BLE001 - or FastStream would drop it, and the batch
            log.error(  # noqa: TRY400 - a traceback may quote a record
                "a bug", error=type(failure).__name__, where=where(failure)
            )
            await asyncio.sleep(1)
            return Fate.READ_AGAIN

    # --- rebalance -----------------------------------------------------------------------------

    async def _on_revoked(self) -> None:
        # The batch first: while its acknowledgement is awaited the partitions are still ours.
        await self._end(min(self._settings.publish_seconds, self._rebalance_seconds / 2))
        self._now.revoked = True
        self.progress.hold(())

    async def _end(self, seconds: float) -> None:
        """Wait for the end of the current batch, and acknowledge all that is handled."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._batches.flush()
                await self._idle.wait()
                await self._batches.flush()
                return
        log.warning("a batch did not end in time; it is dropped")
        self._now.revoked = True

    async def _on_assigned(self, parts: set[ClientPartition]) -> None:
        self._now = HeldPartitions(self._offsets.acknowledge)
        self._unread.hold()
        self.progress.hold(parts)
        if self._idle.is_set():
            self._fetching.rest_soon()
        self._handling.metrics.rebalances.inc()
        log.info("assigned", partitions=len(parts))


async def _as_it_is(message: KafkaMessage) -> Any:
    return message.raw_message
