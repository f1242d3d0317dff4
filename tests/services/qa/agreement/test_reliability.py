"""Reliability: what counters say of a worker, and how sure we are of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.reliability import Population, Reliability, estimate, interval


def a_worker(answers: int, agreed_milli: int) -> Reliability:
    return Reliability({"answers": answers, "agreed_milli": agreed_milli})


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    answers = draw(st.integers(0, 10_000))
    return answers, draw(st.integers(0, 1000 * answers))


def test_newcomer_is_what_the_population_is() -> None:
    population = Population(answers=1_000, agreed_milli=700_000)
    assert estimate(Reliability(), population) == population.mean


@pytest.mark.parametrize(
    ("answers", "agreed_milli", "expected"),
    [(0, 0, 0.82), (10, 10_000, 0.91), (10, 0, 0.41), (990, 495_000, 0.5032)],
)
def test_own_answers_displace_the_prior(answers: int, agreed_milli: int, expected: float) -> None:
    assert estimate(a_worker(answers, agreed_milli), Population()) == pytest.approx(expected)


def test_population_forgets_its_first_guess() -> None:
    assert Population(50, 25_000).mean == pytest.approx((0.82 + 0.5) / 2)
    assert Population(100_000, 60_000_000).mean == pytest.approx(0.6, abs=0.001)


@given(counts(), counts())
def test_interval_holds_the_mean_and_stays_between_0_and_1(
    own: tuple[int, int], everybody: tuple[int, int]
) -> None:
    found = interval(a_worker(*own), Population(*everybody))
    assert 0 <= found.low <= found.mean <= found.high <= 1
    assert found.count == own[0]


def test_interval_narrows_with_answers() -> None:
    few, many = (interval(a_worker(n, 800 * n), Population()) for n in (10, 1_000))
    assert many.high - many.low < (few.high - few.low) / 4
