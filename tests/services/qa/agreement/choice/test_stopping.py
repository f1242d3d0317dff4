"""Stop: confident, one more, or the budget's end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.choice import stop, tally
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Budget, Confident, Stop
from tests.services.qa.agreement.choice.builders import NOBODY, OPTIONS, Votes, newcomers_say, votes

RULE = AnswersWanted(min=2, max=5, goal=0.95)


@pytest.mark.parametrize(
    ("options", "answers", "expected"),
    [
        (10, ["cat"], AskOneMore(2)),
        (10, ["cat", "cat"], Confident()),
        (10, ["cat", "dog"], AskOneMore(3)),
        (2, ["cat", "cat"], AskOneMore(3)),
        (2, ["cat", "cat", "cat"], Confident()),
        (2, ["cat", "cat", "cat", "dog", "dog"], Budget(0)),
        (2, ["cat", "cat", "cat", "dog", "dog", "cat"], Budget(0)),
    ],
)
def test_table(options: int, answers: list[str], expected: Stop) -> None:
    counted = newcomers_say(*answers, of=options)
    assert stop(counted, len(answers), RULE, NOBODY.mean) == expected


def test_majority_that_cannot_be_overturned_is_settled() -> None:
    rule = AnswersWanted(min=2, max=3, goal=0.95)
    agreed, split = newcomers_say("cat", "cat", of=2), newcomers_say("cat", "dog", of=2)
    assert stop(agreed, 2, rule, NOBODY.mean) == Budget(unspent=1)
    assert stop(split, 2, rule, NOBODY.mean) == AskOneMore(3)


def test_lead_one_could_level_is_not_settled() -> None:
    rule = AnswersWanted(min=1, max=2, goal=0.95)
    assert stop(newcomers_say("cat", of=2), 1, rule, NOBODY.mean) == AskOneMore(2)


def test_too_few_are_never_judged() -> None:
    rule = AnswersWanted(min=3, max=5, goal=0.51)
    sure = newcomers_say("cat", "cat", of=10)
    assert stop(sure, 2, rule, NOBODY.mean) == AskOneMore(3)


def test_nobody_answered_is_no_confidence() -> None:
    nothing = tally([], OPTIONS[:1], {})
    rule = AnswersWanted(min=0, max=2, goal=0.95)
    assert stop(nothing, 0, rule, NOBODY.mean) == AskOneMore(1)


@given(votes(), st.integers(1, 9), st.integers(0, 9), st.floats(0.51, 0.9999), st.floats(0, 1))
def test_never_asks_beyond_the_most_and_always_for_more(
    cast: Votes, least: int, more: int, confidence: float, typical: float
) -> None:
    options, ballots, weights = cast
    rule = AnswersWanted(least, least + more, confidence)
    decided = stop(tally(ballots, options, weights), len(ballots), rule, typical)
    if isinstance(decided, AskOneMore):
        assert len(ballots) < decided.wanted <= rule.max
    else:
        assert len(ballots) >= least
