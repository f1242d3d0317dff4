"""What the topics say at the end of a seed, and what a fresh fold of them gives."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events.model import Event
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import BY_NAME
from shared.pattern.service import Service
from shared.state.view import Twin
from tests.support.facts import folded
from tests.support.world.kafka import Broker

WATCHED = frozenset({"tasks", "assignments", "verdicts"})


def events_on(broker: Broker, topic: str) -> list[Event]:
    """The effective events of a topic: the first of each id, partition by partition."""
    seen: dict[str, Event] = {}
    for place, log in sorted(broker.logs.items()):
        if place.topic == topic:
            for record in log:
                event_id, event = envelope.decode(record, BY_NAME[topic])
                seen.setdefault(event_id, event)
    return list(seen.values())


class Watch:
    """Which tasks have got how far, read from keys and types alone as the topics grow."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._read: dict[TopicPartition, int] = {}
        self._tasks: dict[str, set[str]] = {}

    def of(self, kind: str) -> set[str]:
        """Keys of the records of one type."""
        for place, log in self._broker.logs.items():
            if place.topic in WATCHED and len(log) > self._read.get(place, 0):
                self._learn(log[self._read.get(place, 0) :])
                self._read[place] = len(log)
        return self._tasks.get(kind, set())

    def _learn(self, records: Sequence[Record]) -> None:
        for record in records:
            kind = record.header("ce_type") or ""
            self._tasks.setdefault(kind, set()).add((record.key or b"").decode())


def refolded(service: Service, broker: Broker) -> Twin:
    """Return the fold of the service's journal and the inputs it folds, from their beginning."""
    topics = (service.card.journal, *service.card.also_folds)
    records = [record for topic in topics for record in broker.of(topic)]
    return folded(service, _decoded(records))


def _decoded(records: Iterable[Record]) -> Iterable[tuple[Event, int]]:
    """Decode what can be decoded, each with its order."""
    for record in records:
        with suppress(Refused):
            yield envelope.decode(record, BY_NAME[record.topic])[1], record.order
