"""How the demo's own processes reach Kafka: address, topic names, a producer and a reader."""

import argparse
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from sentuh.broker.connection import kafka_access
from sentuh.history.topic_reader import read
from shared.connect.access import KafkaAccess
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import Names, Topic
from shared.kafka.log import POLL_MS
from shared.kafka.received import record_of


@dataclass(frozen=True, slots=True)
class Link:
    """Where a process of the demo finds Kafka, and the seed of all it does."""

    bootstrap: str
    names: Names
    seed: int
    access: KafkaAccess | None = None
    """How the broker lets us in; None: as it is."""

    @property
    def kafka(self) -> KafkaAccess:
        """Where the broker is and how it lets us in."""
        return self.access or KafkaAccess(self.bootstrap)

    @classmethod
    def of(cls, given: argparse.Namespace) -> "Link":
        """From the arguments `link_arguments` added."""
        return cls(given.bootstrap, Names(given.prefix), given.seed, kafka_access(given.bootstrap))

    def arguments(self) -> list[str]:
        """What a process is to be called with to get the same."""
        prefix = self.names.prefix
        return ["--bootstrap", self.bootstrap, "--prefix", prefix, "--seed", str(self.seed)]


def link_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every process of the demo is told."""
    parser.add_argument("--bootstrap", required=True, help="host:port of the broker")
    parser.add_argument("--prefix", default="", help="goes before every topic's name")
    parser.add_argument("--seed", type=int, default=1)


@asynccontextmanager
async def producer(link: Link) -> AsyncIterator[Any]:
    """A producer whose records are on all replicas when they are acknowledged.

    It is not idempotent, for the embedded broker knows nothing of that: a record may come twice,
    which is what the services are made for.
    """
    client = AIOKafkaProducer(
        bootstrap_servers=link.bootstrap, acks="all", enable_idempotence=False, linger_ms=5,
        client_id="sentuh-demo", **link.kafka.aiokafka(),
    )  # fmt: skip
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


@asynccontextmanager
async def reader(link: Link, topics: Sequence[Topic]) -> AsyncIterator[Any]:
    """A consumer outside any group, over whole topics from their beginning."""
    client = AIOKafkaConsumer(
        *(link.names.of(topic) for topic in topics),
        bootstrap_servers=link.bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        client_id="sentuh-demo",
        **link.kafka.aiokafka(),
    )
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


async def poll(client: Any, *, wait_ms: int = POLL_MS) -> list[Record]:
    """Return new records, partition by partition in order; none if none comes for `wait_ms`."""
    batches = await client.getmany(timeout_ms=wait_ms)
    return [record_of(raw) for records in batches.values() for raw in records]


async def read_all(link: Link, topics: Sequence[Topic]) -> list[Record]:
    """Load every record of these topics up to their ends, in order within each partition."""
    places = [
        TopicPartition(link.names.of(topic), number)
        for topic in topics
        for number in range(topic.partitions)
    ]
    return await read(link.kafka, places)
