"""Lessons: what a verdict adds to the counters of its workers."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.choice import lessons, tally, weigh
from services.qa.agreement.reliability import Population, Reliability, population_lesson
from services.qa.agreement.terms import Ballot
from tests.services.qa.agreement.choice.builders import (
    OPTIONS,
    Votes,
    ballots_of,
    votes,
    weights_of,
)


def taught(cast: Votes) -> dict[str, dict[str, int]]:
    options, ballots, weights = cast
    return lessons(tally(ballots, options, weights), ballots)


def test_who_agrees_with_the_others_gains_and_who_does_not_does_not() -> None:
    ballots = ballots_of("cat", "cat", "cat", "dog")
    learned = taught((OPTIONS[:2], ballots, weights_of(ballots, 0.8, 0.8, 0.8, 0.8)))
    assert learned["w-0"]["agreed_milli"] > 950
    assert learned["w-3"].get("agreed_milli", 0) < 5
    assert learned["w-3"]["answers"] == learned["w-3"]["said:dog"] == 1


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_teach_nothing(count: int) -> None:
    ballots = ballots_of(*["cat"] * count)
    assert taught((OPTIONS[:2], ballots, weights_of(ballots, *[0.9] * count))) == {}


def test_ballot_that_was_not_counted_teaches_nothing() -> None:
    ballots = ballots_of("cat", "cat")
    counted = tally(ballots, OPTIONS[:2], weights_of(ballots, 0.8, 0.8))
    stray = Ballot("a-9", "w-9", "yeti")
    assert lessons(counted, [*ballots, stray]) == lessons(counted, ballots)


@given(votes(), st.randoms(use_true_random=False))
def test_order_of_ballots_changes_no_lesson(cast: Votes, chance: Random) -> None:
    options, ballots, weights = cast
    assert taught((options, chance.sample(ballots, len(ballots)), weights)) == taught(cast)


@given(votes())
def test_lessons_are_positive_integers_within_one_answer(cast: Votes) -> None:
    for lesson in taught(cast).values():
        assert all(type(count) is int and count > 0 for count in lesson.values())
        assert lesson["answers"] == 1
        assert lesson.get("agreed_milli", 0) <= 1000


@given(votes(), st.floats(0.02, 0.97))
def test_own_weight_does_not_move_own_lesson(cast: Votes, weight: float) -> None:
    options, ballots, weights = cast
    changed = (options, ballots, weights | {"a-0": weight})
    before, after = (Counter(t.get("w-0", {})) for t in (taught(cast), taught(changed)))
    assert all(abs(before[name] - after[name]) <= 1 for name in before | after)


@given(votes())
def test_population_learns_the_sum_of_its_workers(cast: Votes) -> None:
    learned = taught(cast)
    total = population_lesson(learned)
    assert total["answers"] == len(learned)
    assert total["agreed_milli"] == sum(t.get("agreed_milli", 0) for t in learned.values())


@given(st.lists(votes(), max_size=4), st.integers(2, 10))
def test_what_was_taught_in_any_history_can_be_weighed(history: list[Votes], options: int) -> None:
    """No sum of lessons makes a logarithm or a quotient fail."""
    counters: Counter[str] = Counter()
    for cast in history:
        for lesson in taught(cast).values():
            counters.update(lesson)
    population = Population(counters["answers"], counters["agreed_milli"])
    for answer in OPTIONS[:options]:
        weight = weigh(answer, OPTIONS[:options], Reliability(counters), population)
        assert 0 < weight < 1
