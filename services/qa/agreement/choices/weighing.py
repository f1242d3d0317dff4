"""Computes how often a worker is right about one option, and the evidence that follows from it."""

from math import log

from services.qa.agreement.reliability import RELIABILITY_MAX, Population, Reliability, estimate
from shared.contracts.questions.choices import ChoicesQuestion, Labels

WEIGHT_DIGITS = 6
CHANCE = 0.5
"""The weight of an answer that says nothing: of yes and no one is right."""


def weigh(_: Labels, __: ChoicesQuestion, worker: Reliability, population: Population) -> float:
    """Return how often the worker is right about an option, between chance and RELIABILITY_MAX.

    What was answered makes no difference. Rounded, so that what a verdict records is what was
    counted. Example: a worker nobody knows, on a new task type: 0.82.
    """
    return round(min(RELIABILITY_MAX, max(CHANCE, estimate(worker, population))), WEIGHT_DIGITS)


def evidence(weight: float) -> float:
    """Return the log likelihood ratio of what such an answer says of an option, 0 at chance."""
    bounded = min(RELIABILITY_MAX, max(CHANCE, weight))
    return log(bounded / (1 - bounded))
