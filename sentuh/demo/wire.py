"""Connects the demo's own processes to Kafka: address, topic names, a producer and a reader."""

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
    """The address of Kafka for a process of the demo, and the seed of its random numbers."""

    bootstrap: str
    names: Names
    seed: int
    access: KafkaAccess | None = None
    """How to reach a secured broker; None if it asks for nothing."""

    @property
    def kafka(self) -> KafkaAccess:
        """How to reach the broker."""
        return self.access or KafkaAccess(self.bootstrap)

    @classmethod
    def of(cls, options: argparse.Namespace) -> "Link":
        """Make a link of the options that `link_arguments` added."""
        access = kafka_access(options.bootstrap)
        return cls(options.bootstrap, Names(options.prefix), options.seed, access)

    def arguments(self) -> list[str]:
        """Return the arguments that give another process the same link."""
        prefix = self.names.prefix
        return ["--bootstrap", self.bootstrap, "--prefix", prefix, "--seed", str(self.seed)]


def link_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that every process of the demo has."""
    parser.add_argument("--bootstrap", required=True, help="host:port of the broker")
    parser.add_argument("--prefix", default="", help="goes before every topic's name")
    parser.add_argument("--seed", type=int, default=1)


@asynccontextmanager
async def producer(link: Link) -> AsyncIterator[Any]:
    """Start a producer whose records are on all replicas when they are acknowledged.

    It is not idempotent, because the embedded broker does not support that: a record may come
    twice, which the services absorb. Example: async with producer(link) as client: ...
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
    """Start a consumer of no group, over whole topics from their beginning."""
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
