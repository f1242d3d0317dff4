"""How the demo's own processes reach Kafka: address, topic names, a producer and a reader."""

import argparse
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from sentuh.commands import options
from shared.connect.access import KafkaAccess
from shared.contracts.record import Record
from shared.contracts.topics import Names, Topic

POLL_MS = 200
READ_SECONDS_MAX = 60.0
IDLE_POLLS = 3


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
        return cls(given.bootstrap, Names(given.prefix), given.seed, options.kafka(given.bootstrap))

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
    """What has come, partition by partition in order; nothing after `wait_ms` without any."""
    found = await client.getmany(timeout_ms=wait_ms)
    return [_record(record) for records in found.values() for record in records]


async def read_all(link: Link, topics: Sequence[Topic]) -> list[Record]:
    """Every record of these topics, up to where nothing more comes.

    The end is where each partition stands at the high-water mark of its last fetch: the embedded
    broker answers a question for end offsets wrongly.
    """
    records: list[Record] = []
    idle, limit = 0, time.monotonic() + READ_SECONDS_MAX
    async with reader(link, topics) as client:
        while idle < IDLE_POLLS and time.monotonic() < limit:
            batch = await poll(client)
            records += batch
            idle = 0 if batch or not await _at_end(client) else idle + 1
    return records


async def _at_end(client: Any) -> bool:
    for place in client.assignment():
        mark = client.highwater(place)
        if mark is None or await client.position(place) < mark:
            return False
    return True


def _record(record: Any) -> Record:
    headers = tuple((name, value or b"") for name, value in record.headers)
    return Record(
        record.topic, record.partition, record.offset, record.key, record.value, headers,
        record.timestamp,
    )  # fmt: skip
