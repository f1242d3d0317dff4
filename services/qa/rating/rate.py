"""Computes how often a worker is right now: all their answers count, later ones count more."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log

from services.qa.agreement.reliability import (
    RELIABILITY_MAX,
    WORKER_STRENGTH,
    Population,
    Reliability,
    around,
)

HALF_LIFE = 100
"""Number of later answers after which an answer counts half."""
DROP = 0.3
"""How much less often a worker is right who has turned bad."""
TURNED = 4.2
"""Evidence (log likelihood ratio) from which on a worker counts as having turned bad.

Steady workers reach it by chance in fewer than 5 of 100 runs of 30 answers.
"""
SHARE_MIN = 0.05
DIGITS = 4
_FADING = 0.5 ** (1 / HALF_LIFE)


@dataclass(frozen=True, slots=True)
class WorkerRating:
    """How often a worker is right, 0..1, with its 95 % interval, and how many answers are behind.

    turned: how many of the newest answers tell that the worker has turned bad; 0 if none do. Then
    these alone count.
    """

    mean: float
    lower: float
    upper: float
    count: int
    turned: int = 0


def rate(worker: Reliability, newest: Sequence[float], population: Population) -> WorkerRating:
    """Return a worker's rating from their counters and their newest lessons, the newest first.

    An answer's weight halves with every HALF_LIFE answers after it; those before the newest ones
    count with their mean. Prior answers at the mean of all workers count beside the worker's own,
    so a newcomer starts from these. The interval is Wilson's score interval (1927), for as many
    answers as the weights come to. Example: no answers give the mean of all workers.
    """
    turned = turned_since(worker, newest, population)
    if turned:
        weight, right = float(turned), sum(newest[:turned])
    else:
        weight, right = _aged(worker, newest)
    count = weight + WORKER_STRENGTH
    mean = min(1.0, (right + population.mean * WORKER_STRENGTH) / count)
    mean, lower, upper = (round(number, DIGITS) for number in (mean, *around(mean, count)))
    return WorkerRating(mean, lower, upper, worker.answers, turned)


def turned_since(worker: Reliability, newest: Sequence[float], population: Population) -> int:
    """Return how many of the newest answers tell that a worker has turned bad; 0 if none do.

    For each number of newest answers it weighs that the worker has been right less often by DROP
    in these than in all before, against that nothing has changed: a cumulative sum test (Page 1954)
    that looks back as far as the newest lessons reach. The number with the most evidence is
    returned, if that is TURNED or more.
    """
    typical = population.mean * WORKER_STRENGTH
    answers, agreed = worker.answers, worker.agreed
    most, since, right = 0.0, 0, 0.0
    for number, share in enumerate(newest, 1):
        right += share
        before = (answers - number if answers > number else 0) + WORKER_STRENGTH
        was = ((agreed - right if agreed > right else 0.0) + typical) / before
        was = min(RELIABILITY_MAX, max(2 * SHARE_MIN, was))
        if right >= was * number:
            continue  # right as often as before: nothing speaks for a change
        now = max(SHARE_MIN, was - DROP)
        told = right * log(now / was) + (number - right) * log((1 - now) / (1 - was))
        if told > most:
            most, since = told, number
    return since if most >= TURNED else 0


def _aged(worker: Reliability, newest: Sequence[float]) -> tuple[float, float]:
    """Return what a worker's answers weigh by their age, and the weight of those that are right."""
    weights = _weights(len(newest))
    weight, right = sum(weights), sum(w * share for w, share in zip(weights, newest, strict=True))
    older = worker.answers - len(newest)
    if older > 0:
        mean = min(1.0, max(0.0, (worker.agreed - sum(newest)) / older))
        rest = (_FADING ** len(newest) - _FADING**worker.answers) / (1 - _FADING)
        weight, right = weight + rest, right + rest * mean
    return weight, right


@cache
def _weights(count: int) -> tuple[float, ...]:
    """Return what each of so many answers weighs, the newest first."""
    return tuple(_FADING**age for age in range(count))
