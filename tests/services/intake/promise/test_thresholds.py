"""A threshold is proved by what was right above it, and moves one way with each verdict."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.promise.bands import BANDS, EDGES, band_from, band_of
from services.intake.promise.learned import Audited, Learned, learn
from services.intake.promise.thresholds import Promise, lowest_proved
from tests.services.intake.promise.lessons import CELLS, COUNTED, counted

FIVE = Promise(0.05)


@settings(max_examples=40, deadline=None)
@given(learned=COUNTED, cell=CELLS, max_error=st.sampled_from([0.01, 0.05, 0.2]))
def test_a_right_output_never_raises_the_threshold_and_a_wrong_one_never_lowers_it(
    learned: Learned, cell: tuple[int, int], max_error: float
) -> None:
    promise = Promise(max_error)
    before = _or_none_at_all(lowest_proved(learned, promise))
    right = lowest_proved(learn(learned, [Audited(1, cell, wrong=False)]), promise)
    wrong = lowest_proved(learn(learned, [Audited(1, cell, wrong=True)]), promise)

    assert _or_none_at_all(right) <= before <= _or_none_at_all(wrong)


@settings(max_examples=40, deadline=None)
@given(learned=COUNTED)
def test_a_stricter_promise_never_waives_more(learned: Learned) -> None:
    plain = _or_none_at_all(lowest_proved(learned, FIVE))
    for stricter in (
        Promise(0.02),
        Promise(0.05, confidence=0.99),
        Promise(0.05, missed=0.3),
    ):
        assert plain <= _or_none_at_all(lowest_proved(learned, stricter))
    later_term = lowest_proved(replace(learned, term=2), FIVE)
    assert plain <= _or_none_at_all(later_term)


@settings(max_examples=40, deadline=None)
@given(learned=COUNTED, floor=st.floats(0, 1))
def test_the_threshold_never_falls_below_the_floor(learned: Learned, floor: float) -> None:
    proved = lowest_proved(learned, Promise(0.05, floor=floor))
    assert proved is None or EDGES[proved] >= floor


def test_nothing_is_proved_by_nothing() -> None:
    assert lowest_proved(Learned(), FIVE) is None


def test_enough_right_outputs_prove_their_band_and_not_the_one_below() -> None:
    band = band_of(0.97)
    assert lowest_proved(counted(60, 0, band), FIVE) is None
    assert lowest_proved(counted(200, 0, band), FIVE) == 0
    learned = learn(counted(200, 0, band), [Audited(1, (band - 1, 0), wrong=True)] * 40)
    assert lowest_proved(learned, FIVE) == band


def test_surest_outputs_that_are_wrong_keep_all_below_them_shut() -> None:
    learned = learn(counted(50, 50, BANDS - 1), [Audited(1, (band_of(0.9), 0), wrong=False)] * 300)
    assert lowest_proved(learned, FIVE) is None


def test_the_chances_of_all_terms_add_up_to_what_is_allowed() -> None:
    risks = [FIVE.risk(term) for term in range(1, 2_000)]
    assert sum(risks) == pytest.approx(0.05, rel=0.001)
    assert sum(risks) <= 0.05
    assert sorted(risks, reverse=True) == risks


@pytest.mark.parametrize(("confidence", "edge"), [(0, 0), (0.4999, 0), (0.95, 0.95), (1, 0.999)])
def test_a_confidence_is_in_the_band_that_begins_at_or_below_it(
    confidence: float, edge: float
) -> None:
    assert EDGES[band_of(confidence)] == edge
    assert band_from(1) == BANDS
    assert EDGES[band_from(0.93)] == 0.94


def _or_none_at_all(band: int | None) -> int:
    return BANDS if band is None else band
