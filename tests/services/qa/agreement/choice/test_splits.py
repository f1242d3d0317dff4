"""Splits: trusted people who differ are told from weak ones, and an unclear pair from many."""

from collections import Counter
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.causes import named, planted
from services.qa.agreement.choice import Tally, tally
from services.qa.agreement.choice.splits import (
    FAULTY_TASKS_MIN,
    OPTIONS_MAX,
    ambiguity,
    ambiguous_share,
    cause_of,
    faulty_pair,
    split_lesson,
)
from tests.services.qa.agreement.choice.builders import (
    OPTIONS,
    Votes,
    ballots_of,
    votes,
    weights_of,
)

FIVE = OPTIONS[:5]


def split(each: int, weight: float, *, pair: tuple[str, str] = ("cat", "dog")) -> Tally:
    """Count as many answers for either of the two, all of one weight."""
    ballots = ballots_of(*[pair[0]] * each, *[pair[1]] * each)
    return tally(ballots, FIVE, weights_of(ballots, *[weight] * 2 * each))


def test_trusted_people_who_differ_are_split_and_weak_ones_err() -> None:
    assert ambiguity(split(3, 0.9)) > 0.9
    assert ambiguity(split(3, 0.4)) < 0.2
    assert ambiguity(split(1, 0.95)) == 0


def test_who_differs_alone_has_slipped() -> None:
    ballots = ballots_of("cat", "cat", "cat", "dog")
    assert ambiguity(tally(ballots, FIVE, weights_of(ballots, *[0.95] * 4))) == 0


@given(votes(), st.randoms(use_true_random=False), st.floats(0.01, 0.9))
def test_order_of_ballots_changes_no_split(cast: Votes, chance: Random, share: float) -> None:
    options, ballots, weights = cast
    one = tally(ballots, options, weights)
    other = tally(chance.sample(ballots, len(ballots)), options, weights)
    assert 0 <= ambiguity(one, share) == ambiguity(other, share) <= 1
    assert split_lesson(one, share) == split_lesson(other, share)


def test_a_type_with_many_splits_expects_more_of_them() -> None:
    counters: Counter[str] = Counter()
    for _ in range(100):
        counters.update(split_lesson(split(3, 0.9)))
    assert ambiguous_share({}) == pytest.approx(0.1)
    assert ambiguous_share(counters) > 0.5


def test_a_pair_that_splits_most_is_unclear() -> None:
    counters: Counter[str] = Counter()
    for pair in combinations(FIVE, 2):
        counters.update(split_lesson(split(3, 0.95, pair=pair)))
    assert faulty_pair(counters, FIVE) is None
    for _ in range(2 * FAULTY_TASKS_MIN):
        counters.update(split_lesson(split(3, 0.95, pair=("dog", "gnu"))))
    assert faulty_pair(counters, FIVE) == ("dog", "gnu")
    assert cause_of(split(3, 0.95, pair=("dog", "gnu")), counters) == "instruction"
    assert cause_of(split(3, 0.95), counters) == "ambiguity"
    assert cause_of(split(3, 0.3), counters) == "noise"


def test_of_two_options_or_very_many_no_pair_is_named() -> None:
    many = tuple(f"option {at}" for at in range(OPTIONS_MAX + 1))
    assert faulty_pair({'split_milli:["cat", "dog"]': 9000}, ("cat", "dog")) is None
    assert faulty_pair({}, many) is None


def test_planted_causes_are_named() -> None:
    counts = named(planted(1, tasks=300), 1)
    assert counts["plain", "confident"] > 0.75 * _planted(counts, "plain")
    for cause in ("ambiguity", "instruction"):
        others = [name for name in ("noise", "ambiguity", "instruction") if name != cause]
        assert counts[cause, cause] > max(counts[cause, name] for name in others)


def _planted(counts: Counter[tuple[str, str]], cause: str) -> int:
    return sum(count for (planted_cause, _), count in counts.items() if planted_cause == cause)
