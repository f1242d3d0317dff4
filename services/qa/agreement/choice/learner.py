"""What verdicts on choices use that golds and earlier verdicts have taught, and what they teach."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from services.qa.agreement.calibration import corrected
from services.qa.agreement.choice.golds import gold_lesson, gold_lessons
from services.qa.agreement.choice.learned import MIX, NOTHING_LEARNED, LearnedAgreement
from services.qa.agreement.choice.learning import learned_of, type_lesson
from services.qa.agreement.choice.prior import class_prior
from services.qa.agreement.choice.splits import newly_confused
from services.qa.agreement.choice.stopping import stop
from services.qa.agreement.choice.tallying import Tally, tally
from services.qa.agreement.choice.weighing import weigh
from services.qa.agreement.choice.witnessing import witnessed
from services.qa.agreement.evidence import DAMPING
from services.qa.agreement.learning import Basis, Learning
from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.terms import Agreement, Ballot, Draft, Lessons
from shared.contracts.events.used import Used
from shared.contracts.questions.choice import ChoiceQuestion

Choices = Agreement[ChoiceQuestion, str, Tally]


class ChoiceLearning(Learning[ChoiceQuestion, str, Tally]):
    """Binds the four functions of a choice to what its task type has learned."""

    def __init__(
        self, plain: Choices, counters: Mapping[str, int], asks: ChoiceQuestion, price: float
    ) -> None:
        """Read what the counters make of the next verdict; `price` is 0 where answers have none.

        `plain` is the agreement where nothing was learned.
        """
        learned = learned_of(counters, asks.options, price=price)
        same = learned is NOTHING_LEARNED
        super().__init__(plain if same else _with(learned, plain))
        self._learned, self._counters, self._options = learned, counters, asks.options

    @property
    def calibrated(self) -> bool:
        """Whether there is a curve: golds have shown enough."""
        return bool(self._learned.curve)

    def used(self, typical: float) -> Used:
        """Return all that differs from nothing learned, and how reliable workers are."""
        return used_of(self._learned, typical)

    def stated(self, probability: float) -> float:
        """Return the probability on the curve."""
        return corrected(probability, self._learned.curve)

    def lessons(self, outcome: Tally, basis: Basis[str]) -> Lessons:
        """Return lessons by the truth of a gold, of any other task by the other workers' answers.

        A truth that is none of the options any more teaches as no truth does.
        """
        if basis.truth not in self._options:
            return super().lessons(outcome, basis)
        return gold_lessons(outcome, basis.ballots, str(basis.truth))

    def taught(self, outcome: Tally, basis: Basis[str]) -> dict[str, int]:
        """Return the counts of splits and weights; of a gold also all rules' scores, and whether
        what was stated is right.
        """
        of_type = type_lesson(outcome, self._counters)
        if basis.truth not in self._options:
            return of_type
        prior = class_prior(self._counters, self._options)
        weigh_with = partial(_weigh_with, self._options, basis)
        truth = str(basis.truth)
        return of_type | gold_lesson(outcome, basis.ballots, truth, prior=prior, weigh=weigh_with)

    def confused(self, outcome: Tally, taught: Mapping[str, int]) -> tuple[str, str] | None:
        """Return the pair that this verdict makes plain."""
        return newly_confused(outcome, self._counters, taught)


_NOTHING_USED = Used(typical=0.0)


def used_of(learned: LearnedAgreement, typical: float) -> Used:
    """Return what a verdict records of this: all that differs from nothing learned."""
    if learned is NOTHING_LEARNED:
        return _NOTHING_USED.with_values({"typical": typical})
    priced = learned.price > 0
    return Used.made(
        {
            "damping": None if learned.damping == DAMPING else learned.damping,
            "mix": None if learned.mix == MIX else learned.mix,
            "prior": dict(learned.prior or {}),
            "curve": learned.curve,
            "spread": learned.spread,
            "price": learned.price if priced else None,
            "ambiguous": learned.ambiguous if priced else None,
            "typical": typical,
        }
    )


def _with(learned: LearnedAgreement, plain: Choices) -> Choices:
    def weigh_by(
        answer: str, question: ChoiceQuestion, worker: Reliability, population: Population
    ) -> float:
        return weigh(answer, question.options, worker, population, learned.mix)

    def tally_by(
        ballots: Sequence[Ballot[str]],
        question: ChoiceQuestion,
        weights: Mapping[str, float],
        _: Draft[str] | None = None,
    ) -> Tally:
        return tally(ballots, question.options, weights, learned)

    return replace(
        plain,
        weigh=weigh_by,
        tally=tally_by,
        stop=partial(stop, learned=learned),
        witnessed=partial(witnessed, learned=learned),
    )


def _weigh_with(
    options: Sequence[str], basis: Basis[str], ballot: Ballot[str], mix: float
) -> float:
    worker = basis.workers[ballot.worker_id]
    return weigh(ballot.answer, options, worker, basis.population, mix)
