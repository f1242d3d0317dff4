"""Each option by itself, the set that follows, and when to stop, whatever the order of ballots."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.choices import stop, tally
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Ballot, Budget, Confident, Stop
from shared.contracts.questions.choices import ChoicesQuestion
from tests.services.qa.agreement.choices.builders import (
    NOBODY,
    Votes,
    asked,
    ballots_of,
    newcomers_say,
    votes,
)

RULE = AnswersWanted(min=2, max=5, goal=0.95)


def test_an_option_is_right_where_most_evidence_is_for_it() -> None:
    picked = newcomers_say(asked(), ["dark"], ["dark", "cropped"], ["blurred", "dark"])

    assert picked.answer == ["dark"]
    assert picked.distribution["dark"] > 0.95
    assert picked.distribution["blurred"] == picked.distribution["cropped"]
    assert picked.probability == pytest.approx(1 - picked.distribution["blurred"], abs=1e-6)


@given(votes(), st.randoms(use_true_random=False))
def test_order_of_ballots_changes_nothing(cast: Votes, chance: Random) -> None:
    question, ballots, weights = cast
    shuffled = chance.sample(ballots, len(ballots))

    assert tally(shuffled, question, weights) == tally(ballots, question, weights)


@given(votes())
def test_the_verdict_is_an_answer_to_the_question(cast: Votes) -> None:
    question, ballots, weights = cast
    picked = tally(ballots, question, weights)

    assert picked.answer is not None
    assert question.problem_with(picked.answer) is None
    assert question.canonical(picked.answer) == picked.answer
    assert picked.distribution.keys() == set(question.options)


@given(votes())
def test_no_other_answer_is_more_probable(cast: Votes) -> None:
    question, ballots, weights = cast
    picked = tally(ballots, question, weights)
    assert picked.answer is not None
    left = [p for option, p in picked.distribution.items() if option not in picked.answer]
    right = [p for option, p in picked.distribution.items() if option in picked.answer]

    assert max(left, default=0.0) <= min(right, default=1.0)
    if len(right) > question.picks_min:
        assert min(right, default=1.0) >= 0.5
    if len(right) < question.picks_max:
        assert max(left, default=0.0) <= 0.5


@given(votes(), st.floats(0.5, 0.97), st.booleans())
def test_one_more_who_agrees_never_lowers_the_probability(
    cast: Votes, weight: float, first: bool
) -> None:
    question, ballots, weights = cast
    before = tally(ballots, question, weights)
    assert before.answer is not None
    id_ = "a" if first else "b"
    more = Ballot(id_, "w-more", before.answer)
    after = tally([*ballots, more], question, weights | {id_: weight})

    assert after.answer == before.answer
    assert after.probability >= before.probability


def test_of_equal_options_that_of_the_lowest_assignment_is_right() -> None:
    assert newcomers_say(asked(2), ["dark"], ["blurred"]).answer == ["dark"]
    assert newcomers_say(asked(2), ["blurred"], ["dark"]).answer == ["blurred"]


def test_as_many_are_picked_as_may_be() -> None:
    both = [["blurred", "dark"]] * 3
    assert newcomers_say(asked(most=1), ["dark"], ["dark"], ["blurred"]).answer == ["dark"]
    assert newcomers_say(asked(), *both).answer == ["blurred", "dark"]
    split = newcomers_say(asked(least=2, most=2), *both[:1], ["dark", "cropped"])
    assert split.answer == ["blurred", "dark"]
    assert split.probability <= 0.5


def test_nobody_is_no_answer() -> None:
    nothing = tally([], asked(), {})

    assert nothing.answer is None
    assert nothing.probability == 0
    assert set(nothing.distribution.values()) == {0.5}
    assert stop(nothing, 0, AnswersWanted(0, 5, 0.9), 0.8) == AskOneMore(1)


def test_what_is_no_answer_or_has_no_weight_is_left_out() -> None:
    ballots = ballots_of(["dark"], ["loud"], ["blurred"])

    assert tally(ballots, asked(), {"a-0": 0.8, "a-1": 0.8}).answer == ["dark"]


@pytest.mark.parametrize(
    ("picks", "expected"),
    [
        ([["dark"]], AskOneMore(2)),
        ([["dark"], ["dark"]], AskOneMore(3)),
        ([["dark"], ["dark"], ["dark"]], Confident()),
        ([["dark"], ["dark"], ["dark", "cropped"]], AskOneMore(4)),
        ([["dark"]] * 3 + [["dark", "cropped"]], Budget(1)),
        ([["dark"], ["blurred"], ["dark"], ["blurred"], []], Budget(0)),
    ],
)
def test_it_stops_once_every_option_is_sure_or_none_can_turn(
    picks: list[list[str]], expected: Stop
) -> None:
    assert stop(newcomers_say(asked(), *picks), len(picks), RULE, NOBODY.mean) == expected


@pytest.mark.parametrize(
    ("question", "picks"),
    [
        (asked(least=1), [["dark"], ["blurred"], ["cropped"]] * 2),
        (asked(most=2), [["dark", "blurred"], ["blurred", "cropped"], ["dark", "cropped"]] * 2),
    ],
)
def test_it_asks_on_while_another_option_may_be_picked_instead(
    question: ChoicesQuestion, picks: list[list[str]]
) -> None:
    rule = AnswersWanted(2, len(picks) + 1, 0.95)

    assert stop(newcomers_say(question, *picks), len(picks), rule, NOBODY.mean) == AskOneMore(7)


@given(votes(), st.integers(1, 9), st.integers(0, 9), st.floats(0.51, 0.99), st.floats(0, 1))
def test_never_asks_beyond_the_most(
    cast: Votes, least: int, more: int, goal: float, typical: float
) -> None:
    question, ballots, weights = cast
    rule = AnswersWanted(least, least + more, goal)
    decided = stop(tally(ballots, question, weights), len(ballots), rule, typical)

    if isinstance(decided, AskOneMore):
        assert len(ballots) < decided.wanted <= rule.max
    else:
        assert len(ballots) >= least
