"""What the tests of the runtime share: settings, a payout process, records in and out."""

import asyncio
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as ClientPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType
from pydantic import SecretStr

from sentuh.embedded.child import Child, free_port
from services.payout.settings import PayoutSettings
from shared.contracts import envelope
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Outgoing
from shared.contracts.topics import TOPICS, Names, Topic
from tests.support.builders import TASK_TYPE, a_quote, a_ref
from tests.support.cluster import Kafka

WAIT_SECONDS = 120.0
"""No test should need it: whoever waits so long hangs."""
TRACE = envelope.derived_traceparent("test")


def settings_for(kafka: Kafka, redis_url: str, prefix: str, **more: Any) -> PayoutSettings:
    """Settings as short as this broker allows."""
    session = shortest_session(kafka)
    given: dict[str, Any] = {
        "kafka_bootstrap_servers": kafka.bootstrap,
        "kafka_idempotent": kafka.real,
        "redis_url": redis_url,
        "topic_prefix": prefix,
        "publish_seconds": 1.0,
        "session_seconds": session,
        "epoch_quiet_seconds": max(2.0, session + 0.5),
        "sweep_seconds": 0.2,
        "http_host": "127.0.0.1",
        "http_port": free_port(),
    }
    return PayoutSettings(**(given | more))


def shortest_session(kafka: Kafka) -> float:
    """The shortest session this broker takes, in seconds."""
    if not kafka.real:
        return 1.5
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    node = ConfigResource(ResourceType.BROKER, str(next(iter(admin.list_topics().brokers))))
    found = next(iter(admin.describe_configs([node]).values())).result()
    return max(1.5, int(found["group.min.session.timeout.ms"].value) / 1000)


def make_topics(kafka: Kafka, prefix: str, topics: Sequence[Topic] = TOPICS) -> None:
    """Every topic, under this prefix."""
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    wanted = [
        NewTopic(prefix + row.name, row.partitions, 1, config=dict(row.config())) for row in topics
    ]
    for made in admin.create_topics(wanted).values():
        made.result()


async def until(fact: Callable[[], Any], *, seconds: float = WAIT_SECONDS, what: str = "") -> Any:
    """Wait for a fact; returns it."""
    limit = time.monotonic() + seconds
    while True:
        found = fact()
        if isinstance(found, Awaitable):
            found = await found
        if found:
            return found
        assert time.monotonic() < limit, f"not within {seconds:.0f} s: {what or fact}"
        await asyncio.sleep(0.02)


class Payout(Child):
    """`python -m services.payout` under these settings."""

    name = "payout"

    def __init__(self, settings: PayoutSettings, home: Path | None = None, /, **more: str) -> None:
        super().__init__(home)
        self.settings = settings
        self._more = more

    def command(self) -> list[str]:
        return [sys.executable, "-m", "services.payout"]

    def environment(self) -> Mapping[str, str]:
        shared = {
            f"SENTUH_{name.upper()}": plain(value)
            for name, value in self.settings.model_dump(exclude_unset=True).items()
            if name not in ("http_host", "http_port", "instance")
        }
        own = {
            "SENTUH_PAYOUT_HTTP_HOST": self.settings.http_host,
            "SENTUH_PAYOUT_HTTP_PORT": str(self.settings.http_port),
        }
        return {**shared, **own, **self._more}

    def ready(self) -> bool:
        return self.ask("/ready")[0] == 200

    def ask(self, path: str) -> tuple[int, str]:
        """Status and body; 0 where nothing answers."""
        url = f"http://127.0.0.1:{self.settings.http_port}{path}"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def lines(self) -> list[dict[str, Any]]:
        """What it logged."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line[:1] == "{"]

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Its log lines of one kind."""
        return [line for line in self.lines() if line.get("event") == event]


def plain(value: Any) -> str:
    """A setting's value as the environment holds it."""
    return str(value.get_secret_value() if isinstance(value, SecretStr) else value)


def answered(number: int, *, worker: str = "w-1") -> AssignmentAnswered:
    """An answer to task `number`, given now: what is long past is forgotten at once."""
    now = datetime.now(UTC)
    return AssignmentAnswered(
        pool="main",
        at=now,
        task_id=f"t-{number}",
        task_type=TASK_TYPE,
        assignment_id=f"a-{number}-{worker}",
        worker_id=worker,
        place=0,
        turn=1,
        accept_by=now + timedelta(seconds=60),
        answer_by=now + timedelta(seconds=120),
        answer="cat",
        late=False,
        answered_at=now,
        quote=a_quote(),
        digest="d",
    )


def reached(number: int) -> VerdictReached:
    """The verdict on task `number`."""
    now = datetime.now(UTC)
    return VerdictReached(
        pool="main",
        at=now,
        task_id=f"t-{number}",
        task_type=TASK_TYPE,
        ref=a_ref(f"t-{number}"),
        by="people",
        answer="cat",
        probability=0.96,
        distribution={"cat": 0.96, "dog": 0.04},
        stop_reason="confident",
        created_at=now,
    )


def outgoing(event: Event, names: Names) -> Outgoing:
    """The record of an event."""
    return envelope.encode(event, names, source="test", cause="test", traceparent=TRACE)


@asynccontextmanager
async def producing(kafka: Kafka) -> AsyncIterator[AIOKafkaProducer]:
    """A producer that is not idempotent."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", linger_ms=5)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def publish(kafka: Kafka, records: Sequence[Outgoing]) -> None:
    """Publish these and wait for every ack."""
    async with producing(kafka) as producer:
        sent = [
            await producer.send(r.topic, value=r.value, key=r.key, headers=list(r.headers))
            for r in records
        ]
        await asyncio.gather(*sent)


async def read_topic(kafka: Kafka, topic: str, *, count: int) -> list[Any]:
    """The first `count` records of a topic, in any order of its partitions."""
    found: list[Any] = []
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        limit = time.monotonic() + WAIT_SECONDS
        while len(found) < count and time.monotonic() < limit:
            for records in (await consumer.getmany(timeout_ms=100)).values():
                found += records
    finally:
        await consumer.stop()
    return found


async def committed(kafka: Kafka, group: str, topic: str, partitions: int) -> int:
    """The sum of a group's committed offsets over a topic."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap, group_id=group, enable_auto_commit=False
    )
    parts = [ClientPartition(topic, number) for number in range(partitions)]
    consumer.assign(parts)
    await consumer.start()
    try:
        return sum([await consumer.committed(part) or 0 for part in parts])
    finally:
        await consumer.stop()
