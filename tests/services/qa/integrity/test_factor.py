"""Evidence weighs answers down, never up, and to nothing at most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.evidence import evidence
from services.qa.agreement.reliability import Population, Reliability
from services.qa.integrity import factor_of, weakened
from tests.services.qa.integrity.crowds import always_first, at_random, right_at, worker_of

POPULATION = Population(1_000, 820_000)
weights = st.floats(0.001, 0.999)


@given(weights, st.floats(0, 1), st.integers(2, 20))
def test_a_weakened_answer_has_the_factor_s_share_of_its_evidence(
    weight: float, factor: float, options: int
) -> None:
    left = weakened(weight, factor, 1 / options)

    assert evidence(left, options) == pytest.approx(factor * evidence(weight, options), abs=0.01)


@given(st.dictionaries(st.sampled_from(["answers", "agreed_milli", "said:a", "likely_milli:a"]),
                       st.integers(0, 10**6)))  # fmt: skip
def test_whatever_the_counters_a_factor_is_a_share(counters: dict[str, int]) -> None:
    assert 0 <= factor_of(Reliability(counters), POPULATION) <= 1


def test_somebody_nobody_knows_counts_as_before() -> None:
    assert factor_of(Reliability(), POPULATION) == 1.0
    assert weakened(0.82, 1.0, 0.5) == 0.82


@pytest.mark.parametrize("answering", [at_random, always_first])
def test_whoever_does_not_look_soon_counts_little(answering: object) -> None:
    factors = [
        factor_of(worker_of(answering, seed=seed, answers=60, options=4), POPULATION)  # type: ignore[arg-type]
        for seed in range(20)
    ]

    assert sum(factors) / len(factors) < 0.1


def test_whoever_looks_counts_in_full() -> None:
    factors = [
        factor_of(worker_of(right_at(0.8), seed=seed, answers=60, options=4), POPULATION)
        for seed in range(20)
    ]

    assert min(factors) > 0.99
