"""Estimates how much surer a few more answers would make us, and who may give them."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import comb, exp, log, sqrt
from typing import NamedTuple

from services.qa.agreement.choice.learned import LearnedAgreement, Spread
from services.qa.agreement.choice.tallying import Tally
from services.qa.agreement.evidence import DIGITS, clamped, evidence

LOOK_AHEAD = 4  # one answer alone seldom overturns a lead, and three together may
WEIGHT_BINS = 20
WEIGHED_MIN = 50  # answers weighed before their spread is used

_FIELDS = tuple(f"weighed:{at}" for at in range(WEIGHT_BINS))


def weight_lesson(tally: Tally) -> dict[str, int]:
    """Return what a verdict adds to its type's counters of answers by their weight.

    Example: two answers of weight 0.82 add 2 to `weighed:16`.
    """
    options, added = len(tally.distribution), dict[str, int]()
    for worth in tally.evidence.values():
        field = _FIELDS[_bin(weight_of(worth, options))]
        added[field] = added.get(field, 0) + 1
    return added


def spread_of(counters: Mapping[str, int]) -> Spread:
    """Return what the answers of a task type weighed, each bin's middle with its share.

    Empty below WEIGHED_MIN answers.
    """
    counts = [counters.get(field, 0) for field in _FIELDS]
    whole = sum(counts)
    if whole < WEIGHED_MIN:
        return ()
    return tuple(
        ((at + 0.5) / WEIGHT_BINS, round(count / whole, DIGITS))
        for at, count in enumerate(counts)
        if count
    )


def weight_of(worth: float, options: int) -> float:
    """Return the weight whose evidence (log likelihood ratio) this is: `evidence` the other way."""
    ratio = exp(worth)
    return ratio / (ratio + options - 1)


def expected_gain(tally: Tally, unspent: int, typical: float, learned: LearnedAgreement) -> float:
    """Return by how much one more answer is expected to raise the chance that we are right.

    It is the best mean of one to LOOK_AHEAD answers (at most `unspent`), the value of information
    of Howard (1966) between the two most probable options: answers count where they overturn the
    first. People are expected to answer as they are weighed, with half of the damping (its root):
    with none, tasks on which people repeat each other's errors are asked about to the end, and with
    all of it they are given up early. Without a spread all are as reliable as `typical` (0..1).
    Example: 0 if not even LOOK_AHEAD answers for the second option could overturn the first.
    """
    first, second = leading(tally.distribution.values())
    options, lead = len(tally.distribution), log(first / second)
    gains = [0.0] * (LOOK_AHEAD + 1)
    for weight, share in learned.spread or ((typical, 1.0),):
        for turn in _turns(clamped(weight, options), options, learned.damping):
            if turn.answers <= unspent and lead < turn.evidence:
                gains[turn.answers] += share * (second * turn.by_right - first * turn.by_wrong)
    return max(gain / answers for answers, gain in enumerate(gains[1:], start=1))


def leading(shares: Iterable[float]) -> tuple[float, float]:
    """Return the two highest probabilities, the smallest that is recorded where there are fewer."""
    first, second = sorted([*shares, 0.0, 0.0])[:-3:-1]
    return max(first, 10**-DIGITS), max(second, 10**-DIGITS)


class _Turn(NamedTuple):
    """Some answers of which more are for the second option than for the first.

    evidence: by how much. by_right, by_wrong: the probability that this many people of
    one weight answer so where the second option is right, and where the first is.
    """

    answers: int
    evidence: float
    by_right: float
    by_wrong: float


@lru_cache(maxsize=4096)
def _turns(weight: float, options: int, damping: float) -> tuple[_Turn, ...]:
    worth = evidence(weight, options)
    right = weight_of(sqrt(damping) * worth, options)
    wrong = (1 - right) / max(1, options - 1)
    return tuple(
        _Turn(
            answers=n,
            evidence=(n - 2 * k) * damping * worth,
            by_right=comb(n, k) * wrong**k * right ** (n - k),
            by_wrong=comb(n, k) * right**k * wrong ** (n - k),
        )
        for n in range(1, LOOK_AHEAD + 1)
        for k in range((n + 1) // 2)
    )


def _bin(weight: float) -> int:
    return min(WEIGHT_BINS - 1, int(weight * WEIGHT_BINS))
