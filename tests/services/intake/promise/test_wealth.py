"""The wealth is a fair gamble: it is expected to stay, and seldom ever reaches what refutes."""

from itertools import pairwise
from math import comb, exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.promise.audits import rate
from services.intake.promise.wealth import BETS, bets_of, interval, log_wealth, refuted

COUNTS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 300), st.integers(0, 60)), min_size=1, max_size=6
)
BOUNDS = st.floats(0.005, 0.5)


@pytest.mark.parametrize("bound", [0.02, 0.05, 0.3])
@pytest.mark.parametrize("times", [0, 4])
def test_wealth_is_expected_to_stay_where_just_as_many_are_wrong(bound: float, times: int) -> None:
    outputs = 40
    expected = sum(
        comb(outputs, wrong)
        * bound**wrong
        * (1 - bound) ** (outputs - wrong)
        * exp(log_wealth([(times, outputs - wrong, wrong)], bound))
        for wrong in range(outputs + 1)
    )
    assert expected == pytest.approx(1)


@settings(max_examples=50, deadline=None)
@given(
    bound=BOUNDS, share=st.floats(0.01, 0.99), times=st.integers(0, 6), bet=st.sampled_from(BETS)
)
def test_wealth_is_expected_to_stay_where_few_of_the_sure_are_seen(
    bound: float, share: float, times: int, bet: float
) -> None:
    # `share` of the outputs are sure, and 1 of 2**times of them is seen; all of the others are.
    sure_wrong = bound * share / 2
    unsure_wrong = bound - sure_wrong
    if unsure_wrong > 1 - share:
        return
    seen = rate(times)
    after = _after(bound, bet, 0), _after(bound, bet, times)
    expected = (
        (1 - seen) * share
        + seen * (sure_wrong * after[0][1] + (share - sure_wrong) * after[0][0])
        + unsure_wrong * after[1][1]
        + (1 - share - unsure_wrong) * after[1][0]
    )
    assert expected == pytest.approx(1)


def _after(bound: float, bet: float, times: int) -> tuple[float, float]:
    at = BETS.index(bet)
    return exp(bets_of((times, 1, 0), bound)[at]), exp(bets_of((times, 0, 1), bound)[at])


@pytest.mark.parametrize("risk", [0.05, 0.2])
def test_looking_after_every_verdict_refutes_a_true_bound_no_more_often_than_allowed(
    risk: float,
) -> None:
    # Exact: wealth follows from counts, so the chance of every path to a refutation adds up.
    bound, going, ever = 0.1, {0: 1.0}, 0.0
    for number in range(1, 200):
        after: dict[int, float] = {}
        for wrong, chance in going.items():
            for more, odds in ((0, 1 - bound), (1, bound)):
                after[wrong + more] = after.get(wrong + more, 0.0) + chance * odds
        gone = {
            wrong for wrong in after if refuted(bets_of((0, number - wrong, wrong), bound), risk)
        }
        ever += sum(after[wrong] for wrong in gone)
        going = {wrong: chance for wrong, chance in after.items() if wrong not in gone}
    assert 0 < ever <= risk


@settings(max_examples=50, deadline=None)
@given(counts=COUNTS, bounds=st.tuples(BOUNDS, BOUNDS))
def test_a_looser_bound_is_refuted_first(
    counts: list[tuple[int, int, int]], bounds: tuple[float, float]
) -> None:
    low, high = sorted(bounds)
    assert log_wealth(counts, low) <= log_wealth(counts, high) + 1e-9


def test_ninety_right_outputs_refute_one_in_twenty() -> None:
    assert exp(log_wealth([(0, 90, 0)], 0.05)) == pytest.approx(25, abs=1)
    assert refuted(bets_of((0, 90, 0), 0.05), 0.05)
    assert not refuted(bets_of((0, 60, 0), 0.05), 0.05)


@settings(max_examples=50, deadline=None)
@given(right=st.integers(0, 2_000), wrong=st.integers(0, 200))
def test_an_interval_holds_what_was_counted(right: int, wrong: int) -> None:
    low, high = interval([(0, right, wrong)], 0.95)
    assert 0 <= low <= high <= 1
    if right + wrong:
        assert low <= wrong / (right + wrong) + 1e-3
        assert wrong / (right + wrong) <= high + 1e-3


def test_an_interval_narrows_with_what_is_counted() -> None:
    widths = [
        high - low for low, high in (interval([(0, 95 * n, 5 * n)], 0.95) for n in (1, 4, 16))
    ]
    assert all(wider > narrower for wider, narrower in pairwise(widths))
    assert interval([], 0.95) == pytest.approx((0, 1), abs=1e-3)
