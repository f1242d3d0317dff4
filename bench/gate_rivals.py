"""What the gate is held against: a threshold chosen once, and what no test could exceed."""

from collections.abc import Sequence
from math import exp, inf, lgamma, log

from bench.gate_planted import Truth
from services.intake.promise.audits import halvings, rate
from services.intake.promise.bands import BANDS, EDGES
from services.intake.promise.thresholds import Promise

STARTS = {
    "from 0.9": (EDGES.index(0.9),),
    "from six edges": tuple(EDGES.index(edge) for edge in (0.6, 0.8, 0.9, 0.95, 0.98, 0.995)),
    "from all": tuple(range(BANDS)),
}
"""Where the tests of the threshold chosen once may start; the start that waives most is shown."""

Seen = tuple[int, bool]
"""A band, and whether people said that the output is wrong."""


def chosen_once(early: Sequence[Seen], promise: Promise) -> dict[str, int]:
    """Return the band that Learn-then-Test chooses by these verdicts, by where its tests start.

    The same hypotheses in the same order as the gate's, the starts sharing the risk. The evidence
    is the exact binomial tail, which no other look weakens. A start that proves none is left out.
    """
    counts = [[0, 0] for _ in range(BANDS)]
    for band, wrong in early:
        counts[band][wrong] += 1
    tails, right, wrongs = [], 0, 0
    for band in reversed(range(BANDS)):
        right, wrongs = right + counts[band][0], wrongs + counts[band][1]
        tails.append((band, binomial_tail(wrongs, right + wrongs, promise.bound)))
    bands = {name: _lowest(tails, starts, promise) for name, starts in STARTS.items()}
    return {name: band for name, band in bands.items() if band is not None}


def _lowest(
    tails: Sequence[tuple[int, float]], starts: Sequence[int], promise: Promise
) -> int | None:
    part, passed, lowest = (1 - promise.confidence) / len(starts), 0.0, None
    for band, tail in tails:
        level = passed + (part if band in starts else 0.0)
        passed = level if level and tail <= level else 0.0
        if passed:
            lowest = band
    return lowest


def binomial_tail(most: int, count: int, chance: float) -> float:
    """Return how likely at most so many of `count` are wrong, each with this chance."""
    whole, odds = lgamma(count + 1), log(chance) - log(1 - chance)
    return sum(
        exp(
            whole - lgamma(one + 1) - lgamma(count - one + 1) + one * odds + count * log(1 - chance)
        )
        for one in range(most + 1)
    )


def at_best(truth: Truth, promise: Promise, outputs: int, audit_share: float) -> float:
    """Return the share of outputs that any sequential test of thresholds could waive on average.

    To refute "more than `max_error`" at a risk d, where the share R is wrong, takes on average
    log(1/d) / KL(R, max_error) verdicts or more (Wald, 1945). Here every output brings one, those
    waived too, and the truth says which threshold to test: more than can be reached.
    """
    wanted, best, ends = -log(1 - promise.confidence), 0.0, float(outputs)
    for band in truth.safe(promise.max_error):
        share = truth.above[band]
        speed = share * divergence(truth.error(band), promise.max_error)
        after = wanted / speed if speed else inf
        if after < ends:
            best, ends = best + share * (ends - after), after
    return best / outputs * (1 - rate(halvings(audit_share)))


def soonest(error: float, max_error: float, patience: float) -> float:
    """Return after how many audited outputs a change can be noticed at best, on average.

    By a detector that errs once in `patience` outputs where exactly `max_error` are wrong (Lorden,
    1971). error: the share that is wrong after the change, above `max_error`.
    """
    return log(patience) / divergence(error, max_error)


def divergence(share: float, bound: float) -> float:
    """Return what a verdict tells on average against `bound`, in nats (Kullback and Leibler)."""
    right = (1 - share) * log((1 - share) / (1 - bound))
    return right + (share * log(share / bound) if share else 0.0)
