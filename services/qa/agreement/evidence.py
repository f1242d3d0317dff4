"""Says what one vote of a worker for one of several outcomes is worth as evidence.

It is the same for every kind of question in which people pick one of a few outcomes, so that the
same answers of the same people make them as sure.
"""

from math import log

from services.qa.agreement.reliability import RELIABILITY_MAX

WEIGHT_DIGITS = 6
WEIGHT_MIN, WEIGHT_MAX = 0.0001, 0.9999
# People err on the same tasks, so two answers are worth less than twice one. 0.7 suits public
# crowds best and keeps the promise that three unproven workers who agree are enough at 0.95.
DAMPING = 0.7
DIGITS = 6
BALLOTS_MIN = 2  # one answer has nobody to agree with
# The others' few answers leave more doubt than there is, and doubt makes a good worker look like
# chance; sharpening their verdict takes most of that out. Odd in a posterior, right for a counter.
SHARPENING = 3.0


def evidence(weight: float, outcomes: int) -> float:
    """Return the log likelihood ratio of a vote's outcome against each other one.

    `outcomes` is their number. It is 0 where `weight` is 1/outcomes: such an answer says nothing.
    """
    if outcomes < 2:
        return 0.0
    bounded = min(WEIGHT_MAX, max(WEIGHT_MIN, weight))
    return log(bounded * (outcomes - 1) / (1 - bounded))


def clamped(reliability: float, outcomes: int) -> float:
    """Return a reliability, kept between pure chance (1/outcomes) and RELIABILITY_MAX."""
    return min(RELIABILITY_MAX, max(1 / outcomes, reliability))
