"""The audit's recomputation of spans agrees with qa's agreement, which it does not use."""

import pytest
from hypothesis import given

from sentuh.audit.recount.spans import RECOUNT, TOLERANCE, recounted
from services.qa.agreement.spans import tally
from services.qa.agreement.terms import Draft
from shared.contracts.events.verdicts import JudgedDraft, VerdictReached
from shared.contracts.questions.spans import SpansQuestion, spans_of
from tests.sentuh.audit.recount.verdicts import a_verdict_of
from tests.services.qa.agreement.spans.builders import NAMES, Votes, an_answer, ballots_of, votes
from tests.support.builders import a_policy

ANN, BOB = (0, 3, "name"), (10, 13, "name")
WEIGHTS = {"a-0": 0.8, "a-1": 0.9, "a-2": 0.7}


def wrong(verdict: VerdictReached, question: SpansQuestion = NAMES) -> list[str]:
    return [str(violation) for violation in RECOUNT.wrong(verdict, question)]


@given(votes())
def test_both_give_the_same_spans_and_probabilities(cast: Votes) -> None:
    question, ballots, weights = cast
    theirs = tally(ballots, question, weights)
    ours = recounted(
        [(spans_of(one.answer), weights[one.assignment_id]) for one in ballots], question
    )
    assert list(ours.spans) == list(theirs.sure)
    assert ours.spans == pytest.approx(theirs.sure, abs=TOLERANCE)
    assert ours.gap == pytest.approx(theirs.gap, abs=TOLERANCE)


@given(votes())
def test_a_verdict_of_qa_has_nothing_wrong(cast: Votes) -> None:
    question, ballots, weights = cast
    verdict = a_verdict_of(tally(ballots, question, weights), ballots, weights)
    assert wrong(verdict, question) == []


@pytest.fixture
def reached() -> VerdictReached:
    ballots = ballots_of([ANN, BOB], [ANN, BOB], [ANN])
    return a_verdict_of(tally(ballots, NAMES, WEIGHTS), ballots, WEIGHTS)


def test_other_spans_are_found(reached: VerdictReached) -> None:
    (fault,) = wrong(reached.model_copy(update={"answer": []}))
    assert "its spans are not those" in fault


def test_other_probabilities_are_found(reached: VerdictReached) -> None:
    assert reached.detail is not None
    surer = reached.detail.model_copy(update={"gap": 0.5})
    assert "not as probable" in wrong(reached.model_copy(update={"detail": surer}))[0]
    assert "weakest" in wrong(reached.model_copy(update={"probability": 0.99}))[0]
    unsaid = {"detail": None, "probability": 0.5}
    assert "does not say" in wrong(reached.model_copy(update=unsaid))[0]
    assert wrong(reached.model_copy(update={"detail": None})) == []


def test_a_vote_without_a_weight_is_found(reached: VerdictReached) -> None:
    first = reached.votes[0].model_copy(update={"weight": None})
    (fault,) = wrong(reached.model_copy(update={"votes": (first, *reached.votes[1:])}))
    assert "without a weight" in fault


def test_votes_that_are_named_by_digest_cannot_be_recounted(reached: VerdictReached) -> None:
    votes = tuple(
        vote.model_copy(update={"answer": None, "digest": "0" * 64}) for vote in reached.votes
    )
    assert wrong(reached.model_copy(update={"votes": votes, "answer": []})) == []


def test_an_answer_without_votes_is_found(reached: VerdictReached) -> None:
    nobody = reached.model_copy(update={"votes": ()})
    assert "without any valid vote" in wrong(nobody)[0]
    assert wrong(nobody.model_copy(update={"answer": None})) == []


def test_a_verdict_that_stopped_too_early_is_found(reached: VerdictReached) -> None:
    policy = a_policy()
    unsure = reached.model_copy(update={"probability": 0.6})
    assert len(list(RECOUNT.too_early(unsure, policy))) == 1
    assert list(RECOUNT.too_early(reached.model_copy(update={"probability": 1.0}), policy)) == []
    assert RECOUNT.question_without_task(reached) is None


def test_a_draft_that_was_evidence_is_counted() -> None:
    ballots = ballots_of([ANN], [ANN])
    draft = Draft(an_answer(BOB), 0.9)
    verdict = a_verdict_of(tally(ballots, NAMES, WEIGHTS, draft), ballots, WEIGHTS)
    judged = JudgedDraft(author="*model@1", answer=draft.answer, weight=0.9)
    assert wrong(verdict.model_copy(update={"draft": judged})) == []
    assert wrong(verdict) != []
