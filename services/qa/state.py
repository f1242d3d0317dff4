"""What qa's decisions may know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from services.qa.agreement.reliability import Population, Reliability
from shared.contracts.question import Answer, Question


class AnswerStanding(IntEnum):
    """How far an answer has come; of two words about one assignment the higher stands."""

    LATE = 1
    ON_TIME = 2
    NAMED = 3
    """By the verdict: from then on it is of no interest what it was."""


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """What of a task's policy matters here, and what `ref` it has: the verdict alone reads that."""

    asks: Question
    answers_min: int
    answers_max: int
    confidence: float
    ref: Mapping[str, str]
    task_type: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One worker's answer."""

    assignment_id: str
    worker_id: str
    answer: Answer
    late: bool


@dataclass(frozen=True, slots=True)
class TaskUnderReview:
    """All that is known of one task.

    rules: None until the task itself is known; its votes may come first.
    given: every answer, one per assignment, in the order of assignment ids.
    closed: the answers its closing names; None while it is open.
    verdict: why it was reached, where it was.
    reliabilities: of those who answered on time, once everything asked for is here.
    """

    rules: ReviewRules | None
    wanted: int
    given: tuple[KeptAnswer, ...]
    closed: frozenset[str] | None
    verdict: str | None
    population: Population
    reliabilities: Mapping[str, Reliability] = field(default_factory=dict)

    def seated(self) -> tuple[KeptAnswer, ...]:
        """The answers that fill a seat: on time, one a worker, lowest assignment id first, at most
        as many as wanted; of a closed task those its closing names.
        """
        first: dict[str, KeptAnswer] = {}
        for given in self.given:
            if not given.late and (self.closed is None or given.assignment_id in self.closed):
                first.setdefault(given.worker_id, given)
        return tuple(first.values())[: self.wanted]

    def all_in(self) -> bool:
        """Whether everything asked for is here: each answer a closing names, or all wanted."""
        if self.closed is None:
            return len(self.seated()) >= self.wanted
        return self.closed <= {given.assignment_id for given in self.given}
