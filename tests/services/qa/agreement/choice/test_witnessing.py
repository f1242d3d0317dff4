"""The model's own answer makes people's surer or less sure, and is never the answer by itself."""

from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.qa.agreement.choice import lessons, tally
from services.qa.agreement.choice.witnessing import witnessed
from services.qa.agreement.evidence import DAMPING, evidence
from services.qa.agreement.terms import Ballot, Draft
from tests.services.qa.agreement.choice.builders import (
    OPTIONS,
    Votes,
    newcomers_say,
    votes,
)

EXACT = 2e-6
"""Two units of the last digit that is recorded."""


@st.composite
def owns(draw: st.DrawFn) -> tuple[Votes, Draft[str]]:
    cast = draw(votes())
    return cast, Draft(draw(st.sampled_from(cast[0])), draw(st.floats(0.01, 0.99)))


@given(owns())
def test_the_answer_is_that_of_people_alone(drawn: tuple[Votes, Draft[str]]) -> None:
    (options, ballots, weights), own = drawn
    alone = tally(ballots, options, weights)
    both = witnessed(alone, own)

    assert both.answer == alone.answer
    assert both.probability >= max(both.distribution.values()) - EXACT
    assert sum(both.distribution.values()) == pytest.approx(1, abs=1e-5)
    assert (both.evidence, both.votes) == (alone.evidence, alone.votes)


@given(owns())
def test_who_agrees_makes_surer_and_who_does_not_less_sure(
    drawn: tuple[Votes, Draft[str]],
) -> None:
    (options, ballots, weights), own = drawn
    alone = tally(ballots, options, weights)
    both = witnessed(alone, own)

    if own.answer == alone.answer:
        assert both.probability >= alone.probability - EXACT
    else:
        assert both.probability <= alone.probability + EXACT


@settings(max_examples=300)
@given(owns(), st.data())
def test_one_more_who_agrees_never_lowers_the_answers_probability(
    drawn: tuple[Votes, Draft[str]], data: st.DataObject
) -> None:
    (options, ballots, weights), own = drawn
    before = witnessed(tally(ballots, options, weights), own)
    assert before.answer is not None
    weight = data.draw(st.floats(1 / len(options), 0.97))
    more = [*ballots, Ballot("b-more", "w-more", before.answer)]
    after = witnessed(tally(more, options, weights | {"b-more": weight}), own)

    assert after.answer == before.answer
    assert after.probability >= before.probability - EXACT


@given(owns())
def test_lessons_are_the_same_as_without_it(drawn: tuple[Votes, Draft[str]]) -> None:
    (options, ballots, weights), own = drawn
    alone = tally(ballots, options, weights)

    assert lessons(witnessed(alone, own), ballots) == lessons(alone, ballots)


def test_it_counts_as_a_person_of_its_weight_would() -> None:
    alone = newcomers_say("cat", "cat", of=2)
    both = witnessed(alone, Draft("cat", 0.82))

    odds = alone.probability / (1 - alone.probability) * exp(DAMPING * evidence(0.82, 2))
    assert both.probability == pytest.approx(odds / (1 + odds), abs=EXACT)
    assert (alone.probability, both.probability) == pytest.approx((0.893, 0.961), abs=0.001)


def test_against_people_it_makes_another_option_as_probable_at_most() -> None:
    alone = newcomers_say("dog", of=3)
    both = witnessed(alone, Draft("cat", 0.99))

    assert both.answer == "dog"
    assert both.distribution["dog"] == both.distribution["cat"]


@pytest.mark.parametrize("weight", [0.0, 0.2, 0.5])
def test_a_weight_of_chance_or_less_says_nothing(weight: float) -> None:
    alone = newcomers_say("cat", "dog", "cat", of=2)

    assert witnessed(alone, Draft("dog", weight)) == alone


def test_it_says_nothing_alone_nor_for_no_option() -> None:
    nobody = tally([], OPTIONS[:3], {})

    assert witnessed(nobody, Draft("cat", 0.9)) == nobody
    some = newcomers_say("cat", of=3)
    assert witnessed(some, Draft("none of them", 0.9)) == some
