"""What measurements stand on: one Kafka, one Valkey, groups and their offsets, CPU of processes."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as Partition
from confluent_kafka import (
    ConsumerGroupState,
    ConsumerGroupTopicPartitions,
    KafkaException,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, OffsetSpec

from bench.inside import CATALOG_FILE, TOKEN_KEYS
from sentuh.demo.processes import ServiceProcess
from sentuh.embedded.servers import ApacheKafka, Valkey
from shared.contracts.record import Outgoing
from shared.contracts.topics import Names, Topic

ASK_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.2
_END: OffsetSpec = OffsetSpec.latest()  # type: ignore[no-untyped-call]
_TO_THE_END = -1


@dataclass(frozen=True)
class Ground:
    """One broker and one Redis-protocol server, for all measurements."""

    kafka: ApacheKafka
    valkey: Valkey
    home: Path
    admin: AdminClient

    def process(self, service: str, names: Names, number: int = 0) -> ServiceProcess:
        """One service as it runs in production, but for its addresses; of several, one of them."""
        settings = {
            "SENTUH_KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap,
            "SENTUH_REDIS_URL": self.valkey.url,
            "SENTUH_TOPIC_PREFIX": names.prefix,
            "SENTUH_INTAKE_CATALOG_FILE": str(CATALOG_FILE),
            "SENTUH_ROUTER_TOKEN_KEYS": TOKEN_KEYS,
        }
        return ServiceProcess(f"{service}-{number}", service, self.home, settings)

    def publish(self, records: Sequence[Outgoing]) -> None:
        """Publish these and wait for every ack."""
        asyncio.run(_published(self.kafka.bootstrap, records))

    def forget(self, names: Names, topics: Iterable[Topic]) -> None:
        """Delete every record of these topics."""
        parts = [TopicPartition(p.topic, p.partition, _TO_THE_END) for p in _parts(names, topics)]
        for done in self.admin.delete_records(parts).values():
            done.result(ASK_SECONDS)


@contextmanager
def ground(home: Path) -> Iterator[Ground]:
    """Start both; end them."""
    with ApacheKafka(home / "kafka") as kafka, Valkey(home / "valkey") as valkey:
        admin = AdminClient({"bootstrap.servers": kafka.bootstrap, "log_level": 0})
        yield Ground(kafka, valkey, home, admin)


async def _published(bootstrap: str, records: Sequence[Outgoing]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5)
    await producer.start()
    try:
        for start in range(0, len(records), 1000):
            await send_all(producer, records[start : start + 1000])
    finally:
        await producer.stop()


async def send_all(producer: AIOKafkaProducer, records: Sequence[Outgoing]) -> None:
    """Publish these and wait for every ack."""
    await asyncio.gather(*[await _sent(producer, record) for record in records])


async def _sent(producer: AIOKafkaProducer, record: Outgoing) -> "asyncio.Future[object]":
    ack: asyncio.Future[object] = await producer.send(
        record.topic, value=record.value, key=record.key, headers=list(record.headers)
    )
    return ack


async def _loaded(bootstrap: str, group: str) -> None:
    """Return once the broker answers for this group."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False
    )
    await consumer.start()
    try:
        await consumer.committed(Partition("__consumer_offsets", 0))
    finally:
        await consumer.stop()


class Group:
    """The offsets of one consumer group."""

    def __init__(self, on: Ground, name: str) -> None:
        self._admin = on.admin
        self._name = name
        # confluent-kafka crashes where the broker still loads its groups; this client waits.
        asyncio.run(_loaded(on.kafka.bootstrap, name))

    def committed(self, names: Names, topics: Iterable[Topic]) -> int:
        """The sum of its committed offsets over these topics."""
        asked = ConsumerGroupTopicPartitions(self._name, _parts(names, topics))
        limit = time.monotonic() + ASK_SECONDS
        while True:
            told = self._admin.list_consumer_group_offsets([asked])[self._name]
            try:
                return sum(max(p.offset, 0) for p in told.result(ASK_SECONDS).topic_partitions)
            except KafkaException:  # a broker that has just started still loads its groups
                if time.monotonic() > limit:
                    raise
                time.sleep(LOOK_AGAIN_SECONDS)

    def members(self) -> int:
        """How many processes are in it; 0 while it comes to terms about who reads what."""
        told = self._admin.describe_consumer_groups([self._name])[self._name].result(ASK_SECONDS)
        return len(told.members) if told.state is ConsumerGroupState.STABLE else 0

    def put_back(self, names: Names, again: Iterable[Topic], done: Iterable[Topic]) -> None:
        """Let it read some topics from the beginning, and of others only what comes."""
        ends = self.ends(names, done)
        parts = [TopicPartition(p.topic, p.partition, 0) for p in _parts(names, again)]
        parts += [TopicPartition(p.topic, p.partition, end) for p, end in ends.items()]
        asked = ConsumerGroupTopicPartitions(self._name, parts)
        self._admin.alter_consumer_group_offsets([asked])[self._name].result(ASK_SECONDS)

    def ends(self, names: Names, topics: Iterable[Topic]) -> Mapping[TopicPartition, int]:
        """The end of each partition of these topics."""
        asked = dict.fromkeys(_parts(names, topics), _END)
        if not asked:
            return {}
        return {p: t.result(ASK_SECONDS).offset for p, t in self._admin.list_offsets(asked).items()}


def _parts(names: Names, topics: Iterable[Topic]) -> list[TopicPartition]:
    return [
        TopicPartition(names.of(topic), number)
        for topic in topics
        for number in range(topic.partitions)
    ]


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of some processes up to a moment, and that moment."""

    at: float
    cpu: Mapping[str, float]

    @classmethod
    def now(cls, pids: Mapping[str, int]) -> "Spent":
        """Up to now."""
        times = {name: psutil.Process(pid).cpu_times() for name, pid in pids.items()}
        return cls(time.monotonic(), {name: t.user + t.system for name, t in times.items()})

    def since(self, before: "Spent") -> dict[str, float]:
        """What was spent after another moment."""
        return {name: seconds - before.cpu[name] for name, seconds in self.cpu.items()}


def compiling(pid: int) -> dict[int, float]:
    """CPU seconds of each thread with which a JVM compiles; nothing where threads have no names."""
    return {
        thread.id: thread.user_time + thread.system_time
        for thread in psutil.Process(pid).threads()
        if "Compiler" in _name_of(pid, thread.id)
    }


def _name_of(pid: int, thread: int) -> str:
    try:
        return Path(f"/proc/{pid}/task/{thread}/comm").read_text()
    except OSError:  # it has ended, or this is no Linux
        return ""


def resident_bytes(pid: int) -> int:
    """Resident memory of a process."""
    return int(psutil.Process(pid).memory_info().rss)
