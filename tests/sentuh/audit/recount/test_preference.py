"""The audit's recomputation agrees with qa's own agreement, which it does not use."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from sentuh.audit.recount.preference import RECOUNT
from services.qa.agreement.preference import PreferenceTally, tally
from services.qa.agreement.terms import Ballot
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.preference import PreferenceDetail, PreferenceQuestion
from tests.services.qa.agreement.preference.builders import (
    IDS,
    Cast,
    a_question,
    an_answer,
    ballots_of,
    casts,
    weights_of,
)
from tests.support.builders import a_policy

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def a_verdict(
    counted: PreferenceTally, ballots: Sequence[Ballot[Answer]], weights: Mapping[str, float]
) -> VerdictReached:
    return VerdictReached(
        pool="main",
        at=NOW,
        task_id="t-1",
        task_type="birds",
        ref=OutputRef(source="/models/m", id="o-1"),
        by="people",
        answer=counted.answer,
        probability=counted.probability,
        distribution={},
        detail=counted.detail,
        stop_reason="confident",
        votes=tuple(
            Vote(
                assignment_id=ballot.assignment_id,
                worker_id=ballot.worker_id,
                answer=ballot.answer,
                standing="counted",
                weight=weights.get(ballot.assignment_id),
            )
            for ballot in ballots
        ),
        created_at=NOW,
    )


def broken(verdict: VerdictReached, question: PreferenceQuestion) -> list[str]:
    return [violation.detail for violation in RECOUNT.wrong(verdict, question)]


@given(casts())
def test_both_give_the_same(cast: Cast) -> None:
    question, ballots, weights = cast
    counted = tally(ballots, question, weights)

    assert broken(a_verdict(counted, ballots, weights), question) == []


def test_both_give_the_same_of_eight_and_of_more_evidence_than_a_float_holds() -> None:
    question = a_question(8, ties=True, none=True)
    up, down = " > ".join(IDS), " > ".join(reversed(IDS))
    ballots = ballots_of(*[up, down, "none", " = ".join(IDS)] * 12, up)
    weights = weights_of(ballots, *[0.9999] * len(ballots))

    verdict = a_verdict(tally(ballots, question, weights), ballots, weights)

    assert broken(verdict, question) == []


QUESTION = a_question(3, ties=True, none=True)
BALLOTS = ballots_of("c1 > c2 > c3", "c1 > c2 > c3", "c1 > c2 = c3", "none")
WEIGHTS = weights_of(BALLOTS, 0.9, 0.8, 0.7, 0.6)
RIGHT = a_verdict(tally(BALLOTS, QUESTION, WEIGHTS), BALLOTS, WEIGHTS)
DETAIL = RIGHT.detail
assert isinstance(DETAIL, PreferenceDetail)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"answer": an_answer("c1 > c3 > c2")}, "its votes make another place 2"),
        ({"answer": an_answer("c2 > c1 > c3")}, "its probability is not that of its first place"),
        ({"answer": an_answer("c1 > c2")}, "it does not rank every candidate"),
        ({"answer": None}, "its probability is not that of its first place"),
        ({"probability": 0.99}, "its probability is not that of its first place"),
        ({"detail": None}, "its detail is not over the task's candidates"),
        (
            {"detail": DETAIL.model_copy(update={"best": {"c1": 1.0}})},
            "its detail is not over the task's candidates",
        ),
        ({"detail": DETAIL.model_copy(update={"tie": None})}, "says None for a tie"),
        ({"detail": DETAIL.model_copy(update={"none": 0.5})}, "says 0.5 for none"),
        (
            {"votes": tuple(v.model_copy(update={"weight": None}) for v in RIGHT.votes)},
            "counted without a weight",
        ),
        ({"votes": ()}, "has an answer without any valid vote"),
    ],
)
def test_each_thing_that_does_not_follow_is_named(changed: dict[str, Any], fault: str) -> None:
    assert broken(RIGHT, QUESTION) == []
    (what,) = broken(RIGHT.model_copy(update=changed), QUESTION)

    assert what.startswith(fault)


def test_a_verdict_tells_the_question_without_its_task() -> None:
    assert RECOUNT.question_without_task(RIGHT) == QUESTION
    without = RIGHT.model_copy(update={"detail": None})

    assert RECOUNT.question_without_task(without) is None


def test_confident_below_what_was_asked_for_is_too_early() -> None:
    policy = a_policy(confidence=0.9999)

    assert len(list(RECOUNT.too_early(RIGHT, policy))) == 1
    assert list(RECOUNT.too_early(RIGHT.model_copy(update={"probability": 1.0}), policy)) == []
