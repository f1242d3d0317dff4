"""Tally: the posterior is Bayes' rule, whatever the order of ballots."""

from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.choice import tally
from services.qa.agreement.choice.tallying import sums_by_option
from services.qa.agreement.terms import Ballot
from tests.services.qa.agreement.choice import bayes
from tests.services.qa.agreement.choice.builders import (
    OPTIONS,
    Votes,
    ballots_of,
    newcomers_say,
    votes,
    weights_of,
)


@given(votes())
def test_distribution_is_that_of_the_second_implementation(cast: Votes) -> None:
    options, ballots, weights = cast
    counted = tally(ballots, options, weights).distribution
    assert counted == pytest.approx(bayes.distribution(ballots, options, weights), abs=1e-6)


@given(votes())
def test_distribution_sums_to_1(cast: Votes) -> None:
    options, ballots, weights = cast
    assert sum(tally(ballots, options, weights).distribution.values()) == pytest.approx(1, abs=1e-5)


@given(votes(), st.randoms(use_true_random=False))
def test_order_of_ballots_changes_nothing(cast: Votes, chance: Random) -> None:
    options, ballots, weights = cast
    shuffled = chance.sample(ballots, len(ballots))
    assert tally(shuffled, options, weights) == tally(ballots, options, weights)


@given(votes())
def test_answer_is_of_the_most_probable(cast: Votes) -> None:
    options, ballots, weights = cast
    counted = tally(ballots, options, weights)
    assert counted.answer is not None
    assert counted.distribution[counted.answer] == counted.probability
    assert counted.probability == max(counted.distribution.values())


@given(votes(), st.data())
def test_one_more_who_agrees_never_lowers_an_option(cast: Votes, data: st.DataObject) -> None:
    options, ballots, weights = cast
    answer = data.draw(st.sampled_from(options))
    weight = data.draw(st.floats(1 / len(options), 0.97))
    more = Ballot("a-more", "w-more", answer)
    before = tally(ballots, options, weights)
    after = tally([*ballots, more], options, weights | {"a-more": weight})
    assert after.distribution[answer] >= before.distribution[answer]


@pytest.mark.parametrize(
    ("options", "agreeing", "confident"),
    [(2, 2, False), (2, 3, True), (3, 3, True), (5, 2, False), (5, 3, True), (10, 2, True)],
)
def test_two_or_three_newcomers_who_agree_are_enough(
    options: int, agreeing: int, confident: bool
) -> None:
    counted = newcomers_say(*["cat"] * agreeing, of=options)
    assert (counted.probability >= 0.95) is confident


@given(st.integers(2, 10), st.integers(1, 9))
def test_any_number_of_known_spammers_leaves_all_options_equal(options: int, count: int) -> None:
    ballots = ballots_of(*["cat"] * count)
    weights = weights_of(ballots, *[1 / options] * count)
    counted = tally(ballots, OPTIONS[:options], weights)
    assert counted.probability == pytest.approx(1 / options, abs=1e-5)


def test_tie_goes_to_the_lowest_assignment_id() -> None:
    ballots = [Ballot("a-2", "w-1", "cat"), Ballot("a-1", "w-2", "dog")]
    counted = tally(ballots, OPTIONS[:2], weights_of(ballots, 0.8, 0.8))
    assert counted.answer == "dog"
    assert counted.probability == 0.5


def test_tie_between_options_nobody_chose_goes_to_the_first_listed() -> None:
    ballots = ballots_of("cat")
    assert tally(ballots, OPTIONS[:3], weights_of(ballots, 0.1)).answer == "dog"


def test_no_ballot_is_no_answer() -> None:
    counted = tally([], OPTIONS[:4], {})
    assert counted.answer is None
    assert counted.probability == 0.25


@pytest.mark.parametrize(
    "stray", [Ballot("a-9", "w-9", "yeti"), Ballot("a-unweighed", "w-9", "dog")]
)
def test_ballot_for_no_option_or_without_weight_says_nothing(stray: Ballot[str]) -> None:
    ballots = ballots_of("cat", "cat")
    weights = weights_of(ballots, 0.8, 0.7) | {"a-9": 0.9}
    options = OPTIONS[:2]
    assert tally([*ballots, stray], options, weights) == tally(ballots, options, weights)


def test_evidence_adds_up_to_the_last_bit_in_any_order() -> None:
    ballots = ballots_of("cat", "cat", "cat")
    worth = {"a-0": 1e16, "a-1": 1.0, "a-2": -1e16}
    for order in permutations(ballots):
        assert sums_by_option(order, OPTIONS[:1], worth) == {"cat": 1.0}


def test_no_options_is_no_answer() -> None:
    counted = tally(ballots_of("cat"), (), {"a-0": 0.8})
    assert counted.answer is None
    assert counted.probability == 0.0
    assert dict(counted.distribution) == {}


def test_thousand_ballots_do_not_overflow() -> None:
    ballots = ballots_of(*["cat"] * 1_000)
    counted = tally(ballots, OPTIONS[:2], weights_of(ballots, *[0.97] * 1_000))
    assert counted.distribution == {"cat": 1.0, "dog": 0.0}
