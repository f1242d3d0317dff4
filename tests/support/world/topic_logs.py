"""Topics in memory: a log for each partition, and a publisher whose acks come at once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from shared.contracts.partitions import placed
from shared.contracts.record import Ack, Outgoing, Record, TopicPartition
from shared.contracts.topics import TOPICS, Names, Topic
from shared.pattern.clock import to_ms


def _wall_clock() -> datetime:
    return datetime.now(UTC)


class TopicLogs:
    """Every topic there is, empty at first. `now` says when a record is appended."""

    def __init__(self, names: Names, *, now: Callable[[], datetime] = _wall_clock) -> None:
        self.names = names
        self._now = now
        self.logs: dict[TopicPartition, list[Record]] = {
            TopicPartition(names.of(topic), partition): []
            for topic in TOPICS
            for partition in range(topic.partitions)
        }

    def append(self, sent: Outgoing) -> Ack:
        """Append a record to the partition of its key."""
        count = self.names.row(sent.topic).partitions
        place = TopicPartition(sent.topic, self.partition_of(sent.key or b"", count))
        log, at_ms = self.logs[place], to_ms(self._now())
        log.append(Record(*place, len(log), sent.key, sent.value, sent.headers, at_ms))
        return Ack(place, len(log) - 1)

    def partition_of(self, key: bytes, count: int) -> int:
        """Return the partition of a key among `count`, as the services compute it."""
        return placed(key, count)

    async def send(self, records: Sequence[Outgoing]) -> Sequence[Ack]:
        """Append each record; every ack comes at once."""
        return [self.append(record) for record in records]

    def of(self, topic: Topic) -> list[Record]:
        """Return all records of a topic, partition by partition."""
        return [record for place in self._partitions(topic) for record in self.logs[place]]

    def after(self, topics: Iterable[Topic], read: dict[TopicPartition, int]) -> list[Record]:
        """Return what a reader has not read yet, and move its offsets in `read` to the ends."""
        unread: list[Record] = []
        for topic in topics:
            for place in self._partitions(topic):
                log = self.logs[place]
                unread += log[read.get(place, 0) :]
                read[place] = len(log)
        return unread

    def _partitions(self, topic: Topic) -> Iterable[TopicPartition]:
        name = self.names.of(topic)
        return (TopicPartition(name, partition) for partition in range(topic.partitions))
