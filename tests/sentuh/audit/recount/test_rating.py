"""The audit's mean and interval agree with qa's own, which it does not use."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentuh.audit.recount.rating import RECOUNT
from services.qa.agreement.rating import tally
from services.qa.agreement.terms import Ballot
from shared.contracts.events.parts import Stopping
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.questions.rating import RatingQuestion
from tests.support.builders import NOW, a_policy, a_ref

SCALE = RatingQuestion(low=-2, high=8, step=0.25)
Cast = list[tuple[float, float]]
casts = st.lists(
    st.tuples(st.integers(0, 40).map(lambda steps: -2 + steps * 0.25), st.floats(0.0001, 0.9999)),
    min_size=1,
    max_size=20,
)


def a_verdict(cast: Cast, **changed: object) -> VerdictReached:
    """The verdict that qa reaches on these ratings and weights."""
    ballots = [Ballot(f"a-{at}", f"w-{at}", rating) for at, (rating, _) in enumerate(cast)]
    weights = {f"a-{at}": weight for at, (_, weight) in enumerate(cast)}
    average = tally(ballots, SCALE, weights)
    fields = {
        "pool": "main", "at": NOW, "task_id": "t-1", "task_type": "stars", "ref": a_ref(),
        "by": "people", "answer": average.answer, "probability": average.probability,
        "distribution": dict(average.distribution), "detail": average.detail,
        "stop_reason": "confident", "votes": votes_of(ballots, weights), "created_at": NOW,
    }  # fmt: skip
    return VerdictReached.model_validate(fields | changed)


def votes_of(ballots: Sequence[Ballot[float]], weights: dict[str, float]) -> tuple[Vote, ...]:
    return tuple(
        Vote(
            assignment_id=one.assignment_id, worker_id=one.worker_id, answer=one.answer,
            standing="counted", weight=weights[one.assignment_id],
        )
        for one in ballots
    )  # fmt: skip


@given(casts)
def test_what_qa_reaches_is_recomputed(cast: Cast) -> None:
    assert list(RECOUNT.wrong(a_verdict(cast), SCALE)) == []


THREE: Cast = [(1, 0.5), (2.5, 0.4), (3, 0.7)]


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"answer": 2.9}, "says answer 2.9"),
        ({"probability": 0.9}, "says probability 0.9"),
        ({"distribution": {"1": 1.0}}, "says share of 1 1.0"),
        ({"detail": {"low": 0.0, "high": 5.0, "margin": 0.1}}, "says margin 0.1"),
        ({"detail": None}, "no mean with an interval"),
        ({"answer": None}, "no mean with an interval"),
        ({"votes": ()}, "without any valid vote"),
    ],
)
def test_what_does_not_follow_is_found(changed: dict[str, object], part: str) -> None:
    (wrong,) = RECOUNT.wrong(a_verdict(THREE, **changed), SCALE)

    assert part in str(wrong)


def test_a_vote_without_weight_is_found() -> None:
    verdict = a_verdict(THREE)
    votes = (verdict.votes[0].model_copy(update={"weight": None}), *verdict.votes[1:])
    (wrong,) = RECOUNT.wrong(verdict.model_copy(update={"votes": votes}), SCALE)

    assert "counted without a weight" in str(wrong)


def test_nobody_is_no_answer() -> None:
    nothing = a_verdict(THREE, votes=(), answer=None, detail=None, probability=0, distribution={})

    assert list(RECOUNT.wrong(nothing, SCALE)) == []
    assert RECOUNT.question_without_task(nothing) is None


def test_one_that_stopped_too_early_is_found() -> None:
    policy = a_policy().model_copy(
        update={"asks": SCALE, "stopping": Stopping.model_validate({"tolerance": 1.0})}
    )
    sure = a_verdict([(8, 0.5)] * 12)

    assert list(RECOUNT.too_early(sure, policy)) == []
    (wrong,) = RECOUNT.too_early(a_verdict(THREE), policy)
    assert "above 1.0" in str(wrong)
