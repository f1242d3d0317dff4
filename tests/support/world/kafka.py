"""A simulated Kafka: partitions, groups with generations, lost acks, late and doubled appends."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiokafka.partitioner import murmur2

from shared.contracts.errors import TransientError
from shared.contracts.record import Ack, Outgoing, Record, TopicPartition
from shared.contracts.topics import ROUTER_TIMERS, Names, Topic
from tests.support.world.kernel import START, Kernel, step, wait
from tests.support.world.topic_logs import TopicLogs

SESSION_SECONDS = 6.0
ACK_SECONDS = 10.0
"""A record is appended within this time of the call, or never: then the producer is thrown away."""


@dataclass
class Group:
    """One consumer group."""

    members: dict[str, float] = field(default_factory=dict)
    generation: int = 0
    committed: dict[TopicPartition, int] = field(default_factory=dict)


class Broker(TopicLogs):
    """Topics and groups, and the ways they can misbehave."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(Names(), now=lambda: START + timedelta(seconds=kernel.time))
        self.kernel = kernel
        self.groups: dict[str, Group] = {}
        self.away_until = 0.0
        self.trouble = 0.0

    @property
    def away(self) -> bool:
        """Whether the broker answers nothing now."""
        return self.kernel.time < self.away_until

    def partition_of(self, key: bytes, count: int) -> int:
        """Return what aiokafka computes, so that a service that computes another is caught."""
        return int(murmur2(key) & 0x7FFFFFFF) % count

    # --- groups --------------------------------------------------------------------------------

    def group(self, name: str) -> Group:
        """A group, made where there is none."""
        return self.groups.setdefault(name, Group())

    def heartbeat(self, group: str, member: str) -> None:
        """Join, or stay; members not heard of for a session are put out."""
        found, now = self.group(group), self.kernel.time
        before = set(found.members)
        found.members[member] = now
        found.members = {
            name: seen for name, seen in found.members.items() if now - seen <= SESSION_SECONDS
        }
        if set(found.members) != before:
            found.generation += 1

    def assigned(self, group: str, member: str, topics: Sequence[Topic]) -> list[TopicPartition]:
        """The partitions of a member: the same numbers of each topic."""
        members = sorted(self.group(group).members)
        if member not in members:
            return []
        mine = members.index(member)
        return [
            TopicPartition(topic.name, number)
            for topic in topics
            for number in range(topic.partitions)
            if number * len(members) // topic.partitions == mine
        ]

    def commit(self, group: str, generation: int, offsets: Mapping[TopicPartition, int]) -> bool:
        """Commit offsets; False from a member of an older generation."""
        found = self.group(group)
        if self.away or found.generation != generation:
            return False
        found.committed.update(offsets)
        return True


class SimPublisher:
    """Publishes to the simulated broker; acks get lost, appends come late or twice."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    async def send(self, records: Sequence[Outgoing]) -> Sequence[Ack]:
        acks, until = [], self._broker.kernel.time + ACK_SECONDS
        for record in records:
            await step()
            acks.append(self._send(record, until))
        return acks

    def _send(self, record: Outgoing, until: float) -> Ack:
        broker, chance = self._broker, self._broker.kernel.random.random
        if broker.away or broker.kernel.time > until:
            raise TransientError("the simulated Kafka did not answer in time")
        if not broker.trouble or chance() > broker.trouble:
            return broker.append(record)
        kind = broker.kernel.random.choice(("lost ack", "late", "twice"))
        if kind == "twice":
            broker.append(record)
            return broker.append(record)
        if kind == "lost ack":
            broker.append(record)
        else:
            broker.kernel.spawn("a late append", self._late(record, until))
        raise TransientError(f"simulated trouble: {kind}")

    async def _late(self, record: Outgoing, until: float) -> None:
        kernel = self._broker.kernel
        await wait((until - kernel.time) * kernel.random.random())
        self._broker.append(record)


class SimLog:
    """What catch-up reads."""

    def __init__(self, broker: Broker, group: str) -> None:
        self._broker = broker
        self._group = group

    async def _there(self) -> None:
        await step()
        if self._broker.away:
            raise TransientError("the simulated Kafka is away")

    async def ends(self, topic: Topic) -> Mapping[TopicPartition, int]:
        await self._there()
        return {
            place: len(log) for place, log in self._broker.logs.items() if place.topic == topic.name
        }

    async def committed(self, topic: Topic) -> Mapping[TopicPartition, int]:
        await self._there()
        found = self._broker.group(self._group).committed
        return {place: at for place, at in found.items() if place.topic == topic.name}

    async def before(self, place: TopicPartition, offset: int, *, seconds: float) -> int:
        await self._there()
        log = self._broker.logs[place]
        if not log:
            return 0
        at = log[min(offset, len(log)) - 1].timestamp_ms - seconds * 1000
        return next((r.offset for r in log if r.timestamp_ms >= at), offset)

    async def read(
        self, place: TopicPartition, start: int, end: int
    ) -> AsyncIterator[Sequence[Record]]:
        log = self._broker.logs[place]
        for begin in range(start, end, 25):
            await self._there()
            yield log[begin : min(begin + 25, end)]


@dataclass
class SimHeld:
    """What a simulated consumer holds, and how far it has read the responses."""

    broker: Broker
    group: str
    member: str
    handled: dict[TopicPartition, int] = field(default_factory=dict)
    by_wall_clock: bool = False
    _until: dict[int, datetime] = field(default_factory=dict)

    def partitions(self) -> Sequence[int]:
        """The partition numbers this member holds."""
        places = self.broker.assigned(self.group, self.member, [ROUTER_TIMERS])
        return [place.partition for place in places]

    def polled(self, positions: Mapping[TopicPartition, int], topic: str) -> None:
        """A poll found nothing beyond these positions: all before now has been read."""
        for place, at in positions.items():
            if place.topic == topic and at >= len(self.broker.logs[place]):
                self._until[place.partition] = START + timedelta(seconds=self.broker.kernel.time)

    def forget(self) -> None:
        """After a rebalance nothing is known of new partitions."""
        self._until.clear()

    def read_until(self, partition: int) -> datetime:
        """Every response of this partition that the broker had by then has been handled."""
        if self.by_wall_clock:
            return START + timedelta(seconds=self.broker.kernel.time)
        return self._until.get(partition, START)
