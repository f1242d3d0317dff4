"""What the promise means for an output: nothing when off, a note in shadow, a decision when on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.promise.audits import HALVINGS_MAX, halvings, rate, times_beside
from services.intake.promise.bands import band_of
from services.intake.promise.learned import Audited, Learned, learn
from services.intake.promise.standing import (
    FIRST_AUDITS,
    GateStanding,
    cell_of,
    chosen,
    closes,
    leakage,
    lesson,
    standing,
)
from services.intake.promise.thresholds import Promise
from services.intake.promise.watch import entry
from tests.services.intake.promise.lessons import counted

FIVE = Promise(0.05)
OPEN = GateStanding(proved=band_of(0.9), times=4)


@settings(max_examples=50, deadline=None)
@given(confidence=st.floats(0, 1), draw=st.floats(0, 1, exclude_max=True))
def test_a_mode_changes_who_decides_and_not_what_would_be_waived(
    confidence: float, draw: float
) -> None:
    on = chosen(confidence, OPEN, mode="on", draw=draw)
    shadow = chosen(confidence, OPEN, mode="shadow", draw=draw)
    off = chosen(confidence, OPEN, mode="off", draw=draw)

    assert (off.reason, off.would_waive) == (None, False)
    assert shadow.reason is None
    assert shadow.would_waive == on.would_waive == (on.reason == "confident")
    assert (on.reason == "below_threshold") == (confidence < 0.9)


def test_a_gate_that_knows_nothing_shows_people_everything() -> None:
    stands = standing(Learned(), FIVE, 0.05)
    assert stands.threshold is None
    assert chosen(1.0, stands, mode="on", draw=0.99).reason == "below_threshold"
    assert leakage(Learned(), stands, FIVE) is None


def test_a_verdict_weighs_as_seldom_as_its_kind_is_seen() -> None:
    assert cell_of(0.95, OPEN) == (band_of(0.95), 0)
    assert cell_of(0.5, OPEN) == (band_of(0.5), 4)
    assert cell_of(0.5, GateStanding()) == (band_of(0.5), 0)
    audited = lesson(0.95, OPEN, wrong=True, at_ms=7, name="o")
    assert audited == Audited(1, (band_of(0.95), 0), wrong=True, entry=entry(7, "o", wrong=True))
    assert lesson(0.5, OPEN, wrong=True, at_ms=7, name="o").entry is None


@pytest.mark.parametrize(
    ("audited", "share"), [(0, 1 / 2), (64, 1 / 4), (128, 1 / 8), (512, 1 / 16)]
)
def test_the_first_audits_are_denser_than_the_operators_share(audited: int, share: float) -> None:
    right = (lesson(0.95, OPEN, wrong=False, at_ms=at, name="o") for at in range(audited))
    stands = standing(learn(Learned(), right), FIVE, 0.05)
    assert rate(stands.times) == share
    assert FIRST_AUDITS == 64


def test_a_worse_model_is_looked_at_wholly_and_then_closes_the_gate() -> None:
    right = [lesson(0.95, OPEN, wrong=False, at_ms=at, name="o") for at in range(400)]
    learned = learn(Learned(), right)
    assert standing(learned, FIVE, 0.05).threshold == 0
    seen, suspected = 0, False
    while not closes(learned, FIVE):
        wrong = lesson(0.95, OPEN, wrong=seen % 3 == 0, at_ms=400 + seen, name="o")
        learned, seen = learn(learned, [wrong]), seen + 1
        suspected = standing(learned, FIVE, 0.05).times == 0
    assert suspected
    assert seen < 60


def test_leakage_is_estimated_with_an_interval_that_people_who_miss_errors_widen() -> None:
    learned = counted(975, 25, band_of(0.95))
    stands = standing(learned, FIVE, 0.05)
    plain = leakage(learned, stands, FIVE)
    missed = leakage(learned, stands, Promise(0.05, missed=0.2))

    assert plain is not None
    assert missed is not None
    assert plain.share == pytest.approx(0.025)
    assert plain.low < plain.share < plain.high < 0.05
    assert missed.share == pytest.approx(0.025 / 0.8)


@settings(max_examples=50, deadline=None)
@given(share=st.floats(0.001, 1))
def test_an_audit_is_at_least_the_operators_share_and_less_than_twice(share: float) -> None:
    times = halvings(share)
    assert rate(times) >= min(share, 1)
    assert times == HALVINGS_MAX or rate(times) < 2 * share
    assert halvings(0) == HALVINGS_MAX


@settings(max_examples=50, deadline=None)
@given(share=st.floats(0.001, 1), draw=st.floats(0, 1, exclude_max=True))
def test_beside_a_fixed_gate_no_verdict_teaches_that_a_smaller_audit_would_not_draw(
    share: float, draw: float
) -> None:
    unsure = times_beside(share, draw, audited=False)
    if unsure is None:
        assert share < rate(HALVINGS_MAX)
        return
    assert rate(unsure) <= share
    assert times_beside(share, draw, audited=True) == (0 if draw < rate(unsure) else None)
