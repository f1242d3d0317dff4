"""Weigh: what an answer counts, by who gave it and which it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.choice import weigh
from services.qa.agreement.evidence import WEIGHT_MAX, WEIGHT_MIN, evidence
from services.qa.agreement.reliability import Population, Reliability, estimate
from tests.services.qa.agreement.choice.builders import NEWCOMER, NOBODY, OPTIONS

BINARY = OPTIONS[:2]


def even(answers: int, share: float) -> Reliability:
    """Of two options each was said, was right and was likely equally often."""
    half, right = answers // 2, round(1000 * share * answers)
    by_option = {
        name: count
        for o in BINARY
        for name, count in {
            f"said:{o}": half,
            f"agreed_milli:{o}": right // 2,
            f"likely_milli:{o}": 500 * answers,
        }.items()
    }
    return Reliability({"answers": answers, "agreed_milli": right, **by_option})


@pytest.mark.parametrize("options", [2, 3, 10])
def test_newcomer_counts_as_the_population(options: int) -> None:
    assert weigh("cat", OPTIONS[:options], NEWCOMER, NOBODY) == pytest.approx(NOBODY.mean)


def test_even_worker_counts_as_estimated() -> None:
    worker = even(400, 0.7)
    weight = weigh("cat", BINARY, worker, NOBODY)
    assert weight == pytest.approx(estimate(worker, NOBODY), abs=0.005)


def test_known_spammer_counts_next_to_nothing() -> None:
    assert evidence(weigh("cat", BINARY, even(1_000, 0.5), NOBODY), 2) == pytest.approx(0, abs=0.03)


def test_who_always_says_the_same_says_little() -> None:
    """Right on four of five tasks, but only because four of five are cats."""
    always = Reliability(
        {
            "answers": 100,
            "agreed_milli": 80_000,
            "said:cat": 100,
            "agreed_milli:cat": 80_000,
            "likely_milli:cat": 80_000,
            "likely_milli:dog": 20_000,
        }
    )
    assert weigh("cat", BINARY, always, NOBODY) < weigh("cat", BINARY, even(100, 0.8), NOBODY) - 0.1


@given(
    st.integers(0, 10_000),
    st.floats(0, 1),
    st.integers(0, 10_000),
    st.floats(0, 1),
    st.integers(1, len(OPTIONS)),
)
def test_weight_is_bounded_and_as_recorded(
    answers: int, share: float, everybody: int, level: float, options: int
) -> None:
    worker = Reliability({"answers": answers, "agreed_milli": int(1000 * answers * share)})
    population = Population(everybody, int(1000 * everybody * level))
    weight = weigh("cat", OPTIONS[:options], worker, population)
    assert WEIGHT_MIN <= weight <= WEIGHT_MAX
    assert weight == round(weight, 6)


@given(st.integers(2, 50))
def test_chance_is_no_evidence(options: int) -> None:
    assert evidence(1 / options, options) == pytest.approx(0, abs=1e-9)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(2, 50))
def test_evidence_grows_with_weight(one: float, other: float, options: int) -> None:
    low, high = sorted((one, other))
    assert evidence(low, options) <= evidence(high, options)


def test_only_one_option_needs_no_evidence() -> None:
    assert evidence(0.9, 1) == 0.0
