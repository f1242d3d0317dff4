"""Calibration: the curve rises, few outcomes bend it little, and errors are counted by bins."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.calibration import (
    OUTCOMES_MIN,
    Curve,
    bins_of,
    calibration_error,
    corrected,
    curve_of,
    isotonic,
    outcome_lesson,
    outcomes_in,
)

OUTCOMES = st.lists(st.tuples(st.floats(0.1, 1), st.booleans()), max_size=60)


def curve(outcomes: list[tuple[float, bool]]) -> Curve:
    counters: Counter[str] = Counter()
    for stated, right in outcomes:
        counters.update(outcome_lesson(stated, right))
    return curve_of(counters)


@given(OUTCOMES, st.randoms(use_true_random=False))
def test_order_of_outcomes_changes_nothing(
    outcomes: list[tuple[float, bool]], chance: Random
) -> None:
    assert curve(outcomes) == curve(chance.sample(outcomes, len(outcomes)))


@given(OUTCOMES, st.floats(0, 1), st.floats(0, 1))
def test_the_surer_stays_the_surer(
    outcomes: list[tuple[float, bool]], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    points = curve(outcomes)
    assert len(points) <= 20
    assert corrected(low, points) <= corrected(high, points)


def test_few_outcomes_make_no_curve() -> None:
    few = [(0.95, False)] * (OUTCOMES_MIN - 1)
    assert curve(few) == ()
    assert corrected(0.95, ()) == 0.95
    assert corrected(0.95, curve([*few, (0.95, False)])) < 0.7


def test_many_outcomes_say_what_was_reached() -> None:
    points = curve([(0.96, True)] * 160 + [(0.96, False)] * 40)
    assert corrected(0.96, points) == pytest.approx(0.8, abs=0.01)


def test_outcomes_are_counted() -> None:
    counters = Counter(outcome_lesson(0.91, right=1))
    counters.update(outcome_lesson(1.0, right=0))
    assert outcomes_in(counters) == 2
    assert counters["checked_right_milli:11"] == 1000
    assert counters["checked_stated_milli:11"] == 910


def test_fuller_evidence_counts_as_probably_right() -> None:
    surely, probably = [(0.9, 1.0)] * 50, [(0.9, 0.8)] * 50
    sums = [Counter[str](), Counter[str]()]
    for counters, outcomes in zip(sums, (surely, probably), strict=True):
        for stated, right in outcomes:
            counters.update(outcome_lesson(stated, right))
    assert corrected(0.9, curve_of(sums[1])) < corrected(0.9, curve_of(sums[0]))


def test_pooled_values_are_means() -> None:
    assert isotonic([0.2, 0.6, 0.4], [1, 1, 1]) == pytest.approx([0.2, 0.5, 0.5])
    assert isotonic([0.6, 0.4], [3, 1]) == pytest.approx([0.55, 0.55])
    assert isotonic([], []) == []


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 9)), max_size=9))
def test_isotonic_values_rise_and_keep_the_mean(pairs: list[tuple[float, float]]) -> None:
    values, weights = [v for v, _ in pairs], [w for _, w in pairs]
    risen = isotonic(values, weights)
    assert all(low <= high + 1e-12 for low, high in pairwise(risen))
    kept = [sum(v * w for v, w in zip(these, weights, strict=True)) for these in (values, risen)]
    assert kept[0] == pytest.approx(kept[1])


def test_error_is_the_distance_of_stated_and_reached() -> None:
    bins = bins_of([(0.95, 1.0), (0.95, 0.0), (0.55, 1.0), (1.0, 1.0)])
    assert [one.count for one in bins] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 3]
    assert calibration_error(bins) == pytest.approx((3 * abs(2.9 / 3 - 2 / 3) + 0.45) / 4)
    assert calibration_error([]) == 0
