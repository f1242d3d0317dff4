"""Worth: what a few more answers are expected to change, and why asking ends otherwise."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.choice import stop, tally
from services.qa.agreement.choice.learned import LearnedAgreement
from services.qa.agreement.choice.worth import (
    expected_gain,
    spread_of,
    weight_lesson,
    weight_of,
)
from services.qa.agreement.evidence import evidence
from services.qa.agreement.terms import (
    Ambiguous,
    AnswersWanted,
    AskOneMore,
    Budget,
    Confident,
    Futile,
    Stop,
)
from tests.services.qa.agreement.choice.builders import (
    OPTIONS,
    Votes,
    ballots_of,
    votes,
    weights_of,
)

PRICED = LearnedAgreement(price=0.004)


def decided(answers: str, weight: float, most: int, learned: LearnedAgreement = PRICED) -> Stop:
    """Decide after these answers, `c` for cat and `d` for dog, all of one weight."""
    ballots = ballots_of(*({"c": "cat", "d": "dog"}[letter] for letter in answers))
    counted = tally(ballots, OPTIONS[:2], weights_of(ballots, *[weight] * len(ballots)), learned)
    return stop(counted, len(ballots), AnswersWanted(2, most, 0.95), weight, learned)


@pytest.mark.parametrize(
    ("answers", "weight", "most", "expected"),
    [
        ("cc", 0.97, 9, Confident()),
        ("cd", 0.8, 9, AskOneMore(3)),
        ("cccddd", 0.95, 9, Ambiguous(3)),
        ("cccddd", 0.65, 9, AskOneMore(7)),
        ("ccccddd", 0.95, 7, Ambiguous(0)),
        ("ccd", 0.6, 3, Budget(0)),
        ("cccc", 0.6, 5, Futile(1)),
    ],
)
def test_reasons(answers: str, weight: float, most: int, expected: Stop) -> None:
    assert decided(answers, weight, most) == expected


def test_without_a_price_the_reasons_are_those_of_before() -> None:
    assert decided("cccddd", 0.95, 9, LearnedAgreement()) == AskOneMore(7)
    assert decided("cccddd", 0.95, 6, LearnedAgreement()) == Budget(0)


def test_a_dear_answer_is_not_asked_for() -> None:
    assert decided("ccd", 0.7, 9) == AskOneMore(4)
    assert decided("ccd", 0.7, 9, LearnedAgreement(price=0.2)) == Budget(6)


def test_what_is_corrected_below_the_goal_is_not_confident() -> None:
    doubted = LearnedAgreement(price=0.004, curve=((0.5, 0.4), (1.0, 0.8)))
    assert decided("cccccc", 0.9, 9, doubted) == Futile(3)


@given(votes(), st.integers(0, 9), st.floats(0, 1), st.floats(0.2, 1))
def test_a_gain_is_a_share_and_grows_with_the_answers_left(
    cast: Votes, unspent: int, typical: float, damping: float
) -> None:
    options, ballots, weights = cast
    learned = LearnedAgreement(damping=damping)
    counted = tally(ballots, options, weights, learned)
    gain = expected_gain(counted, unspent, typical, learned)
    assert 0 <= gain <= 1
    assert expected_gain(counted, unspent + 1, typical, learned) >= gain


@given(votes(), st.floats(0, 1), st.floats(0, 0.3), st.floats(0, 0.3))
def test_the_dearer_an_answer_the_sooner_asking_ends(
    cast: Votes, typical: float, one: float, other: float
) -> None:
    options, ballots, weights = cast
    wanted = AnswersWanted(1, 12, 0.95)
    counted = tally(ballots, options, weights)
    ends = [
        not isinstance(
            stop(counted, len(ballots), wanted, typical, LearnedAgreement(price=price)), AskOneMore
        )
        for price in sorted((0.0, one, other))
    ]
    assert ends == sorted(ends)


@given(st.floats(0.001, 0.999), st.integers(2, 50))
def test_a_weight_is_told_from_its_evidence(weight: float, options: int) -> None:
    assert weight_of(evidence(weight, options), options) == pytest.approx(weight)


def test_the_spread_is_that_of_the_answers_so_far() -> None:
    ballots = ballots_of("cat", "dog", "cat")
    counted = tally(ballots, OPTIONS[:2], weights_of(ballots, 0.91, 0.92, 0.62))
    few, many = Counter(weight_lesson(counted)), Counter[str]()
    for _ in range(20):
        many.update(few)
    assert spread_of(few) == ()
    assert spread_of(many) == ((0.625, 0.333333), (0.925, 0.666667))
