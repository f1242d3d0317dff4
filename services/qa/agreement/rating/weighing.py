"""Computes what one rating is worth, from how near its worker is to the others.

The worth of an answer is the inverse of its variance, as in any weighted mean. A worker's own
distance is half of that variance and the distance of all workers the other half, and the worker's
own begins at that of all with the weight of 50 answers. Both shrink weights towards equality: on
public crowds weights from residual variance help on some sets and hurt on others.
"""

from services.qa.agreement.reliability import Population, Reliability
from shared.contracts.questions.rating import RatingQuestion

TYPICAL_WEIGHT = 0.5
"""The weight of an answer by somebody who is as near to the others as all are on average."""
OWN_STRENGTH = 50  # how many of a worker's own answers the distance of all workers is worth
DISTANCE_MIN = 0.01  # of the scale: nobody is nearer than this
WEIGHT_MIN, WEIGHT_MAX, WEIGHT_DIGITS = 0.0001, 0.9999, 6


def weigh(_: float, __: RatingQuestion, worker: Reliability, population: Population) -> float:
    """Return what one rating is worth, 0..1: 1 / (1 + (own distance / distance of all)²).

    Distances are from the mean of the others, as a share of the scale's length. What was answered
    makes no difference. Rounded, so that what a verdict records is what was counted.
    Example: a worker nobody knows has 0.5; one who is twice as far from the others as all, 0.2.
    """
    of_all = max(DISTANCE_MIN, 1 - population.mean)
    near = worker.agreed + OWN_STRENGTH * (1 - of_all)
    own = max(DISTANCE_MIN, 1 - near / (worker.answers + OWN_STRENGTH))
    weight = 1 / (1 + (own / of_all) ** 2)
    return round(min(WEIGHT_MAX, max(WEIGHT_MIN, weight)), WEIGHT_DIGITS)
