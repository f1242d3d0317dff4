"""What every kind's agreement speaks of: ballots, what they amount to, and whether to ask on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

from services.qa.agreement.reliability import Population, Reliability
from shared.contracts.question import Answer, Question

Q = TypeVar("Q", bound=Question)
A = TypeVar("A", bound=Answer)
O = TypeVar("O", bound="AgreedAnswer")  # noqa: E741

Lessons: TypeAlias = dict[str, dict[str, int]]
"""By worker, what is added to each of their counters."""


@dataclass(frozen=True, slots=True)
class Ballot(Generic[A]):
    """One counted answer."""

    assignment_id: str
    worker_id: str
    answer: A


class AgreedAnswer(Protocol):
    """What the ballots amount to.

    `answer` is None without a valid ballot, `probability` is how likely it is right, and
    `distribution` says so of each answer that was possible, by the answer's text.
    """

    @property
    def answer(self) -> Answer:
        """The verdict's answer."""
        ...

    @property
    def probability(self) -> float:
        """How likely the answer is right, 0..1."""
        ...

    @property
    def distribution(self) -> Mapping[str, float]:
        """How likely each possible answer is right."""
        ...


@dataclass(frozen=True, slots=True)
class AnswersWanted:
    """A task's own rule: judge from `min` answers on, take `max`, be this sure (0..1)."""

    min: int
    max: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Confident:
    """The answer is as probable as was asked for."""


@dataclass(frozen=True, slots=True)
class AskOneMore:
    """Too early to say: `wanted` is how many answers the task takes in all now."""

    wanted: int


@dataclass(frozen=True, slots=True)
class Budget:
    """No further answer is to be had, or (`unspent` > 0) none left could change this one."""

    unspent: int


Stop = Confident | AskOneMore | Budget


@dataclass(frozen=True)
class Agreement(Generic[Q, A, O]):
    """How people's answers to one kind of question become a verdict: four pure functions.

    `weigh(answer, question, worker, population)` is what one answer counts for, 0..1;
    `tally(ballots, question, weights)` what all of them amount to, in any order of ballots, with
    weights by assignment id; `stop(outcome, answered, wanted, typical)` whether to ask on, where
    `typical` is the population's mean reliability; `lessons(outcome, ballots)` what the verdict
    teaches of its workers. A ballot that has no weight is not counted and teaches nothing.
    """

    weigh: Callable[[A, Q, Reliability, Population], float]
    tally: Callable[[Sequence[Ballot[A]], Q, Mapping[str, float]], O]
    stop: Callable[[O, int, AnswersWanted, float], Stop]
    lessons: Callable[[O, Sequence[Ballot[A]]], Lessons]
