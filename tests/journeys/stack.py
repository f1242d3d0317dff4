"""The four services as processes over one broker and one Redis, and a look at what they keep."""

import asyncio
import json
import os
import signal
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import get_args

import redis
import yaml
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from sentuh.broker.topics import apply
from sentuh.demo.processes import ServiceProcess
from services import intake, payout, qa, router
from shared.contracts.events.redacted import RedactedKind
from shared.contracts.record import TopicPartition as RecordPlace
from shared.contracts.topics import SERVICES, TOPICS, Names, Topic
from tests.journeys.stages import STAGES
from tests.journeys.wire import Wire
from tests.kinds import SCENES as KINDS
from tests.kinds.scene import catalog_of
from tests.support.cluster import Kafka

SHIPPED = Path(__file__).parents[2] / "deploy" / "catalog.yaml"
CARDS = {"intake": intake.CARD, "router": router.CARD, "qa": qa.CARD, "payout": payout.CARD}
TOKEN_KEYS = "journey=" + "k" * 32
SECONDS = 15
NOT_STATE = (":markers", ":attempts", ":read", ":lost")

BRIEF_SECONDS = 3
ONE = {"min": 1, "max": 1}
SEVERAL = {"min": 1, "max": 3}
SCENES = {
    "copies": (60, ONE), "late": (BRIEF_SECONDS, ONE), "outage": (BRIEF_SECONDS, ONE),
    "early": (60, ONE), "closed": (BRIEF_SECONDS, ONE), "declined": (60, ONE),
    "story": (BRIEF_SECONDS, SEVERAL),
}  # fmt: skip
"""Task types of the tests' own, each with a skill of its own: so many seconds to accept, and so
many answers."""


def catalog() -> str:
    """The shipped catalog without audits, the tests' own task types, and one of each kind.

    Beside those, two of the kinds with a second stage.
    """
    said = yaml.safe_load(SHIPPED.read_text())
    for row in said["task_types"].values():
        if "gate" in row:  # a second stage has none
            row["gate"]["audit_share"] = 0.0
    for name, (seconds, answers) in SCENES.items():
        said["skills"][name] = "can be asked"
        said["task_types"][name] = {
            **said["task_types"]["canonical"],
            "requirement": {"skills": {name: 1}},
            "accepts": [],
            "answers": answers,
            "times": {"accept_seconds": seconds, "answer_seconds": 60, "task_seconds": 600},
        }
    for name, row in _own_rows().items():
        said["skills"][name] = "can be asked"
        said["task_types"][name] = {**said["task_types"]["canonical"], "accepts": [], **row}
    for section, rows in catalog_of(*KINDS.values()).items():
        said[section].update(rows)
    for stage in STAGES.values():
        said["skills"][stage.name] = "can be asked"
        said["task_types"].update(stage.rows())
    return json.dumps(said)


def _own_rows() -> dict[str, dict[str, object]]:
    """Return what task types of the tests' own say otherwise than the shipped one for answers."""
    reliable = {"skills": {"rated": 1}, "reliability_min": 0.5, "newcomer_share": 0.7}
    redacted = {"requirement": {"skills": {"redacted": 1}}, "redact": [*get_args(RedactedKind)]}
    return {
        "rated": {"requirement": reliable, "answers": {"min": 2, "max": 2}},
        "golded": {"requirement": {"skills": {"golded": 1}}, "answers": ONE},
        "redacted": {**redacted, "answers": ONE},
    }


