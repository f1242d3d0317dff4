"""Payout over a store in memory: events in, events out, state to look at."""

from collections.abc import Mapping
from typing import Self, TypeVar

from services.payout.wiring import build
from shared.contracts import envelope
from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Record
from shared.contracts.topics import Names
from shared.pattern.decide_chunk import decide_unit
from shared.pattern.service import Unit
from shared.state.store import Value
from shared.state.view import Twin
from tests.builders import NOW, POOL, TASK_TYPE, a_ref, after

E = TypeVar("E", bound=Event)
SERVICE = build(names=Names())


def a_verdict(answer: str = "cat", *, task_id: str = "t-1", by: str = "people") -> VerdictReached:
    return VerdictReached.model_validate(
        {
            "pool": POOL,
            "at": after(60),
            "task_id": task_id,
            "task_type": TASK_TYPE,
            "ref": a_ref(task_id),
            "by": by,
            "answer": answer,
            "probability": 0.97,
            "distribution": {answer: 0.97},
            "stop_reason": "confident",
            "created_at": NOW,
        }
    )


def a_unit(event: Event) -> Unit:
    record = Record(event.TOPIC.name, 0, 0, event.key.encode(), b"", (), 0)
    return Unit(record, event.event_id, event, event, "", envelope.derived_traceparent("t"))


class Running:
    """One pool of payout."""

    def __init__(self) -> None:
        self.twin = Twin()
        self.events: list[Event] = []

    def take(self, *events: Event) -> Self:
        """Decide each event as it comes, without remembering outcomes."""
        for event in events:
            decided = decide_unit(SERVICE, a_unit(event), self.twin, after(90))
            for made in decided.records:
                record = Record(made.topic, 0, 0, made.key, made.value, made.headers, 0)
                self.events.append(envelope.decode(record, SERVICE.names.row(made.topic))[1])
        return self

    def fold_input(self, event: Event) -> None:
        """Let the state know of an input without deciding on it, as a catch-up does."""
        self.twin.make(SERVICE.folds(event))

    def of(self, kind: type[E]) -> list[E]:
        """What was announced of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def state(self) -> Mapping[str, Value]:
        """Everything kept."""
        return self.twin.items()
