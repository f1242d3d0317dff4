"""State as qa decides on it: a task under review, its rules and its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from services.qa.agreement.reliability import Population, Reliability
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.question import Answer, Question

Cause = TaskCreated | AssignmentAnswered | TaskClosed
"""An event after which a task may be ready for its verdict."""


class AnswerStanding(IntEnum):
    """Standing of an answer; it only rises: of two events about one assignment the higher holds."""

    LATE = 1
    ON_TIME = 2
    NAMED = 3
    """The verdict has named it: from then on the answer itself is not kept."""


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """The part of a task's policy that qa judges by, and the `ref` that its verdict repeats."""

    asks: Question
    answers_min: int
    answers_max: int
    confidence: float
    ref: Mapping[str, str]
    task_type: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One worker's answer to one assignment."""

    assignment_id: str
    worker_id: str
    answer: Answer
    late: bool


@dataclass(frozen=True, slots=True)
class TaskUnderReview:
    """One task with everything that bears on its verdict.

    rules: None until the task's own event is read; its answers may be read before.
    answers: one per assignment, in the order of assignment ids.
    closed: the assignments that its closing names; None while the task is open.
    verdict: why the verdict was reached, if it was.
    reliabilities: of the workers who answered on time, once every answer asked for is in.
    Example: an answer read before its task gives `rules` None and one entry in `answers`.
    """

    rules: ReviewRules | None
    wanted: int
    answers: tuple[KeptAnswer, ...]
    closed: frozenset[str] | None
    verdict: str | None
    population: Population
    reliabilities: Mapping[str, Reliability] = field(default_factory=dict)

    def seated(self) -> tuple[KeptAnswer, ...]:
        """Return the answers that fill a seat: on time, one a worker, at most as many as wanted.

        The lowest assignment id comes first. Of a closed task only the answers that its closing
        names count: a rebuild may read others before it.
        Example: 3 answers on time and `wanted` 2 give the two with the lowest assignment ids.
        """
        first: dict[str, KeptAnswer] = {}
        for answer in self.answers:
            if not answer.late and (self.closed is None or answer.assignment_id in self.closed):
                first.setdefault(answer.worker_id, answer)
        return tuple(first.values())[: self.wanted]

    def all_in(self) -> bool:
        """Return whether every answer is in: each one that a closing names, or all wanted."""
        if self.closed is None:
            return len(self.seated()) >= self.wanted
        return self.closed <= {answer.assignment_id for answer in self.answers}
