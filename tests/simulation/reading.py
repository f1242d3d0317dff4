"""What the topics say at the end of a seed, and what a fresh fold of them gives."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from services.router import decide, keys
from services.router.to_state_people import whereabouts_of
from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events.model import Event
from shared.contracts.events.timers import KeptDue
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import BY_NAME
from shared.pattern.meaning import events_of
from shared.pattern.service import Service
from shared.state.escaping import unescaped
from shared.state.twin import Twin
from tests.support.facts import folded
from tests.support.world.kafka import Broker
from tests.support.world.kernel import START

WATCHED = frozenset({"tasks", "assignments", "verdicts"})


def events_on(broker: Broker, topic: str) -> list[Event]:
    """The effective events of a topic: the first of each id, partition by partition."""
    seen: dict[str, Event] = {}
    for place, log in sorted(broker.logs.items()):
        if place.topic == topic:
            for record in log:
                if record.value is None:
                    continue
                event_id, event = envelope.decode(record, BY_NAME[topic])
                seen.setdefault(event_id, event)
    return list(seen.values())


def deleted_on(broker: Broker, topic: str) -> set[str]:
    """The keys of a topic whose last record has no value."""
    last = {
        record.key: record.value
        for place, log in sorted(broker.logs.items())
        if place.topic == topic
        for record in log
    }
    return {(key or b"").decode() for key, value in last.items() if value is None}


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
    topics = dict.fromkeys((*service.card.journals, *service.card.also_folds))
    twin = folded(service, _decoded(service, [r for topic in topics for r in broker.of(topic)]))
    if service.name == "router":
        twin.make(change for event in _handed_on(twin) for change in service.folds(event))
    return twin


def _decoded(service: Service, records: Iterable[Record]) -> Iterable[tuple[Event, int]]:
    """Decode what can be decoded, each with its order; the journal tells which slots there are."""
    named: set[str] = set()
    for record in records:
        with suppress(Refused):
            _, events = events_of(service, record, BY_NAME[record.topic], named.__contains__)
            for event in events:
                named.add(service.slot(event))
                yield event, record.order


def _handed_on(twin: Twin) -> Iterable[Event]:
    """What the router's root slot has for the pools: a sweep tells them."""
    listed = [key for key in twin.items() if key.startswith(keys.each_listed())]
    for worker_id in sorted(unescaped(key.removeprefix(keys.each_listed())) for key in listed):
        where = whereabouts_of(twin, worker_id)
        due = KeptDue(at=START, worker_id=worker_id)
        yield from decide.hand_on(due, where, START).events
