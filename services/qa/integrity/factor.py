"""Computes by how much evidence weighs down a worker's answers, and a weight so weighed down.

A worker is either careless, or takes care and is right as often as people of this task type are,
give or take. How probable the former is follows from their answers; an answer counts by what is
left of it, relative to somebody of whom nothing is known. Nobody counts for more than before.
"""

from math import exp, lgamma, log

from services.qa.agreement.reliability import (
    WORKER_STRENGTH,
    Population,
    Reliability,
)
from services.qa.integrity.signs import chance_of, signs_of

CARELESS_SHARE = 0.1
"""Share of the people of a crowd who take no care, before anything is known of one of them."""
OF_MARKS_SHARE = 0.01
"""Share of people who collude, or of whom another mark than guessing holds."""
MEAN_MIN, MEAN_MAX = 0.03, 0.97
EVIDENCE_MAX = 60.0
FACTOR_DIGITS = 3


def factor_of(worker: Reliability, population: Population) -> float:
    """Return the factor, 0..1, on the evidence of this worker's answers, to 3 digits.

    1 of a worker of whom nothing is known, and of most others.
    Example: 60 answers to a choice of two, of which 31 agree by chance: near 0.
    """
    left = _left(_guessing(worker, population), CARELESS_SHARE)
    for sign in signs_of(worker):
        if sign.name != "guessing":
            left *= _left(sign.score, OF_MARKS_SHARE)
    return round(left, FACTOR_DIGITS)


def weakened(weight: float, factor: float, nothing: float) -> float:
    """Return the weight whose evidence is `factor` times that of this one.

    `nothing` is the weight at which an answer is no evidence, such as one by the number of options.
    Evidence is the difference of log odds from there. Weights at 0 and 1 stay as they are.
    Example: `weakened(0.9, 0.0, 0.5)` is 0.5, and `weakened(0.9, 1.0, 0.5)` is 0.9.
    """
    if factor >= 1 or not 0 < weight < 1:
        return weight
    odds = _log_odds(nothing) + factor * (_log_odds(weight) - _log_odds(nothing))
    return round(1 / (1 + exp(-odds)), 6)


def _left(evidence: float, share: float) -> float:
    """Return what is left of an answer, relative to one of a worker nobody knows."""
    prior = log(share / (1 - share))
    careless = 1 / (1 + exp(-(min(EVIDENCE_MAX, max(-EVIDENCE_MAX, evidence)) + prior)))
    return min(1.0, (1 - careless) / (1 - share))


def _guessing(worker: Reliability, population: Population) -> float:
    """Return the evidence that a worker's answers agree by chance alone.

    Against it stands the beta-binomial chance of as many agreements by one of all people, whose
    reliability is spread around their mean as it is where qa estimates it.
    """
    chance = chance_of(worker)
    if chance is None:
        return 0.0
    agreed, others = worker.agreed, max(0.0, worker.answers - worker.agreed)
    mean = min(MEAN_MAX, max(MEAN_MIN, population.mean))
    right, wrong = mean * WORKER_STRENGTH, (1 - mean) * WORKER_STRENGTH
    care = _log_beta(agreed + right, others + wrong) - _log_beta(right, wrong)
    return agreed * log(chance) + others * log(1 - chance) - care


def _log_beta(one: float, other: float) -> float:
    return lgamma(one) + lgamma(other) - lgamma(one + other)


def _log_odds(share: float) -> float:
    return log(share / (1 - share))
