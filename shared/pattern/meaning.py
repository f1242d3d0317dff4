"""Tells which events one record of an input topic stands for, and so which slots it concerns.

A record mostly is one event. A service may want more: a tombstone (a record without a value) that
means something, or an event that concerns two slots (sets of Redis keys under one hash tag), one of
which no decision on the other may write to. Handling a record and reading it again after a loss
both ask here, so that both write the same state.
Example: the profile of a worker is an event of their pool, and one of the list of all workers.
"""

from collections.abc import Callable, Mapping, Sequence

from shared.contracts import envelope
from shared.contracts.events import EVENTS
from shared.contracts.events.model import Event
from shared.contracts.record import Record
from shared.contracts.topics import Topic
from shared.pattern.service import Service


def events_of(
    service: Service, record: Record, topic: Topic, is_open: Callable[[str], bool]
) -> tuple[str, Sequence[Event]]:
    """Return a record's id and the events that it stands for; raises Refused if it is none.

    `is_open` tells whether a slot (the Redis keys under one hash tag) is known to be open. A
    tombstone has no id of its own, and none of a stranger's stands for any event.
    """
    tombstone = service.tombstones.get(topic.name)
    if record.value is None and tombstone is not None:
        meant = tombstone(record)
        return "", () if meant is None else (meant,)
    event_id, event = envelope.decode(record, topic)
    return event_id, service.spread(event, record, is_open)


class PassedOver:
    """Tells by the header `ce_type` alone which records mean nothing to a service.

    Several services read a whole topic for some of its events. Those that no row of the service
    handles and that its state does not fold are passed over before their value is read, when they
    are handled and in a catch-up. No record of a topic that outsiders write to is, since whoever
    sends one that cannot be read is told so. Example: payout reads `assignments` and passes over
    `assignment.offered.v1`.
    """

    def __init__(self, service: Service) -> None:
        self._types: Mapping[str, frozenset[bytes]] = {
            service.names.of(topic): frozenset(
                kind.TYPE.encode()
                for kind in EVENTS
                if kind.TOPIC is topic and not service.takes(kind)
            )
            for topic in service.card.consumes
            if not topic.border and topic.name not in service.readers
        }

    def __contains__(self, record: Record) -> bool:
        types = self._types.get(record.topic)
        if types:
            # Of two headers with this name the last one counts, as it does for `Record.header`.
            for name, value in reversed(record.headers):
                if name == "ce_type":
                    return value in types
        return False
