"""Computes how often a worker is right about one option, and the evidence that follows from it."""

from services.qa.agreement.evidence import WEIGHT_DIGITS, clamped
from services.qa.agreement.evidence import evidence as evidence_of_vote
from services.qa.agreement.reliability import Population, Reliability, estimate
from shared.contracts.questions.choices import ChoicesQuestion, Labels

YES_OR_NO = 2
"""What can be said of one option: at chance, half of the answers are right."""


def weigh(_: Labels, __: ChoicesQuestion, worker: Reliability, population: Population) -> float:
    """Return how often the worker is right about an option, between chance and RELIABILITY_MAX.

    What was answered makes no difference. Rounded, so that what a verdict records is what was
    counted. Example: a worker nobody knows, on a new task type: 0.82.
    """
    return round(clamped(estimate(worker, population), YES_OR_NO), WEIGHT_DIGITS)


def evidence(weight: float) -> float:
    """Return the log likelihood ratio of what such an answer says of an option, 0 at chance."""
    return evidence_of_vote(clamped(weight, YES_OR_NO), YES_OR_NO)
