"""Computes how much one ranking counts: its worker's reliability, and the evidence it is."""

from math import ceil, log

from services.qa.agreement.evidence import (
    WEIGHT_DIGITS,
    WEIGHT_MAX,
    WEIGHT_MIN,
    clamped,
)
from services.qa.agreement.reliability import Population, Reliability, estimate
from shared.contracts.question import Answer
from shared.contracts.questions.preference import PreferenceQuestion


def outcomes(question: PreferenceQuestion) -> int:
    """Return how many things can be said of two candidates: 2, and one for ties, one for `none`."""
    return 2 + question.ties + question.none


def weigh(
    _: Answer, question: PreferenceQuestion, worker: Reliability, population: Population
) -> float:
    """Return how probable it is that the worker says of a pair of candidates what is true.

    It does not depend on the answer. Rounded, so that what a verdict records is what was counted,
    and never below chance, or an answer would speak against what it says.
    """
    said, whole = outcomes(question), int(10**WEIGHT_DIGITS)
    likely = clamped(estimate(worker, population), said)
    chance = ceil(whole / said) / whole
    return max(chance, round(min(WEIGHT_MAX, max(WEIGHT_MIN, likely)), WEIGHT_DIGITS))


def evidence_of_some(weight: float, states: int) -> float:
    """Return the log likelihood ratio of "some candidate will do" against "none of them".

    It is that of one ranking, whichever, of a worker who errs towards all `states` outcomes alike:
    in the place of the right one they may say any other, of which all but one are rankings.
    """
    bounded = min(WEIGHT_MAX, max(WEIGHT_MIN, weight))
    return log((states - 2 + bounded) / ((states - 1) * (1 - bounded)))
