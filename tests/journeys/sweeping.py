"""A broker that looks every moment for what it may delete, and a witness that it does."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from confluent_kafka import Consumer, Producer
from confluent_kafka import TopicPartition as ClientPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from sentuh.embedded.servers import ApacheKafka
from shared.contracts.topics import MODEL_OUTPUTS

SECONDS = 60
LIMIT_SECONDS = 120
CHECK_MS = 300


class SweepingKafka(ApacheKafka):
    """Apache Kafka that looks for records to delete several times a second, not every 5 minutes."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self._settings = home / "sweeping.properties"
        self._settings.write_text(
            f"log.retention.check.interval.ms={CHECK_MS}\nlog.initial.task.delay.ms={CHECK_MS}\n"
        )

    def command(self) -> list[str]:
        """Return the start script with our settings."""
        return [*super().command(), "--settings", str(self._settings)]


class Cleaner:
    """The broker's deleting, seen on a topic by its senders' time: old records vanish there."""

    def __init__(self, bootstrap: str) -> None:
        self._servers: dict[str, str | int | float | bool] = {
            "bootstrap.servers": bootstrap,
            "log_level": 0,
        }
        self.admin = AdminClient(self._servers)
        self._producer = Producer(self._servers)
        self._witness = f"witness-{time.time_ns()}"
        settings = {**MODEL_OUTPUTS.config(), "message.timestamp.type": "CreateTime"}
        made = self.admin.create_topics([NewTopic(self._witness, 1, 1, config=settings)])
        made[self._witness].result(SECONDS)

    def set(self, topic: str, settings: Mapping[str, str]) -> None:
        """Change settings of a topic."""
        entries = [
            ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
            for name, value in settings.items()
        ]
        resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
        self.admin.incremental_alter_configs([resource])[resource].result(SECONDS)

    def send(
        self,
        topic: str,
        values: Sequence[bytes],
        *,
        age_seconds: float = 0,
        headers: Mapping[str, str | bytes | None] | None = None,
    ) -> None:
        """Publish records whose own time is so long ago."""
        at = int((time.time() - age_seconds) * 1000)
        for value in values:
            self._producer.produce(
                topic, value=value, partition=0, timestamp=at, headers=dict(headers or {})
            )
        assert not self._producer.flush(SECONDS)

    def delete_before(self, topic: str, offset: int) -> None:
        """Delete the records of partition 0 below an offset."""
        (done,) = self.admin.delete_records([ClientPartition(topic, 0, offset)]).values()
        done.result(SECONDS)

    def first(self, topic: str) -> int:
        """The first offset that partition 0 still has."""
        return self._ends(topic)[0]

    def _ends(self, topic: str) -> tuple[int, int]:
        consumer = Consumer({**self._servers, "group.id": "witness"})
        try:
            first, end = consumer.get_watermark_offsets(ClientPartition(topic, 0), SECONDS)
            return int(first), int(end)
        finally:
            consumer.close()

    def delete(self, topic: str) -> None:
        """Delete a topic, and wait until it is gone."""
        self.admin.delete_topics([topic])[topic].result(SECONDS)
        _wait(lambda: topic not in self.admin.list_topics(timeout=SECONDS).topics)

    def empties(self, topic: str) -> None:
        """Wait until the broker has deleted every record of partition 0."""
        _wait(lambda: len(set(self._ends(topic))) == 1)

    def has_run(self) -> None:
        """Wait until the broker has deleted an old record twice, the second one sent after."""
        for _ in range(2):
            before = self.first(self._witness)
            self.send(self._witness, [b"old"], age_seconds=8 * 86_400)
            _wait(lambda: self.first(self._witness) > before)  # noqa: B023 - at once


def _wait(fact: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_SECONDS
    while not fact():
        assert time.monotonic() < limit, "the broker deletes nothing"
        time.sleep(CHECK_MS / 1000)
