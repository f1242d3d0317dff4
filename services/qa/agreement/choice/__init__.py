"""Combines answers to a question with options; each counts by how often its worker is right."""

from collections.abc import Mapping, Sequence

from services.qa.agreement.choice.learner import ChoiceLearning
from services.qa.agreement.choice.stopping import stop
from services.qa.agreement.choice.tallying import Tally, tally
from services.qa.agreement.choice.teaching import lessons
from services.qa.agreement.choice.weighing import weigh
from services.qa.agreement.choice.witnessing import witnessed
from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.terms import Agreement, Ballot, Draft
from shared.contracts.questions.choice import ChoiceQuestion

__all__ = ["AGREEMENT", "Tally", "lessons", "stop", "tally", "weigh"]


def _weigh(
    answer: str, question: ChoiceQuestion, worker: Reliability, population: Population
) -> float:
    return weigh(answer, question.options, worker, population)


def _tally(
    ballots: Sequence[Ballot[str]],
    question: ChoiceQuestion,
    weights: Mapping[str, float],
    _: Draft[str] | None = None,
) -> Tally:
    return tally(ballots, question.options, weights)


def _learning(
    counters: Mapping[str, int], question: ChoiceQuestion, price: float
) -> ChoiceLearning:
    return ChoiceLearning(AGREEMENT, counters, question, price)


AGREEMENT = Agreement[ChoiceQuestion, str, Tally](
    weigh=_weigh,
    tally=_tally,
    stop=stop,
    lessons=lessons,
    learning=_learning,
    witnessed=witnessed,
)
"""The four functions that turn workers' votes for options into a verdict, and what they learn."""
