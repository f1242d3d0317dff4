"""Reads the facts of a run from its topics: each once, however often it was published."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ValidationError

from sentuh.demo.wire import Link, read_all
from shared.contracts.events import BY_TYPE
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentOffered
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import Event
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Record
from shared.contracts.topics import ASSIGNMENTS, DEAD_LETTERS, EARNINGS, TASKS, VERDICTS

TOPICS = (TASKS, ASSIGNMENTS, VERDICTS, EARNINGS, *DEAD_LETTERS.values())


@dataclass(slots=True)
class Journal:
    """The facts of a run, by the id of their task, assignment or line; `counts` by event type."""

    created: dict[str, TaskCreated] = field(default_factory=dict)
    waived: dict[str, OutputWaived] = field(default_factory=dict)
    offered: dict[str, AssignmentOffered] = field(default_factory=dict)
    answered: dict[str, AssignmentAnswered] = field(default_factory=dict)
    verdicts: dict[str, VerdictReached] = field(default_factory=dict)
    accrued: dict[str, EarningAccrued] = field(default_factory=dict)
    confirmed: dict[str, EarningConfirmed] = field(default_factory=dict)
    dead_letters: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Journal":
        """Collect the facts of these events; an event that came twice counts once."""
        journal, event_ids = cls(), set()
        for event in events:
            if event.event_id not in event_ids:
                event_ids.add(event.event_id)
                journal._add(event)
        return journal

    def _add(self, event: Event) -> None:
        self.counts[event.TYPE] += 1
        match event:
            case TaskCreated():
                self.created[event.task_id] = event
            case OutputWaived():
                self.waived[event.task_id] = event
            case AssignmentOffered():
                self.offered[event.assignment_id] = event
            case AssignmentAnswered():
                self.answered[event.assignment_id] = event
            case VerdictReached():
                self.verdicts[event.task_id] = event
            case EarningAccrued():
                self.accrued[event.line_id] = event
            case EarningConfirmed():
                self.confirmed[event.line_id] = event
            case _:
                pass


async def read_journal(link: Link) -> Journal:
    """Read the journals and the dead letters from their beginning."""
    records = await read_all(link, TOPICS)
    journal = Journal.of(event for record in records if (event := _event(record)))
    reasons = {
        record.header("dl_id"): record.header("dl_reason") or "?"
        for record in records
        if record.header("dl_id")
    }
    journal.dead_letters.update(reasons.values())
    return journal


def _event(record: Record) -> Event | None:
    """Decode the event of a record; None for a dead letter and for a record of another kind."""
    model = BY_TYPE.get(record.header("ce_type") or "")
    if model is None or record.value is None or record.header("dl_id"):
        return None
    try:
        return model.model_validate_json(record.value)
    except ValidationError:
        return None
