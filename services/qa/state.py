"""Values that qa decides on: a task under review, its rules and its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from services.qa.agreement.reliability import Population, Reliability
from shared.contracts.events.asked import Media
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.promised import Promised
from shared.contracts.events.ratings import KeptRating
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.then import Then
from shared.contracts.part import Part
from shared.contracts.question import Answer, Question


class TaskName(NamedTuple):
    """The name of a task that an event about another one leads to; its type where that matters."""

    pool: str
    task_id: str
    task_type: str = ""


Cause = TaskCreated | AssignmentAnswered | TaskClosed | TaskName
"""An event after which all answers of a task may be in, so that its verdict can be reached.

Or the name of a task that is looked at again.
"""


class AnswerStanding(IntEnum):
    """How an answer arrived, as a number that only rises.

    Of two events about one assignment the higher number is kept.
    """

    DRAFT = 0
    """What the model drafted: kept among the answers, and none of them."""
    LATE = 1
    ON_TIME = 2
    NAMED = 3
    """The verdict has named the answer; only this number is kept of it."""


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """The part of a task's policy that its verdict follows, and the reference to its output.

    asks: the question. answers_min, answers_max: how many answers to ask for. goal: the number
    at which asking stops, of a choice the probability. ref: repeated in the verdict, for upstream
    to find its output. then: the second stage that decides between several answers, if any. price:
    by how much one more answer must raise the chance of being right; 0 where that is not weighed.
    Example: `answers_min` 2, `answers_max` 5, `goal` 0.95.
    """

    asks: Question
    answers_min: int
    answers_max: int
    goal: float
    ref: Mapping[str, str]
    task_type: str
    created_at: datetime
    then: Then | None = None
    price: float = 0.0


class Shown(Part):
    """What of a task's output people see beside the answers to it that they rank."""

    text: str | None = None
    request: str | None = None
    media: Media | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class SecondStage:
    """What a task waits for: the second task that decides it, as `second.requested` says it.

    assignments: those whose answers are ranked. weights: of all counted answers, by assignment.
    until: when it is decided without, at the earliest.
    """

    task_id: str
    assignments: frozenset[str]
    weights: Mapping[str, float]
    until: datetime


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One worker's answer to a task, as stored until the verdict.

    drafted: whether the worker began from the model's draft; None where the task has none. digest:
    of a large answer, by which a verdict may name it.
    """

    assignment_id: str
    worker_id: str
    answer: Answer
    late: bool
    drafted: bool | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """The model's own answer to a task; `author` is under which id the model's counters are."""

    author: str
    answer: Answer


class KeptWitness(NamedTuple):
    """What the model itself said about a task whose workers do not see it: answer and confidence.

    blind: whether the task is judged without it in any case. lessons: what models of its bucket
    have shown, packed as `witness/lessons.py` says.
    """

    answer: Answer
    confidence: float
    model: str
    version: str
    blind: bool
    lessons: str = ""


class Gold(NamedTuple):
    """The gold that a task is: a question whose right answer, `truth`, is known beforehand."""

    gold_id: str
    truth: Answer


class RatingBasis(NamedTuple):
    """What beside their counters a worker's rating follows from.

    newest: their newest lessons, packed as `rating/newest.py` says. announced: what was said last,
    None if nothing was.
    """

    newest: str = ""
    announced: KeptRating | None = None


@dataclass(frozen=True, slots=True)
class TaskUnderReview:
    """One task with all that its verdict depends on.

    rules: None until the task's own event is read; an answer may be read before it.
    wanted: how many answers are asked for by now.
    answers: one for each assignment, sorted by assignment id.
    closed: the assignments whose answers the closing names; None while the task is open.
    verdict: why asking stopped, or None before the verdict.
    shown: what a second stage shows beside the answers, before it is requested. second: what the
    task waits for since. until: of a second task its deadline. first: the task that it decides.
    population: counters of all workers on this task type.
    reliabilities: counters of the workers who answered on time, and of the draft's author, once all
    answers are in. rating_bases: of the same workers, what their ratings follow from.
    draft: the model's own answer, where the task has one. gold: what gold the task is, if any.
    has_golds: whether its task type has any.
    promised: what a gate with a promise said of the output.
    taught: all counters of the task type, once all answers are in.
    witness: the model's own answer where people do not see it, and may count beside theirs.
    Example: an answer read before its task gives `rules` None and one entry in `answers`.
    """

    rules: ReviewRules | None
    wanted: int
    answers: tuple[KeptAnswer, ...]
    closed: frozenset[str] | None
    verdict: str | None
    population: Population
    reliabilities: Mapping[str, Reliability] = field(default_factory=dict)
    rating_bases: Mapping[str, RatingBasis] = field(default_factory=dict)
    shown: Shown | None = None
    second: SecondStage | None = None
    until: datetime | None = None
    first: "FirstTask | None" = None
    draft: KeptDraft | None = None
    gold: Gold | None = None
    has_golds: bool = False
    promised: Promised | None = None
    taught: Mapping[str, int] = field(default_factory=dict)
    witness: KeptWitness | None = None

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


@dataclass(frozen=True, slots=True)
class FirstTask:
    """A task that a second one decides, by its name and as it stands."""

    name: TaskName
    task: TaskUnderReview

    def waits_for(self, second_task_id: str) -> bool:
        """Return whether it has no verdict yet, and waits for the verdict of this second task."""
        second = self.task.second
        return self.task.verdict is None and second is not None and second.task_id == second_task_id

    @property
    def may_come_to_wait(self) -> bool:
        """Whether it is known, has no verdict, and waits for no second stage yet."""
        return self.task.rules is not None and self.task.verdict is None and not self.task.second


class BothStages(NamedTuple):
    """The first task of a second stage, and the second one as it stands.

    to_judge: the second task, if all its answers may be in.
    """

    first: FirstTask
    second: TaskUnderReview
    to_judge: TaskUnderReview | None
