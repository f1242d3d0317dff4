"""What the topics say at the end of a seed, and what a fresh fold of them gives."""

from collections.abc import Mapping, Sequence

from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events.model import Event
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import BY_NAME
from shared.pattern.service import Service
from shared.state.changes import REVISION
from shared.state.ranking import Ranking
from shared.state.store import Value
from shared.state.view import Twin
from tests.simulation.kafka import Broker

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
    """The fold of the service's journal and the inputs it folds, from their beginning."""
    twin = Twin()
    for topic in (service.card.journal, *service.card.also_folds):
        for place, log in sorted(broker.logs.items()):
            if place.topic != topic.name:
                continue
            for record in log:
                try:
                    _, event = envelope.decode(record, topic)
                except Refused:
                    continue
                twin.make(service.folds(event, record.order))
    return twin


def facts(items: Mapping[str, Value], ignored: tuple[str, ...]) -> dict[str, object]:
    """State without revisions, indexes and markers: what a fold must give."""
    kept: dict[str, object] = {}
    for key, value in items.items():
        if any(part in key for part in (":markers", ":slots", ":form", *ignored)):
            continue
        found = _without_revision(value)
        if found:
            kept[key] = found
    return kept


def _without_revision(value: Value) -> object:
    if not isinstance(value, dict) or isinstance(value, Ranking):
        return value
    return {name: found for name, found in value.items() if name != REVISION}
