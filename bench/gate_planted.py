"""Models whose errors are known, and what a threshold would truly let through."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.intake.promise.bands import BANDS, EDGES

CHANGE = 0.5
POINTS = 20_000
"""Outputs in a row by which the truth of a model is computed."""

Numbers = NDArray[Any]


def _steady(error: Numbers, _: Numbers) -> Numbers:
    return error


@dataclass(frozen=True)
class Planted:
    """A model. An output is a number `u` from 0 to 1, evenly spread; all take arrays of them.

    confidence, error: what the model says of it, and how likely it is wrong. worse: what an error
    has become at a point of the run, from 0 to 1. is_swapped: another model from halfway on.
    """

    name: str
    confidence: Callable[[Numbers], Numbers]
    error: Callable[[Numbers], Numbers]
    worse: Callable[[Numbers, Numbers], Numbers] = _steady
    is_swapped: bool = False

    def drawn(self, chance: np.random.Generator, points: Numbers) -> tuple[Numbers, Numbers]:
        """Return the confidence of the outputs at these points, and which of them are wrong."""
        u = chance.random(len(points))
        wrong = chance.random(len(points)) < self.worse(self.error(u), points)
        return self.confidence(u), wrong

    @property
    def is_steady(self) -> bool:
        """Whether the model stays as it is."""
        return self.worse is _steady

    def has_changed(self, point: float) -> bool:
        """Whether it is another model by now, or begins to be."""
        return point >= CHANGE if self.is_swapped else not self.is_steady

    def truth_at(self, point: float) -> "Truth":
        """Return the truth at a point of the run, to a hundredth of it."""
        return _truth(self, int(100 * point) / 100)


@dataclass(frozen=True, slots=True)
class Truth:
    """For each band: which share of all outputs is at or above it, and is so and wrong."""

    above: tuple[float, ...]
    wrong: tuple[float, ...]

    def error(self, band: int) -> float:
        """Return the share that is wrong of the outputs at or above a band."""
        return self.wrong[band] / self.above[band] if self.above[band] else 0.0

    def safe(self, max_error: float) -> list[int]:
        """Return the bands at or above which there are outputs, and no more wrong than this."""
        bands = [band for band in range(BANDS) if self.above[band]]
        return [band for band in bands if self.error(band) <= max_error]


def bands_of(confidences: Numbers) -> Numbers:
    """Return the band of each confidence, as `band_of` does of one."""
    found: Numbers = np.searchsorted(EDGES, confidences, side="right")
    return found - 1


@lru_cache(maxsize=2048)
def _truth(planted: Planted, point: float) -> Truth:
    u = (np.arange(POINTS) + 0.5) / POINTS
    bands = bands_of(planted.confidence(u))
    errors = planted.worse(planted.error(u), np.full(POINTS, point))
    above, wrong = (
        np.bincount(bands, weights=one, minlength=BANDS)[::-1].cumsum()[::-1] / POINTS
        for one in (np.ones(POINTS), errors)
    )
    return Truth(tuple(above.tolist()), tuple(wrong.tolist()))


def _wrong(u: Numbers) -> Numbers:
    """Return an error whose mean is 7 %: most outputs are sure, some are a coin's toss."""
    errors: Numbers = np.power(1 - np.power(1 - u, 0.2), 1 / 0.6)
    return errors


def _right(u: Numbers) -> Numbers:
    return 1 - _wrong(u)


def _upside_down(u: Numbers) -> Numbers:
    return np.where(u < 0.1, 0.5, _wrong(u) / 4)


CALIBRATED = Planted("calibrated", _right, _wrong)
"""It says how likely it is right."""
OVERCONFIDENT = Planted("overconfident: errs 4 times as often", lambda u: 1 - _wrong(u) / 4, _wrong)
MODEST = Planted("modest: never above 0.95", lambda u: 0.95 * _right(u), _wrong)


def steady_models(max_error: float) -> tuple[Planted, ...]:
    """Return models that stay as they are; of the last three no threshold keeps the promise."""
    return (
        CALIBRATED,
        OVERCONFIDENT,
        MODEST,
        Planted("upside down: the surest tenth at chance", _right, _upside_down),
        Planted("useless at 99 %", lambda u: 0.99 + u / 100, lambda u: np.full(len(u), 0.5)),
        Planted(
            "a tenth more wrong than promised",
            lambda u: 1 - u / 5,
            lambda u: np.full(len(u), 1.1 * max_error),
        ),
    )


def swapped(more: float) -> Planted:
    """Return a calibrated model that is swapped halfway for one that errs more, however sure it is.

    more: the share of its right answers that are wrong from then on.
    """

    def worse(error: Numbers, point: Numbers) -> Numbers:
        return np.where(point < CHANGE, error, error + more * (1 - error))

    return Planted(f"swapped: {more:.1%} more are wrong", _right, _wrong, worse, is_swapped=True)


def drifting(times: float) -> Planted:
    """Return a calibrated model whose odds of each error grow steadily to this many times."""

    def worse(error: Numbers, point: Numbers) -> Numbers:
        odds = (1 + (times - 1) * point) * error
        return odds / (1 - error + odds)

    return Planted(f"drifting: odds of an error to × {times:g}", _right, _wrong, worse)
