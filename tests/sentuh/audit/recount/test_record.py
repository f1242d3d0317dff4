"""The audit's recomputation of records agrees with qa's agreement, which it does not use."""

from decimal import Decimal

import pytest
from hypothesis import given

from sentuh.audit.recount.record import RECOUNT, TOLERANCE, winner
from services.qa.agreement.record import tally
from services.qa.agreement.terms import Draft
from shared.contracts.events.verdicts import JudgedDraft, VerdictReached
from shared.contracts.questions.record import RecordQuestion
from tests.sentuh.audit.recount.verdicts import a_verdict_of
from tests.services.qa.agreement.record.builders import (
    INVOICE,
    Votes,
    a_record,
    ballots_of,
    votes,
)
from tests.support.builders import a_policy

WEIGHTS = {"a-0": 0.8, "a-1": 0.9, "a-2": 0.7}


def wrong(verdict: VerdictReached) -> list[str]:
    return [str(violation) for violation in RECOUNT.wrong(verdict, INVOICE)]


@given(votes())
def test_both_give_each_field_the_same_value_and_probability(cast: Votes) -> None:
    ballots, weights = cast
    theirs = tally(ballots, INVOICE, weights)
    for field in INVOICE.fields:
        said = [
            (one.answer.get(field.name), Decimal(repr(weights[one.assignment_id])))
            for one in ballots
            if isinstance(one.answer, dict)
        ]
        value, share = winner(field, said)
        assert value == theirs.fields[field.name].value
        assert float(share) == pytest.approx(
            theirs.fields[field.name].probability, abs=float(TOLERANCE)
        )


@given(votes())
def test_a_verdict_of_qa_has_nothing_wrong(cast: Votes) -> None:
    ballots, weights = cast
    assert wrong(a_verdict_of(tally(ballots, INVOICE, weights), ballots, weights)) == []


@pytest.fixture
def reached() -> VerdictReached:
    ballots = ballots_of(a_record(), a_record(), a_record(total="12.60"))
    return a_verdict_of(tally(ballots, INVOICE, WEIGHTS), ballots, WEIGHTS)


def test_another_record_is_found(reached: VerdictReached) -> None:
    (fault,) = wrong(reached.model_copy(update={"answer": a_record(total="12.60")}))
    assert "its record is not the one" in fault


def test_other_probabilities_are_found(reached: VerdictReached) -> None:
    assert reached.detail is not None
    fields = dict.fromkeys(("seller", "total", "currency", "paid_on"), 0.5)
    surer = reached.detail.model_copy(update={"fields": fields})
    assert "says 0.5 for seller" in wrong(reached.model_copy(update={"detail": surer}))[0]
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
    assert wrong(reached.model_copy(update={"votes": votes, "answer": {}})) == []


def test_an_answer_without_votes_is_found(reached: VerdictReached) -> None:
    nobody = reached.model_copy(update={"votes": ()})
    assert "without any valid vote" in wrong(nobody)[0]
    assert wrong(nobody.model_copy(update={"answer": None})) == []


def test_a_field_that_stopped_too_early_is_found(reached: VerdictReached) -> None:
    policy = a_policy().model_copy(update={"asks": INVOICE})
    faults = [str(fault) for fault in RECOUNT.too_early(reached, policy)]
    assert len(faults) >= 1
    assert any("total" in fault for fault in faults)
    lax = RecordQuestion(
        fields=tuple(field.model_copy(update={"confidence": 0.51}) for field in INVOICE.fields)
    )
    assert list(RECOUNT.too_early(reached, policy.model_copy(update={"asks": lax}))) == []
    assert RECOUNT.question_without_task(reached) is None


def test_a_draft_that_was_evidence_is_counted() -> None:
    ballots = ballots_of(a_record(), a_record(total="12.60"))
    draft = Draft(a_record(total="12.60"), 0.9)
    verdict = a_verdict_of(tally(ballots, INVOICE, WEIGHTS, draft), ballots, WEIGHTS)
    judged = JudgedDraft(author="*model@1", answer=draft.answer, weight=0.9)
    assert wrong(verdict.model_copy(update={"draft": judged})) == []
    assert wrong(verdict) != []
