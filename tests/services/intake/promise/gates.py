"""Intake and qa in memory behind a gate with a promise: outputs in, people's verdicts back."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from pydantic import JsonValue

from services.intake.catalog import Catalog
from services.intake.service import build
from shared.contracts.events.gates import GateLearned, GateStood
from shared.contracts.events.model import Event
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Record
from shared.contracts.topics import GATES, Names
from tests.services.intake.builders import PNG, a_record, a_sent
from tests.services.intake.in_memory import CATALOG
from tests.services.qa.in_memory import QA
from tests.support.builders import an_answer
from tests.support.in_memory import InMemory

DIGITS = "digits"
FIVE: Mapping[str, Any] = {"mode": "on", "max_error": 0.05}


def catalog_with(promise: Mapping[str, Any] | None, **gate: Any) -> Catalog:
    """Return the shipped catalog with this promise for the task type `digits`."""
    row = CATALOG.task_types[DIGITS]
    fields = {"threshold": 0.9, "audit_share": 0.05, **gate}
    rule = type(row.gate).model_validate_json(json.dumps(fields | {"promise": promise}))  # type: ignore[union-attr]
    types = {**CATALOG.task_types, DIGITS: row.model_copy(update={"gate": rule})}
    return CATALOG.model_copy(update={"task_types": types})


class Town:
    """An intake, a qa and two people who know the right answer, on topics that lose nothing.

    What intake says on `gates` is read back at once, unless `reads_gates` is false.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.intake = InMemory(build(catalog, names=Names()), keeps_outcomes=False)
        self.qa = InMemory(QA, keeps_outcomes=False)
        self.reads_gates = True
        self.count = 0

    def send(self, sure: float, *, model: str = "m", right: bool = True) -> Event:
        """Let one output come and, if people see it, be judged; return what the gate made of it."""
        became = self.admit(sure, model=model)
        if isinstance(became, TaskCreated):
            self.hear(self.judged(became, right=right))
        return became

    def admit(self, sure: float, *, model: str = "m") -> Event:
        """Let one output of the answer 1 come; return what the gate made of it."""
        self.count += 1
        self._pass_time()
        (became,) = self.intake.hear_records(_record(self.count, sure, model))
        return became

    def judged(self, task: TaskCreated, *, right: bool) -> VerdictReached:
        """Return the verdict of people on a task."""
        answer = "1" if right else "7"
        answers = [
            an_answer(f"w-{n}", answer, task_id=task.task_id, assignment_id=f"{task.task_id}.{n}")
            for n in range(5)
        ]
        for event in (task, *answers):
            for made in self.qa.hear(event):
                if isinstance(made, VerdictReached):
                    return made
        raise AssertionError("people did not suffice")

    def hear(self, verdict: VerdictReached) -> list[Event]:
        """Let intake hear a verdict, and what it says of gates itself."""
        said = self.intake.hear(verdict)
        if self.reads_gates:
            self.intake.hear(*said)
        return said

    @property
    def learned(self) -> list[GateLearned]:
        """What was learned, in order."""
        return self.intake.of(GateLearned)

    @property
    def stood(self) -> list[GateStood]:
        """How gates stood, in order."""
        return self.intake.of(GateStood)

    def journal(self) -> list[Event]:
        """All that intake said on `gates`."""
        return [one for one in self.intake.announced if one.TOPIC is GATES]

    def _pass_time(self) -> None:
        for service in (self.intake, self.qa):
            service.now += timedelta(seconds=1)


def waived(events: Iterable[Event]) -> int:
    """Return how many of these were waived."""
    return sum(isinstance(event, OutputWaived) for event in events)


def _record(number: int, sure: float, model: str) -> Record:
    response: JsonValue = {"classes": [0, 1], "probabilities": [1 - sure, sure]}
    fields = {"response": response, "media": PNG, "id": f"o-{number}", "model": model}
    return a_record(a_sent(**fields))