class Platform:
    """Everything that runs; `wire` is how tests meet it."""

    def __init__(self, kafka: Kafka, redis_url: str, home: Path) -> None:
        self.home = home
        self.names = Names(f"t{uuid.uuid4().hex[:8]}-")
        self._admin = AdminClient({"bootstrap.servers": kafka.bootstrap, "log_level": 0})
        self.bootstrap = kafka.bootstrap
        self._redis = redis.Redis.from_url(redis_url, decode_responses=True)
        (home / "catalog.yaml").write_text(catalog())
        settings = {
            "SENTUH_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
            "SENTUH_KAFKA_IDEMPOTENT": str(kafka.real).lower(),
            "SENTUH_REDIS_URL": redis_url,
            "SENTUH_TOPIC_PREFIX": self.names.prefix,
            "SENTUH_INTAKE_CATALOG_FILE": str(home / "catalog.yaml"),
            "SENTUH_ROUTER_TOKEN_KEYS": TOKEN_KEYS,
            "SENTUH_PUBLISH_SECONDS": "3",
            "SENTUH_SESSION_SECONDS": "6",
            "SENTUH_EPOCH_QUIET_SECONDS": "7",
            "SENTUH_SWEEP_SECONDS": "0.2",
        }
        self.services = {name: ServiceProcess(name, name, home, settings) for name in SERVICES}
        self.wire: Wire

    @contextmanager
    def run(self) -> Iterator["Platform"]:
        """Start everything on an empty Redis and topics of its own; afterwards take them away."""
        self._redis.flushall()
        self._redis.function_flush()
        asyncio.run(apply(self.bootstrap, self.names))
        with ExitStack() as stack:
            stack.callback(self._delete_topics)
            self.wire = Wire(self.bootstrap, self.names)
            stack.callback(self.wire.close)
            for service in self.services.values():
                stack.callback(service.stop)
                service.spawn()
            for service in self.services.values():
                service.wait_ready()
            yield self

    @contextmanager
    def paused(self, service: str) -> Iterator[None]:
        """A process that stands still, as in an outage."""
        pid = self.services[service].pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def rewind(self, service: str, topic: Topic) -> None:
        """Let a stopped service read a topic from its beginning again."""
        places = [TopicPartition(self.names.of(topic), at, 0) for at in range(topic.partitions)]
        group = ConsumerGroupTopicPartitions(self.names.prefix + service, places)
        for done in self._admin.alter_consumer_group_offsets([group]).values():
            done.result(SECONDS)

    def quiet(self) -> bool:
        """Whether every service has acknowledged every record there is for it."""
        counts = self.wire.counts()
        return all(
            self._acknowledged(service, topic) == counts[topic.name]
            for service, card in CARDS.items()
            for topic in card.consumes
        )

    def has_read(self, service: str, at: tuple[RecordPlace, int]) -> bool:
        """Whether a service has acknowledged the record that stands here."""
        place = TopicPartition(at[0].topic, at[0].partition)
        group = ConsumerGroupTopicPartitions(self.names.prefix + service, [place])
        (done,) = self._admin.list_consumer_group_offsets([group]).values()
        return any(there.offset > at[1] for there in done.result(SECONDS).topic_partitions)

    def has_read_all(self, service: str, topic: Topic) -> bool:
        """Whether a service has acknowledged every record that this topic holds."""
        return self._acknowledged(service, topic) == self.wire.counts()[topic.name]

    def _acknowledged(self, service: str, topic: Topic) -> int:
        places = [TopicPartition(self.names.of(topic), at) for at in range(topic.partitions)]
        group = ConsumerGroupTopicPartitions(self.names.prefix + service, places)
        (done,) = self._admin.list_consumer_group_offsets([group]).values()
        return sum(max(0, place.offset) for place in done.result(SECONDS).topic_partitions)

    def state(self) -> dict[str, object]:
        """Everything in Redis but markers, attempt counts and how far topics were read."""
        keys = (str(key) for key in self._redis.scan_iter(count=1000))
        return {key: self._value(key) for key in keys if not key.endswith(NOT_STATE)}

    def _value(self, key: str) -> object:
        match self._redis.type(key):
            case "hash":
                return self._redis.hgetall(key)
            case "set":
                return self._redis.smembers(key)
            case "zset":
                return self._redis.zrange(key, 0, -1, withscores=True)
            case _:
                return self._redis.dump(key)

    def logs(self) -> Mapping[str, str]:
        """What each process has written."""
        return {name: service.log.read_text() for name, service in self.services.items()}

    def metric(self, service: str, name: str) -> float:
        """The sum over a metric's series."""
        lines = self.services[service].ask("/metrics")[1].splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    def _delete_topics(self) -> None:
        for done in self._admin.delete_topics([self.names.of(row) for row in TOPICS]).values():
            done.exception(SECONDS)
