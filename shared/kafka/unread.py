"""Notices records that a broker deleted before this process read them, and notes them as lost.

A consumer whose position was deleted goes on at the beginning of what is left, and says nothing.
Only the beginning of the partition tells a loss: offsets are also skipped where a compacted topic
dropped a record, and where a transaction ended.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import ConsumerRecord

from shared.contracts.errors import TransientError
from shared.contracts.record import TopicPartition
from shared.kafka import internals
from shared.kafka.incarnations import Incarnations
from shared.kafka.losses import Loss, Losses, Position, Positions
from shared.pattern.service import Service

log = structlog.get_logger()

Fetched = Mapping[ClientPartition, Sequence["ConsumerRecord[Any, Any]"]]

ASK_SECONDS = 10.0
AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where reading begins: what Kafka and Redis say of the partitions of a service's topics.

    `starts` are the first offsets of all partitions, `committed` the group's offsets, None where it
    has none, of the partitions that this process holds, `others` of all the rest. `noted` is how
    far Redis says that each was read, `incarnations` the number of each topic.
    Example: starts of 50, committed 20.
    """

    starts: Mapping[TopicPartition, int]
    committed: Mapping[TopicPartition, int | None]
    noted: Positions
    incarnations: Mapping[str, int]
    others: Mapping[TopicPartition, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was lost before reading begins, and positions to note so that it is not lost twice."""

    losses: list[Loss] = field(default_factory=list)
    positions: Positions = field(default_factory=dict)


def compare(beginning: Beginning) -> Comparison:
    """Compare each held partition's first offset with how far it was read.

    A partition is read as far as its group has committed, or as Redis has noted if that is further
    or Kafka has forgotten the group. Without either, reading begins with what is there: the group
    is new, or the topic was deleted and made anew. But a partition that was added to a topic is
    read from offset 0. Example: first offset 50, committed 20: offsets 20 to 49 are lost.
    """
    comparison = Comparison()
    for place in beginning.committed:
        start, incarnation = beginning.starts[place], beginning.incarnations[place.topic]
        read = _read(place, beginning)
        if read < start:
            comparison.losses.append(Loss(*place, incarnation, read, start))
            comparison.positions[place] = Position(incarnation, start)
    comparison.positions.update(_first_notes(beginning, comparison.positions))
    return comparison


def _read(place: TopicPartition, beginning: Beginning) -> int:
    """Return the offset up to which the partition was read, its first offset if nobody knows."""
    incarnation, start = beginning.incarnations[place.topic], beginning.starts[place]
    noted, committed = beginning.noted.get(place), beginning.committed[place]
    if noted is not None and noted.incarnation != incarnation:
        return start  # the offsets are those of a topic that was deleted
    if noted is not None:
        return max(noted.offset, committed or 0)
    if committed is not None:
        return committed
    together = beginning.noted.get(place.topic)
    was_added = together is not None and together.incarnation == incarnation
    return 0 if was_added else start


def _first_notes(beginning: Beginning, noted_now: Positions) -> Positions:
    """Return positions for partitions that have none, of all processes, so that one write has all.

    Were they noted one by one, a process that starts meanwhile would take the others for added.
    What the others lost is theirs to note, so of their partitions the committed offset is noted.
    Those that this process does not hold and that were added are left to the one that holds them.
    """
    notes: Positions = {}
    for topic, incarnation in beginning.incarnations.items():
        together = beginning.noted.get(topic)
        if together is not None and together.incarnation == incarnation:
            continue
        places = [place for place in beginning.starts if place.topic == topic]
        if not places:
            continue  # not known here at this moment; later all of its partitions would look added
        notes[topic] = Position(incarnation, len(places))
        for place in places:
            before = beginning.noted.get(place)
            is_noted = before is not None and before.incarnation == incarnation
            if is_noted or place in noted_now:
                continue
            committed = beginning.others.get(place) if before is None else None
            offset = beginning.starts[place] if committed is None else committed
            notes[place] = Position(incarnation, offset)
    return notes


class Unread:
    """Follows the offsets that one consumer reads, and notes in Redis what it could not read.

    `consumer` returns the Kafka consumer, or None before it exists. Example: `unread.hold()` after
    a rebalance, then `await unread.compared()` before the next fetch.
    """

    def __init__(
        self,
        service: Service,
        consumer: Callable[[], AIOKafkaConsumer | None],
        *,
        losses: Losses,
        incarnations: Incarnations,
    ) -> None:
        self._consumer = consumer
        self._losses = losses
        self._incarnations = incarnations
        self._topics = [service.names.of(row) for row in service.card.consumes]
        self._compacted = {service.names.of(row) for row in service.card.consumes if row.compacted}
        self._next: dict[ClientPartition, int] = {}
        self._jumps: list[tuple[ClientPartition, int, int]] = []
        self._is_compared = False

    def hold(self) -> None:
        """Compare anew before the next fetch: partitions were assigned, or are read again."""
        self._next.clear()
        self._jumps.clear()
        self._is_compared = False

    async def compared(self) -> bool:
        """Note what was lost before reading begins; False if it must be tried again first."""
        consumer = self._consumer()
        if self._is_compared or consumer is None:
            return True
        self._is_compared = True  # before the first wait: a rebalance meanwhile sets it back
        parts = consumer.assignment()
        try:
            async with asyncio.timeout(ASK_SECONDS):
                beginning = await self._beginning(consumer, parts)
                comparison = compare(beginning)
                _log_made_anew(beginning)
                await self._losses.note(comparison.losses, comparison.positions)
        except (KafkaError, IllegalStateError, OSError, TimeoutError, TransientError) as failure:
            self._is_compared = False
            log.warning("waiting to compare what was read", error=type(failure).__name__)
            return False
        if self._is_compared:
            for part in parts:
                self._next.setdefault(part, _next_of(_place(part), beginning))
        return self._is_compared

    async def noted(self, *, revoked: Callable[[], bool]) -> None:
        """Wait until every loss so far is in Redis, or the partitions were taken away."""
        while not revoked():
            if await self.compared() and await self.confirmed():
                return
            await asyncio.sleep(AGAIN_SECONDS)

    def handed_over(self, fetched: Fetched) -> None:
        """Follow the offsets of one fetch, of an empty one the client's own positions."""
        for part, records in fetched.items():
            self._follow(part, records[0].offset, records[-1].offset + 1)
        consumer = self._consumer()
        if not fetched and consumer is not None:
            # A partition of which nothing is left has no record that would show the jump.
            for part, state in internals.fetch_states(consumer):
                self._follow(part, state.position, state.position)

    async def confirmed(self) -> bool:
        """Ask whether what was skipped is gone, and note it; False if it must be tried again.

        Example: offset 150 follows 99. If the partition begins at 120 now, offsets 100 to 119 are
        lost, and a transaction or the like left the rest out.
        """
        consumer, jumps = self._consumer(), list(self._jumps)
        if not jumps or consumer is None:
            return True
        try:
            async with asyncio.timeout(ASK_SECONDS):
                starts = await consumer.beginning_offsets({part for part, _, _ in jumps})
                losses = [
                    Loss(*_place(part), self._incarnations.of(part.topic), before, end)
                    for part, before, after in jumps
                    if (end := min(starts[part], after)) > before
                ]
                await self._losses.note(losses, {})
        except (KafkaError, OSError, TimeoutError, TransientError) as failure:
            log.warning("waiting to ask what was skipped", error=type(failure).__name__)
            return False
        self._jumps = [jump for jump in self._jumps if jump not in jumps]
        return True

    def acknowledged(self, offsets: Mapping[ClientPartition, int]) -> None:
        """Remember, for the next start, how far these partitions were read."""
        self._losses.moved(
            {
                _place(part): Position(self._incarnations.of(part.topic), offset)
                for part, offset in offsets.items()
            }
        )

    def _follow(self, part: ClientPartition, first: int, behind: int) -> None:
        before = self._next.get(part, first)
        if first > before and part.topic not in self._compacted:
            self._jumps.append((part, before, first))
        self._next[part] = behind

    async def _beginning(
        self, consumer: AIOKafkaConsumer, parts: Iterable[ClientPartition]
    ) -> Beginning:
        held = set(parts)
        # Whoever led the group may know of a new partition before this consumer does.
        every = held | {
            ClientPartition(topic, number)
            for topic in self._topics
            for number in consumer.partitions_for_topic(topic) or ()
        }
        starts = await consumer.beginning_offsets(every)
        offsets = await internals.committed_offsets(consumer, list(every))
        return Beginning(
            {_place(part): start for part, start in starts.items()},
            {_place(part): offset for part, offset in offsets.items() if part in held},
            await self._losses.positions(),
            {topic: self._incarnations.of(topic) for topic in self._topics},
            {_place(part): offset for part, offset in offsets.items() if part not in held},
        )


def _next_of(place: TopicPartition, beginning: Beginning) -> int:
    """Return the offset that the client reads first: the committed one, unless it is gone."""
    return max(beginning.committed[place] or 0, beginning.starts[place])


def _log_made_anew(beginning: Beginning) -> None:
    """Log a topic that was made anew: what was unread in the deleted one, nobody can count."""
    for place in beginning.committed:
        noted, now = beginning.noted.get(place), beginning.incarnations[place.topic]
        if noted is not None and noted.incarnation != now:
            log.warning(
                "a topic was made anew; what was unread in the deleted one is not known",
                topic=place.topic,
                partition=place.partition,
                read_up_to=noted.offset,
            )


def _place(part: ClientPartition) -> TopicPartition:
    return TopicPartition(part.topic, part.partition)
