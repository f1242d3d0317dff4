"""Types that all kinds of questions share: ballots, the combined answer, and whether to ask on."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar

from services.qa.agreement.reliability import Population, Reliability
from shared.contracts.part import Part
from shared.contracts.question import Answer, Question

if TYPE_CHECKING:
    from services.qa.agreement.learning import Learning

Q = TypeVar("Q", bound=Question)
A = TypeVar("A", bound=Answer)
O = TypeVar("O", bound="AgreedAnswer")  # noqa: E741

Lessons: TypeAlias = dict[str, dict[str, int]]
"""For each worker's id, the numbers to add to their counters, by counter name."""


@dataclass(frozen=True, slots=True)
class Ballot(Generic[A]):
    """One worker's answer to a task, as it is counted; `drafted`: they began from its draft."""

    assignment_id: str
    worker_id: str
    answer: A
    drafted: bool = False


@dataclass(frozen=True, slots=True)
class Draft(Generic[A]):
    """The model's own answer as evidence beside the ballots, where no worker had seen it.

    weight: how much it counts (0..1), learned as a worker's is.
    """

    answer: A
    weight: float


class AgreedAnswer(Protocol):
    """The answer that all ballots (counted answers) of a task lead to.

    answer: None without a valid ballot. probability: how likely the answer is right. distribution:
    the probability of every possible answer, by the answer's text; empty where answers are too many
    for that. detail: what the kind's verdicts say beyond these; None for a kind without.
    Example: `cat` with 0.97, and the distribution `{"cat": 0.97, "dog": 0.03}`.
    """

    @property
    def answer(self) -> Answer:
        """The answer for the verdict; None without a valid ballot."""
        ...

    @property
    def probability(self) -> float:
        """Probability that the answer is right, 0..1."""
        ...

    @property
    def distribution(self) -> Mapping[str, float]:
        """Probability of each possible answer, by its text."""
        ...

    @property
    def detail(self) -> Part | None:
        """Further facts of the verdict (`Kind.detail`), or None for a kind without."""
        ...


@dataclass(frozen=True, slots=True)
class AnswersWanted:
    """How many answers to ask for: from `min` to `max`, until `goal` is reached.

    Which number the goal is follows from the kind of question (`Kind.goal`): the probability of the
    answer, half the width of its interval, or the share of words that are expected to be wrong.
    """

    min: int
    max: int
    goal: float


@dataclass(frozen=True, slots=True)
class Confident:
    """Stop asking: the answer is as probable as the task requires."""


@dataclass(frozen=True, slots=True)
class AskOneMore:
    """Ask on: `wanted` is the number of answers that the task needs in all now."""

    wanted: int


@dataclass(frozen=True, slots=True)
class Budget:
    """Stop asking: the maximum is reached, or `unspent` more answers could change nothing."""

    unspent: int


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Stop asking: trusted people are split, and `unspent` more answers would not change that."""

    unspent: int


@dataclass(frozen=True, slots=True)
class Futile:
    """Stop asking: with `unspent` more answers the answer cannot become probable enough."""

    unspent: int


Stop = Confident | AskOneMore | Budget | Ambiguous | Futile


def ask_on(
    answered: int,
    wanted: AnswersWanted,
    *,
    reached: bool,
    settled: Callable[[int], bool] = lambda _: False,
) -> Stop:
    """Return whether to ask for one more after `answered` answers, whatever the kind.

    reached: whether the goal is reached. settled(unspent): whether so many further answers could
    change nothing; it is asked only where that decides.
    Example: 3 of 2 to 5 answers, the goal not reached and nothing settled: AskOneMore(4).
    """
    if answered < wanted.min:
        return AskOneMore(wanted.min)
    if reached:
        return Confident()
    unspent = wanted.max - answered
    if unspent <= 0:
        return Budget(0)
    return Budget(unspent) if settled(unspent) else AskOneMore(answered + 1)


def by_worker(taught: Iterable[tuple[str, Mapping[str, int]]]) -> Lessons:
    """Return lessons, each with its worker's id, as one for each worker, sorted, without zeros.

    Example: `[("w-2", {"answers": 1, "agreed_milli": 0})]` gives `{"w-2": {"answers": 1}}`.
    """
    sums: dict[str, Counter[str]] = {}
    for worker, counts in taught:
        sums.setdefault(worker, Counter()).update(counts)
    return {
        worker: {name: count for name, count in counts.items() if count}
        for worker, counts in sorted(sums.items())
    }


@dataclass(frozen=True)
class Agreement(Generic[Q, A, O]):
    """How answers to one kind of question become a verdict: four functions without I/O.

    weigh(answer, question, worker, population): the weight of one answer, 0..1, from the counters
    of its worker and of all workers.
    tally(ballots, question, weights, draft): the combined answer; weights are by assignment id, and
    the order of ballots does not matter, not to the last bit. A ballot without weight is not
    counted. `draft` is the model's own answer or None, which kinds without drafts ignore.
    stop(outcome, answered, wanted, typical): whether to ask on after `answered` answers; `typical`
    is the mean reliability of all workers.
    lessons(outcome, ballots): the numbers to add to the workers' counters after the verdict.
    nearness(answer, other, question): how much of `other` an answer says, 0..1. Only of a kind with
    a second stage whose answers can be a little wrong.
    same(answer, other, question): whether two answers say the same. Only of a kind with drafts
    whose question compares less than the canonical form of an answer.
    learning(counters, question, price): what the kind's verdicts use of their task type's counters,
    and add to them. Only of a kind that learns from golds.
    witnessed(outcome, own): the combined answer with the model's own beside it, which no ballot had
    seen. Only of a kind whose `Kind.witness` is set.
    Example: see `services/qa/agreement/choice/`, for questions with options.
    """

    weigh: Callable[[A, Q, Reliability, Population], float]
    tally: Callable[[Sequence[Ballot[A]], Q, Mapping[str, float], Draft[A] | None], O]
    stop: Callable[[O, int, AnswersWanted, float], Stop]
    lessons: Callable[[O, Sequence[Ballot[A]]], Lessons]
    nearness: Callable[[A, A, Q], float] | None = None
    same: Callable[[A, A, Q], bool] | None = None
    witnessed: Callable[[O, Draft[A]], O] | None = None
    learning: "Callable[[Mapping[str, int], Q, float], Learning[Q, A, O]] | None" = None
