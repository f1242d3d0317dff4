"""Corrects stated probabilities by what was right, and measures how far they are from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

from services.qa.agreement.evidence import DIGITS

EDGES = (
    *(0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9),
    *(0.925, 0.95, 0.965, 0.98, 0.99),
)
"""Upper ends of the bins in which outcomes are counted, but for the last, which ends at 1."""
OUTCOMES_MIN = 10  # below, a curve is a guess
GAP_STRENGTH = 20  # outcomes without any gap that the mean gap is weighed against
BIN_STRENGTH = 5  # outcomes at the mean gap that each bin is weighed against
ERROR_BINS = 10

_COUNT, _RIGHT, _STATED = "checked", "checked_right_milli", "checked_stated_milli"
_FIELDS = tuple(
    f"{name}:{at}" for name, at in product((_COUNT, _RIGHT, _STATED), range(len(EDGES) + 1))
)

Curve = tuple[tuple[float, float], ...]
"""Points of stated and corrected probability, both rising; at most 17. Empty: no correction."""


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Verdicts whose stated probabilities lie in one range: their number and their two means."""

    count: int
    stated: float
    right: float


def outcome_lesson(stated: float, right: float) -> dict[str, int]:
    """Return what one verdict, checked later, adds to its task type's counters.

    `stated` is the probability before any correction, `right` 1 or 0, or a probability where only
    fuller evidence checked it.
    Example: stated 0.91 and right adds 1, 1000 and 910 to the counters of its bin.
    """
    at = next((number for number, edge in enumerate(EDGES) if stated < edge), len(EDGES))
    counts = {_COUNT: 1, _RIGHT: round(1000 * right), _STATED: round(1000 * stated)}
    return {f"{name}:{at}": count for name, count in counts.items() if count}


def outcomes_in(counters: Mapping[str, int]) -> int:
    """Return how many checked verdicts these counters hold."""
    return sum(counters.get(f"{_COUNT}:{at}", 0) for at in range(len(EDGES) + 1))


def curve_of(counters: Mapping[str, int]) -> Curve:
    """Return the curve that these outcomes make, by isotonic regression over their bins.

    Pool adjacent violators (Ayer et al. 1955; for probabilities Zadrozny and Elkan 2002). Each bin
    is first drawn towards the mean gap of all, so that a few outcomes bend it little. Fewer than
    OUTCOMES_MIN outcomes make no curve.
    """
    return _curve(tuple([counters.get(field, 0) for field in _FIELDS]))


@lru_cache(maxsize=256)
def _curve(counts: tuple[int, ...]) -> Curve:
    """Return the curve of these counts; asked for with every verdict, it changes with golds."""
    counters = dict(zip(_FIELDS, counts, strict=True))
    bins = [_bin(counters, at) for at in range(len(EDGES) + 1)]
    count = sum(one.count for one in bins)
    if count < OUTCOMES_MIN:
        return ()
    gap = sum(one.count * (one.stated - one.right) for one in bins) / (count + GAP_STRENGTH)
    drawn = [
        (one.stated, (one.count * one.right + BIN_STRENGTH * guess) / (one.count + BIN_STRENGTH))
        for one in bins
        for guess in [min(1.0, max(0.0, one.stated - gap))]
    ]
    heights = isotonic([y for _, y in drawn], [one.count + BIN_STRENGTH for one in bins])
    return tuple(
        (round(x, DIGITS), round(y, DIGITS)) for (x, _), y in zip(drawn, heights, strict=True)
    )


def isotonic(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the rising values that are nearest to these, in weighted squares.

    Example: 0.2, 0.6, 0.4 of equal weight give 0.2, 0.5, 0.5.
    """
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        block = (value, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            mean, heavy, count = blocks.pop()
            both = heavy + block[1]
            block = ((mean * heavy + block[0] * block[1]) / both, both, count + block[2])
        blocks.append(block)
    return [mean for mean, _, count in blocks for _ in range(count)]


def corrected(probability: float, curve: Curve) -> float:
    """Return what the curve makes of a stated probability, on straight lines between its points.

    Example: without a curve it is unchanged.
    """
    if not curve:
        return probability
    if probability <= curve[0][0]:
        return curve[0][1]
    for (left, low), (right, high) in pairwise(curve):
        if probability <= right:
            share = (probability - left) / (right - left) if right > left else 1.0
            return round(low + share * (high - low), DIGITS)
    return curve[-1][1]


def bins_of(verdicts: Iterable[tuple[float, float]]) -> list[CalibrationBin]:
    """Return ERROR_BINS bins of equal width of (stated probability, right 0..1); empty ones too."""
    sums = [[0, 0.0, 0.0] for _ in range(ERROR_BINS)]
    for stated, right in verdicts:
        one = sums[min(ERROR_BINS - 1, int(stated * ERROR_BINS))]
        one[0] += 1
        one[1] += stated
        one[2] += right
    return [
        CalibrationBin(int(n), s / n, r / n) if n else CalibrationBin(0, 0.0, 0.0)
        for n, s, r in sums
    ]


def calibration_error(bins: Iterable[CalibrationBin]) -> float:
    """Return the mean distance of stated and reached over all verdicts (Naeini et al. 2015).

    Example: 0 where in each bin as many are right as were stated; 0 without verdicts.
    """
    kept = [one for one in bins if one.count]
    count = sum(one.count for one in kept)
    return sum(one.count * abs(one.stated - one.right) for one in kept) / count if count else 0.0


def _bin(counters: Mapping[str, int], at: int) -> CalibrationBin:
    count = counters.get(f"{_COUNT}:{at}", 0)
    if count:
        stated = counters.get(f"{_STATED}:{at}", 0) / 1000 / count
        return CalibrationBin(count, stated, counters.get(f"{_RIGHT}:{at}", 0) / 1000 / count)
    low, high = (0.0, *EDGES)[at], (*EDGES, 1.0)[at]
    middle = (low + high) / 2
    return CalibrationBin(0, middle, middle)
