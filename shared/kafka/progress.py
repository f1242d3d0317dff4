"""Measures how far each assigned partition has been handled, and how many records wait in it.

The Kafka client's position in a partition, less the records that are being handled, is how far the
partition has been handled. That is exact only because no other task of the event loop runs between
the moment when the client hands over a batch and the call of `begin`; a test checks this.

Example: position 120 with records 100 to 119 being handled means that 100 is the next record.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.structs import ConsumerRecord

from shared.contracts.record import TopicPartition
from shared.kafka import internals
from shared.kafka.watermark import Watermarks, WatermarkSample
from shared.observe.metrics import PatternMetrics
from shared.pattern.service import Service

SAMPLE_SECONDS = 0.25
BY_BROKER = 1
"""The type of a record's time that the broker set when it stored the record (LogAppendTime)."""


@dataclass(frozen=True, slots=True)
class _First:
    """The first record of a partition that is not handled: its offset, and since when it waits."""

    offset: int
    at_ms: int


class Progress:
    """Samples four times a second how far a consumer has come, for metrics and watermarks.

    `consumer` returns the Kafka consumer, or None before it exists. `marks` gets each sample; a
    watermark is the time up to which a partition's records were handled. Example:
    `await progress.watch()`.
    """

    def __init__(
        self,
        service: Service,
        consumer: Callable[[], AIOKafkaConsumer | None],
        *,
        marks: Watermarks,
        metrics: PatternMetrics,
    ) -> None:
        self._service = service
        self._consumer = consumer
        self._marks = marks
        self._metrics = metrics
        self._names = [service.names.of(topic) for topic in service.card.consumes]
        self._border = {service.names.of(row) for row in service.card.consumes if row.border}
        self._in_flight: dict[ClientPartition, _First] = {}
        self._standing: dict[TopicPartition, _First] = {}
        self._held = False

    def hold(self, parts: Iterable[ClientPartition]) -> None:
        """Note that these partitions are assigned from now on; none during a rebalance."""
        places = [TopicPartition(*part) for part in parts]
        self._held = bool(places)
        self._standing.clear()
        self._marks.hold(self._service, places)

    def begin(self, raw: Sequence["ConsumerRecord[Any, Any]"]) -> None:
        """Note that these records are being handled from now on."""
        now_ms = int(time.time() * 1000)
        for record in raw:
            # A plain tuple is equal to a partition, and made in a fifth of the time.
            if (record.topic, record.partition) not in self._in_flight:
                part = ClientPartition(record.topic, record.partition)
                self._in_flight[part] = _First(record.offset, self._came_ms(record, now_ms))

    def _came_ms(self, record: "ConsumerRecord[Any, Any]", now_ms: int) -> int:
        """Return when the record arrived on its topic, in Unix milliseconds, and never later than
        now.

        A time that a stranger set says nothing of that: such a record came when it was first seen
        here. Our own services set the time when they publish. Example: a record of `tasks` has its
        own time, one of 400 days ago on a topic of before the upgrade is 0 seconds old.
        """
        is_strange = record.topic in self._border and record.timestamp_type != BY_BROKER
        # A record without a time has a negative one.
        return now_ms if is_strange or record.timestamp < 0 else min(record.timestamp, now_ms)

    def done(self) -> None:
        """Note that no record is being handled: the batch was acknowledged or will be reread."""
        self._in_flight.clear()

    def lag(self) -> int:
        """Return the number of records that wait to be handled, by the last answers to fetches."""
        return sum(sample.waiting for sample in self.samples().values())

    def handled(self) -> int:
        """Return the sum of the offsets handled: it rises whenever records are handled."""
        return sum(sample.handled for sample in self.samples().values())

    async def watch(self) -> None:
        """Sample all partitions four times a second, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(SAMPLE_SECONDS)

    def look(self) -> None:
        """Sample every partition once, and set the metrics of waiting records."""
        lags = dict.fromkeys(self._names, 0)
        since = dict.fromkeys(self._names, now_ms := int(time.time() * 1000))
        for place, sample in self.samples().items():
            self._marks.see(place, sample)
            lags[place.topic] += sample.waiting
            since[place.topic] = min(since[place.topic], self._since_ms(place, sample, now_ms))
        for name, lag in lags.items():
            label = self._metrics.topic(name)
            self._metrics.lag.labels(label).set(lag)
            self._metrics.unread_seconds.labels(label).set((now_ms - since[name]) / 1000)

    def _since_ms(self, place: TopicPartition, sample: WatermarkSample, now_ms: int) -> int:
        """Return since when the oldest record that is not handled waits, in Unix milliseconds.

        A record that is being handled came at a known time. Of one that was not fetched only the
        offset is known: it has waited at least since the partition's position stands before it.
        Without a waiting record the result is `now_ms`. Example: records that arrived at 10:00:00
        give that time.
        """
        if not sample.waiting:
            self._standing.pop(place, None)
            return now_ms
        before = self._standing.get(place)
        if before is None or before.offset != sample.handled:
            before = self._standing[place] = _First(sample.handled, now_ms)
        first = self._in_flight.get(ClientPartition(*place))
        return min(before.at_ms, first.at_ms) if first else before.at_ms

    def samples(self) -> dict[TopicPartition, WatermarkSample]:
        """Return a sample of each assigned partition for which a broker has answered a fetch."""
        consumer = self._consumer()
        if consumer is None or not self._held:
            return {}
        samples = {}
        for part, state in internals.fetch_states(consumer):
            first = self._in_flight.get(part)
            handled = min(state.position, first.offset) if first else state.position
            samples[TopicPartition(*part)] = WatermarkSample(
                state.answered_ms, state.highwater, handled
            )
        return samples
