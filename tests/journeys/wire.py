"""What stands outside the services: it publishes anything, and sees every record of every topic."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer
from confluent_kafka import TopicPartition as ClientPartition

from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events.model import Event
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import TOPICS, Names, Topic

E = TypeVar("E", bound=Event)
T = TypeVar("T")

Headers = Sequence[tuple[str, bytes | None]]
LIMIT_SECONDS = 180.0
SEND_SECONDS = 60.0


class Wire:
    """One client of the broker, apart from every group."""

    def __init__(self, bootstrap: str, names: Names) -> None:
        self.names = names
        self._producer = Producer({
            "bootstrap.servers": bootstrap, "acks": "all", "linger.ms": 0,
            "partitioner": "murmur2_random", "message.max.bytes": 8 * 1024 * 1024,
        })  # fmt: skip
        self._consumer = Consumer({
            "bootstrap.servers": bootstrap, "group.id": f"{names.prefix}onlooker",
            "enable.auto.commit": False, "fetch.wait.max.ms": 10,
        })  # fmt: skip
        self._consumer.assign([
            ClientPartition(names.of(row), partition, 0)
            for row in TOPICS
            for partition in range(row.partitions)
        ])  # fmt: skip
        self._records: dict[str, list[Record]] = {row.name: [] for row in TOPICS}
        self._events: list[tuple[Record, Event]] = []

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close()

    def send(
        self,
        topic: Topic,
        value: bytes | None,
        *,
        key: bytes | None = None,
        headers: Headers = (),
        partition: int = -1,
    ) -> tuple[TopicPartition, int]:
        """Publish one record as it is and return where it stands; KafkaException if refused."""
        deliveries: list[tuple[KafkaError | None, Message]] = []

        def keep(failure: KafkaError | None, message: Message) -> None:
            deliveries.append((failure, message))

        self._producer.produce(
            self.names.of(topic), value=value, key=key, headers=list(headers),
            partition=partition, on_delivery=keep,
        )  # fmt: skip
        self._producer.flush(SEND_SECONDS)
        failure, message = deliveries[0]
        if failure is not None:
            raise KafkaException(failure)
        return TopicPartition(str(message.topic()), int(message.partition() or 0)), int(
            message.offset() or 0
        )

    def send_all(self, topic: Topic, values: Sequence[bytes], *, key: bytes | None = None) -> None:
        """Publish many records at once."""
        for value in values:
            self._producer.produce(self.names.of(topic), value=value, key=key)
        left = self._producer.flush(SEND_SECONDS)
        assert not left, f"{left} records are not published"

    def say(self, *events: Event, traceparent: str = "") -> tuple[TopicPartition, int]:
        """Publish events as their owners would; where the last one stands."""
        at = (TopicPartition("", 0), 0)
        for event in events:
            trace = traceparent or envelope.derived_traceparent(event.event_id)
            said = envelope.encode(event, self.names, source="test", cause="t", traceparent=trace)
            at = self.send(event.TOPIC, said.value, key=said.key, headers=said.headers)
        return at

    def look(self, seconds: float = 0.05) -> None:
        """Take in what has come."""
        for message in self._consumer.consume(500, seconds):
            if message.error():
                raise KafkaException(message.error())
            record = _record(message)
            row = self.names.row(record.topic)
            self._records[row.name].append(record)
            if not row.border and not record.header("dl_id"):
                self._understand(record, row)

    def _understand(self, record: Record, row: Topic) -> None:
        try:
            self._events.append((record, envelope.decode(record, row)[1]))
        except Refused:
            return

    def until(self, look_for: Callable[[], T], *, seconds: float = LIMIT_SECONDS) -> T:
        """Look on until something is found; AssertionError after the limit."""
        limit = time.monotonic() + seconds
        while not (result := look_for()):
            assert time.monotonic() < limit, f"not within {seconds:.0f} s: {look_for}"
            self.look()
        return result

    def still(self, seconds: float) -> None:
        """Look on for a while."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            self.look()

    def records(self, topic: Topic) -> list[Record]:
        """Every record of a topic so far."""
        return self._records[topic.name]

    def of(self, kind: type[E], **facts: str) -> list[E]:
        """Every event of a kind so far in which these fields have these values, each once."""
        return [event for _, event in self.with_records(kind, **facts)]

    def with_records(self, kind: type[E], **facts: str) -> list[tuple[Record, E]]:
        """As `of`, each with its record."""
        found = {
            event.event_id: (record, event)
            for record, event in reversed(self._events)
            if isinstance(event, kind)
            and all(getattr(event, name) == value for name, value in facts.items())
        }
        return list(reversed(found.values()))

    def counts(self) -> dict[str, int]:
        """How many records each topic has had, by its name without the prefix."""
        return {row.name: self.count(row) for row in TOPICS}

    def count(self, row: Topic) -> int:
        """How many records one topic has had."""
        return sum(self._end(row, at) for at in range(row.partitions))

    def _end(self, row: Topic, partition: int) -> int:
        """Brokers that are busy may take a while to say who leads a partition just made."""
        place = ClientPartition(self.names.of(row), partition)
        limit = time.monotonic() + LIMIT_SECONDS
        while True:
            try:
                return int(self._consumer.get_watermark_offsets(place, SEND_SECONDS)[1])
            except KafkaException:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.1)


def _record(message: Message) -> Record:
    return Record(
        str(message.topic()), int(message.partition() or 0), int(message.offset() or 0),
        message.key(), message.value(), tuple(_headers(message.headers())),
        message.timestamp()[1],
    )  # fmt: skip


def _headers(headers: Any) -> Iterator[tuple[str, bytes]]:
    for name, value in headers or ():
        yield name, value or b""
