"""Evidence that fewer than some share are wrong, which stays true however often one looks.

A gambler starts with 1 and bets at each audited output that the model is right, at odds that are
fair if exactly the share `bound` is wrong. If more are wrong, the wealth is expected to fall, and
the chance that it ever reaches 1/d is at most d (Ville's inequality): a wealth of 20 refutes "more
than `bound` are wrong" at 95 %, whenever it is seen. Bets are on means of bounded variables:
Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", J. R. Stat. Soc.
B 86 (2024). With unequal weights: Waudby-Smith and others, "Anytime-valid off-policy inference",
ACM/IMS J. Data Sci. (2024). A weight never exceeds 1 here: it is the weight of the verdict beside
the largest one in force when the output came.

The gambler's purse is divided over fixed bets, so the wealth follows from counts alone. A bet that
follows the past would depend on the order of the verdicts, which Kafka does not promise.
"""

from collections.abc import Iterable
from functools import lru_cache
from math import exp, log, log1p

from services.intake.promise.audits import rate

Counts = tuple[int, int, int]
"""Halvings of the weight, how many were right, how many were wrong."""

BETS = (0.97, 0.85, 0.65, 0.45, 0.28, 0.15, 0.07)
"""Shares of the purse lost by one wrong output of weight 1. The best is 1 - error / bound."""

PRECISION = 1e-4
_SHARE = log(len(BETS))


def log_wealth(counts: Iterable[Counts], bound: float) -> float:
    """Return the natural logarithm of the wealth against "more than `bound` are wrong".

    `bound` is above 0 and below 1. It depends on the sum of counts alone.
    Example: 90 right, none wrong, bound 0.05: 3.0, which is a wealth of 20.
    """
    totals = [0.0] * len(BETS)
    for times, right, wrong in counts:
        for at, (won, lost) in enumerate(_growth(times, bound)):
            totals[at] += right * won + wrong * lost
    return pooled(totals) - _SHARE


@lru_cache(maxsize=4096)
def bets_of(counts: Counts, bound: float) -> list[float]:
    """Return the logarithm of what each bet becomes by these counts; they add up over counts."""
    times, right, wrong = counts
    return [right * won + wrong * lost for won, lost in _growth(times, bound)]


def refuted(totals: list[float], risk: float) -> bool:
    """Return whether the sums of `bets_of` refute "more are wrong", at this risk of erring."""
    wanted = _SHARE - log(risk)
    return max(totals) >= wanted - _SHARE and pooled(totals) >= wanted


def pooled(logarithms: list[float]) -> float:
    """Return the logarithm of the sum of what these are the logarithms of."""
    top = max(logarithms)
    return top + log(sum(exp(one - top) for one in logarithms))


def interval(counts: Iterable[Counts], confidence: float) -> tuple[float, float]:
    """Return bounds on the share that is wrong, which hold at all times with this confidence.

    A confidence sequence: all shares that neither of two gamblers has refuted. With no counts it is
    (0, 1). Example: 90 right, none wrong, confidence 0.95: about 0 to 0.06.
    """
    some = list(counts)
    wanted = log(2 / (1 - confidence))
    mirrored = [(times, wrong, right) for times, right, wrong in some]
    return 1 - _refuted_from(mirrored, wanted), _refuted_from(some, wanted)


def _refuted_from(counts: list[Counts], wanted: float) -> float:
    """Return the lowest bound whose wealth is as wanted; wealth grows with the bound."""
    low, high = 0.0, 1.0
    while high - low > PRECISION:
        middle = (low + high) / 2
        if log_wealth(counts, middle) >= wanted:
            high = middle
        else:
            low = middle
    return high


@lru_cache(maxsize=4096)
def _growth(times: int, bound: float) -> tuple[tuple[float, float], ...]:
    """Return for each bet the logarithms of what a right and a wrong output make of it."""
    weight, odds = rate(times), bound / (1 - bound)
    return tuple((log1p(weight * bet * odds), log1p(-weight * bet)) for bet in BETS)
