"""The audit's probabilities and picks agree with qa's own, which it does not use."""

import pytest
from hypothesis import given

from sentuh.audit.recount.choices import RECOUNT
from services.qa.agreement.choices import tally
from shared.contracts.events.verdicts import VerdictReached, Vote
from tests.services.qa.agreement.choices.builders import Votes, asked, ballots_of, votes
from tests.support.builders import NOW, a_policy, a_ref


def a_verdict(cast: Votes, **changed: object) -> VerdictReached:
    """The verdict that qa reaches on these answers and weights."""
    question, ballots, weights = cast
    picked = tally(ballots, question, weights)
    counted = tuple(
        Vote(
            assignment_id=one.assignment_id, worker_id=one.worker_id, answer=one.answer,
            standing="counted", weight=weights[one.assignment_id],
        )
        for one in ballots
    )  # fmt: skip
    fields = {
        "pool": "main", "at": NOW, "task_id": "t-1", "task_type": "tags", "ref": a_ref(),
        "by": "people", "answer": picked.answer, "probability": picked.probability,
        "distribution": dict(picked.distribution), "stop_reason": "confident", "votes": counted,
        "created_at": NOW,
    }  # fmt: skip
    return VerdictReached.model_validate(fields | changed)


@given(votes())
def test_what_qa_reaches_is_recomputed(cast: Votes) -> None:
    assert list(RECOUNT.wrong(a_verdict(cast), cast[0])) == []


TAGS: Votes = (
    asked(),
    ballots_of(["dark"], ["dark", "cropped"]),
    {"a-0": 0.8, "a-1": 0.7},
)


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"answer": ["cropped"]}, 'answer ["cropped"]; its votes make ["dark"]'),
        ({"probability": 0.99}, "not that of its least sure option"),
        ({"distribution": {"dark": 0.9}}, "not over the task's options"),
        (
            {"distribution": {"blurred": 0.1, "dark": 0.9, "cropped": 0.1}},
            "says 0.1 for blurred",
        ),
        ({"votes": ()}, "without any valid vote"),
    ],
)
def test_what_does_not_follow_is_found(changed: dict[str, object], part: str) -> None:
    (wrong,) = RECOUNT.wrong(a_verdict(TAGS, **changed), TAGS[0])

    assert part in str(wrong)


def test_a_vote_without_weight_is_found() -> None:
    verdict = a_verdict(TAGS)
    without = (verdict.votes[0].model_copy(update={"weight": None}), *verdict.votes[1:])
    (wrong,) = RECOUNT.wrong(verdict.model_copy(update={"votes": without}), TAGS[0])

    assert "counted without a weight" in str(wrong)


def test_nobody_is_no_answer() -> None:
    nothing = a_verdict(TAGS, votes=(), answer=None, probability=0)

    assert list(RECOUNT.wrong(nothing, TAGS[0])) == []
    assert RECOUNT.question_without_task(nothing) is None


def test_one_that_stopped_too_early_is_found() -> None:
    (wrong,) = RECOUNT.too_early(a_verdict(TAGS), a_policy(confidence=0.95))

    assert "below 0.95" in str(wrong)
    assert list(RECOUNT.too_early(a_verdict(TAGS), a_policy(confidence=0.55))) == []
