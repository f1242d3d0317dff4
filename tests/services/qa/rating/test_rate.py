"""Ratings: newcomers start from all workers, age counts, and who turns bad is seen soon."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.reliability import Population, Reliability
from services.qa.rating.newest import KEPT
from services.qa.rating.rate import rate

EVERYBODY = Population(1_000, 820_000)
SEEDS = 200
LOOKED_AT = 30


def a_worker(shares: Sequence[float]) -> Reliability:
    agreed = sum(round(1000 * share) for share in shares)
    return Reliability({"answers": len(shares), "agreed_milli": agreed})


def turned_after(before: float, then: float, seed: int) -> int | None:
    """Of 30 answers after 200 steady ones, how many it took until the worker had turned bad."""
    rng = Random(seed)
    shares = [_share(rng, before) for _ in range(200)]
    for answers in range(1, LOOKED_AT + 1):
        shares.append(_share(rng, then))
        if rate(a_worker(shares), shares[: -KEPT - 1 : -1], EVERYBODY).turned:
            return answers
    return None


def _share(rng: Random, reliability: float) -> float:
    """How probable the others make an answer: they are sure, and wrong 4 times in 100."""
    right = (rng.random() < reliability) != (rng.random() < 0.04)
    sure = min(1.0, max(0.0, rng.gauss(0.95, 0.06)))
    return round(31 * (sure if right else 1 - sure)) / 31


def test_a_newcomer_is_what_everybody_is() -> None:
    rating = rate(Reliability(), [], EVERYBODY)

    assert rating.mean == pytest.approx(EVERYBODY.mean, abs=1e-4)
    assert rating.lower < rating.mean < rating.upper
    assert rating.count == 0


@pytest.mark.parametrize("before", [0.75, 0.85, 0.95])
def test_of_steady_workers_one_in_twenty_at_most_is_taken_for_one_who_turned(before: float) -> None:
    alarms = sum(turned_after(before, before, seed) is not None for seed in range(SEEDS))

    print(f"steady at {before}: {alarms / SEEDS:.3f} taken for turned in {LOOKED_AT} answers")
    assert alarms <= 0.05 * SEEDS


@pytest.mark.parametrize(
    ("before", "then", "least"), [(0.95, 0.5, 0.97), (0.85, 0.25, 0.97), (0.85, 0.5, 0.85)]
)
def test_who_turns_to_answering_at_random_is_seen_within_thirty_answers(
    before: float, then: float, least: float
) -> None:
    found = [turned_after(before, then, seed) for seed in range(SEEDS)]
    seen = [answers for answers in found if answers is not None]

    print(f"{before} to {then}: {len(seen) / SEEDS:.3f}, after {sum(seen) / len(seen):.1f} answers")
    assert len(seen) >= least * SEEDS


def test_whoever_has_turned_is_rated_by_what_they_did_since() -> None:
    shares = [1.0] * 500 + [0.5, 0.0] * 8
    rating = rate(a_worker(shares), shares[: -KEPT - 1 : -1], EVERYBODY)

    assert rating.turned >= 14
    assert rating.upper < 0.8


def test_later_answers_count_more() -> None:
    better, worse = [0.5] * 60 + [0.75] * 20, [0.75] * 20 + [0.5] * 60
    better_now, worse_now = (
        rate(a_worker(shares), shares[: -KEPT - 1 : -1], EVERYBODY) for shares in (better, worse)
    )

    assert better_now.mean > worse_now.mean
    assert better_now.count == worse_now.count == 80


@given(st.lists(st.floats(0, 1), max_size=60), st.integers(0, 10_000), st.integers(0, 1000))
def test_whatever_is_kept_the_interval_holds_the_mean(
    shares: list[float], more: int, mean: int
) -> None:
    counters = {"answers": more, "agreed_milli": more * mean}
    rating = rate(Reliability(counters), shares[:KEPT], EVERYBODY)

    assert 0 <= rating.lower <= rating.mean <= rating.upper <= 1
