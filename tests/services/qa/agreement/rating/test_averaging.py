"""The mean, its interval and what follows from them, whatever the order of ballots."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.rating import stop, tally
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Ballot, Budget, Confident, Stop
from tests.services.qa.agreement.rating.builders import (
    FINE,
    STARS,
    Votes,
    ballots_of,
    newcomers_say,
    votes,
)

RULE = AnswersWanted(min=2, max=5, goal=0.5)


def test_equal_weights_make_the_plain_mean() -> None:
    average = newcomers_say(3, 4, 4)

    assert average.answer == 3.6667
    assert average.distribution == {"3": 0.3333, "4": 0.6667}
    assert newcomers_say(3, 5).answer == 4


@given(votes(), st.randoms(use_true_random=False))
def test_order_of_ballots_changes_nothing(cast: Votes, chance: Random) -> None:
    ballots, weights = cast

    assert tally(chance.sample(ballots, len(ballots)), FINE, weights) == tally(
        ballots, FINE, weights
    )


@given(votes())
def test_the_mean_is_between_the_lowest_and_the_highest_and_in_its_interval(cast: Votes) -> None:
    ballots, weights = cast
    average = tally(ballots, FINE, weights)
    ratings = [ballot.answer for ballot in ballots]

    assert average.answer is not None
    assert average.detail is not None
    assert min(ratings) <= average.answer <= max(ratings)
    assert FINE.low <= average.detail.low <= average.answer <= average.detail.high <= FINE.high
    assert average.detail.margin > 0
    assert 0 <= average.probability <= 1
    assert sum(average.distribution.values()) == pytest.approx(1, abs=1e-3)


@given(votes(), st.floats(0.0001, 0.9999))
def test_one_more_who_agrees_makes_it_surer(cast: Votes, weight: float) -> None:
    ballots, weights = cast
    before = tally(ballots, FINE, weights)
    assert before.answer is not None
    more = Ballot("a-more", "w-more", before.answer)
    after = tally([*ballots, more], FINE, weights | {"a-more": weight})

    assert after.answer == pytest.approx(before.answer, abs=1e-4)
    assert after.probability >= before.probability
    assert before.detail is not None
    assert after.detail is not None
    assert after.detail.margin <= before.detail.margin


def test_nobody_is_no_answer() -> None:
    nothing = tally([], STARS, {})

    assert nothing.answer is None
    assert nothing.detail is None
    assert nothing.probability == 0
    assert stop(nothing, 0, AnswersWanted(0, 5, 0.5), 0.8) == AskOneMore(1)


def test_what_is_no_rating_or_has_no_weight_is_left_out() -> None:
    ballots = ballots_of(3, 9, 5)

    assert tally(ballots, STARS, {"a-0": 0.5, "a-1": 0.5}).answer == 3


def test_few_equal_ratings_are_less_sure_than_many() -> None:
    margins = [newcomers_say(*[3] * count).detail for count in (1, 2, 4, 8)]
    wide = [detail.margin for detail in margins if detail]

    assert wide == sorted(wide, reverse=True)
    assert len(set(wide)) == 4


def test_people_are_surer_of_the_ends_than_of_the_middle() -> None:
    middle, end = newcomers_say(3, 3, 3).detail, newcomers_say(1, 1, 1).detail

    assert middle
    assert end
    assert end.margin < middle.margin
    assert end.low == 1


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([3], AskOneMore(2)),
        ([5, 5], AskOneMore(3)),
        ([5, 5, 5], Confident()),
        ([1, 5, 1, 5], AskOneMore(5)),
        ([1, 5, 1, 5, 3], Budget(0)),
    ],
)
def test_it_stops_at_half_of_the_interval(ratings: list[float], expected: Stop) -> None:
    assert stop(newcomers_say(*ratings), len(ratings), RULE, 0.8) == expected


@given(votes(), st.integers(1, 9), st.integers(0, 9), st.floats(0.01, 10))
def test_never_asks_beyond_the_most(cast: Votes, least: int, more: int, goal: float) -> None:
    ballots, weights = cast
    rule = AnswersWanted(least, least + more, goal)
    decided = stop(tally(ballots, FINE, weights), len(ballots), rule, 0.8)

    if isinstance(decided, AskOneMore):
        assert len(ballots) < decided.wanted <= rule.max
    else:
        assert len(ballots) >= least
