"""Values that qa decides on: a task under review, its rules and its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from services.qa.agreement.reliability import Population, Reliability
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.question import Answer, Question

Cause = TaskCreated | AssignmentAnswered | TaskClosed
"""An event after which all answers of a task may be in, so that its verdict can be reached."""


class AnswerStanding(IntEnum):
    """How an answer arrived, as a number that only rises.

    Of two events about one assignment the higher number is kept.
    """

    LATE = 1
    ON_TIME = 2
    NAMED = 3
    """The verdict has named the answer; only this number is kept of it."""


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """The part of a task's policy that its verdict follows, and the reference to its output.

    asks: the question. answers_min, answers_max: how many answers to ask for. goal: the number
    at which asking stops, of a choice the probability. ref: repeated in the verdict, for upstream
    to find its output.
    Example: `answers_min` 2, `answers_max` 5, `goal` 0.95.
    """

    asks: Question
    answers_min: int
    answers_max: int
    goal: float
    ref: Mapping[str, str]
    task_type: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One worker's answer to a task, as stored until the verdict."""

    assignment_id: str
    worker_id: str
    answer: Answer
    late: bool


@dataclass(frozen=True, slots=True)
class TaskUnderReview:
    """One task with all that its verdict depends on.

    rules: None until the task's own event is read; an answer may be read before it.
    wanted: how many answers are asked for by now.
    answers: one for each assignment, sorted by assignment id.
    closed: the assignments whose answers the closing names; None while the task is open.
    verdict: why asking stopped, or None before the verdict.
    population: counters of all workers on this task type.
    reliabilities: counters of the workers who answered on time, once all answers are in.
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
        """Return the answers to count: those on time, one for each worker, `wanted` at most.

        They come in the order of assignment ids. Of a closed task only the answers that its closing
        names count: when the state is rebuilt, others may be read before the closing.
        Example: 3 answers on time and `wanted` 2 give the two with the lowest assignment ids.
        """
        first: dict[str, KeptAnswer] = {}
        for answer in self.answers:
            if not answer.late and (self.closed is None or answer.assignment_id in self.closed):
                first.setdefault(answer.worker_id, answer)
        return tuple(first.values())[: self.wanted]

    def all_in(self) -> bool:
        """Return whether all answers are in: those the closing names, else `wanted` of them."""
        if self.closed is None:
            return len(self.seated()) >= self.wanted
        return self.closed <= {answer.assignment_id for answer in self.answers}
