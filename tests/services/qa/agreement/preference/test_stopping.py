"""Stop: confident, one more, or the budget's end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement import choice
from services.qa.agreement.preference import stop, tally
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Budget, Confident, Stop
from shared.contracts.questions.preference import PreferenceQuestion
from tests.services.qa.agreement.choice.builders import newcomers_say as newcomers_choose
from tests.services.qa.agreement.preference.builders import (
    NOBODY,
    ONE,
    OTHER,
    Cast,
    a_question,
    casts,
    newcomers_say,
)

RULE = AnswersWanted(min=2, max=5, goal=0.95)
TIED = "c1 = c2"


@pytest.mark.parametrize(
    ("question", "answers", "expected"),
    [
        (a_question(), [ONE], AskOneMore(2)),
        (a_question(), [ONE, ONE], AskOneMore(3)),
        (a_question(), [ONE, ONE, ONE], Confident()),
        (a_question(), [ONE, OTHER], AskOneMore(3)),
        (a_question(), [ONE, ONE, ONE, OTHER, OTHER], Budget(0)),
        (a_question(ties=True), [ONE, ONE], AskOneMore(3)),
        (a_question(ties=True), [ONE, TIED], AskOneMore(3)),
        (a_question(ties=True), [TIED, TIED, TIED], Confident()),
        (a_question(none=True), ["none", "none", "none"], Confident()),
        (a_question(3), ["c1 > c2 > c3"] * 2, AskOneMore(3)),
        (a_question(3), ["c1 > c2 > c3"] * 3, Confident()),
    ],
)
def test_table(question: PreferenceQuestion, answers: list[str], expected: Stop) -> None:
    counted = newcomers_say(question, *answers)

    assert stop(counted, len(answers), RULE, NOBODY.mean) == expected


@given(
    st.lists(st.sampled_from([ONE, OTHER]), min_size=1, max_size=6),
    st.integers(1, 7),
    st.floats(0.51, 0.999),
)
def test_two_candidates_without_ties_are_asked_about_as_a_choice_is(
    answers: list[str], most: int, goal: float
) -> None:
    rule = AnswersWanted(1, most, goal)
    compared = newcomers_say(a_question(), *answers)
    chosen = newcomers_choose(*(("cat", "dog")[answer == OTHER] for answer in answers), of=2)
    asked = [
        stop(compared, len(answers), rule, NOBODY.mean),
        choice.stop(chosen, len(answers), rule, NOBODY.mean),
    ]

    assert asked[0] == asked[1]


def test_what_the_answers_left_would_hardly_change_is_settled() -> None:
    agreed = newcomers_say(a_question(ties=True), ONE, ONE, ONE)
    few, many = AnswersWanted(2, 7, 0.99), AnswersWanted(2, 60, 0.99)

    assert stop(agreed, 3, few, NOBODY.mean) == Budget(4)
    assert stop(agreed, 3, many, NOBODY.mean) == AskOneMore(4)


def test_among_workers_who_know_nothing_nothing_is_settled() -> None:
    counted = newcomers_say(a_question(3, ties=True), "c1 > c2 > c3", "c2 > c1 > c3")

    assert stop(counted, 2, RULE, 0.0) == AskOneMore(3)


def test_nobody_answered_is_no_confidence() -> None:
    nothing = tally([], a_question(), {})

    assert stop(nothing, 0, AnswersWanted(0, 2, 0.5), NOBODY.mean) == AskOneMore(1)


@given(casts(), st.integers(1, 9), st.integers(0, 9), st.floats(0.51, 0.9999), st.floats(0, 1))
def test_never_asks_beyond_the_most_and_always_for_more(
    cast: Cast, least: int, more: int, goal: float, typical: float
) -> None:
    question, ballots, weights = cast
    rule = AnswersWanted(least, least + more, goal)
    decided = stop(tally(ballots, question, weights), len(ballots), rule, typical)
    if isinstance(decided, AskOneMore):
        assert len(ballots) < decided.wanted <= rule.max
    else:
        assert len(ballots) >= least
