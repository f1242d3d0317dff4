"""The record that answers lead to, field by field, whatever their order."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.record import lessons, tally
from services.qa.agreement.terms import Ballot, Draft
from shared.contracts.questions.record import ChoiceField, RecordDetail, RecordQuestion
from tests.services.qa.agreement.record.builders import (
    INVOICE,
    Votes,
    a_record,
    ballots_of,
    counted,
    votes,
)


@given(votes(), st.randoms(use_true_random=False))
def test_order_of_ballots_changes_nothing(cast: Votes, chance: Random) -> None:
    ballots, weights = cast
    shuffled = chance.sample(ballots, len(ballots))
    assert tally(shuffled, INVOICE, weights) == tally(ballots, INVOICE, weights)


@given(votes())
def test_the_answer_fits_the_question(cast: Votes) -> None:
    ballots, weights = cast
    verdict = tally(ballots, INVOICE, weights)
    assert INVOICE.problem_with(verdict.answer) is None
    assert verdict.probability == min(field.probability for field in verdict.fields.values())


@given(votes(), st.floats(0, 1))
def test_one_more_who_agrees_never_lowers_a_field(cast: Votes, weight: float) -> None:
    ballots, weights = cast
    before = tally(ballots, INVOICE, weights)
    more = Ballot("a-more", "w-more", before.answer)
    after = tally([*ballots, more], INVOICE, weights | {"a-more": round(weight, 6)})
    assert after.answer == before.answer
    for name, field in before.fields.items():
        assert after.fields[name].probability >= field.probability


def test_each_field_is_decided_by_itself() -> None:
    verdict = counted(
        a_record(), a_record(total="12.60"), a_record(seller="Kopi Pogi"), a_record(currency="EUR")
    )
    assert verdict.answer == a_record()


def test_the_detail_says_how_sure_each_field_is() -> None:
    verdict = counted(a_record(), a_record(), a_record(total="12.60"))
    assert isinstance(verdict.detail, RecordDetail)
    assert verdict.detail.fields["seller"] > 0.99
    assert verdict.detail.fields["total"] == verdict.probability < 0.95
    assert verdict.distribution == {}


def test_a_field_that_most_leave_out_is_left_out() -> None:
    paid = a_record(paid_on="2026-03-01")
    assert counted(a_record(), a_record(), paid).answer == a_record()
    assert counted(paid, paid, a_record()).answer == paid


def test_text_that_differs_in_case_alone_is_one_value_as_most_weight_writes_it() -> None:
    verdict = counted(a_record("KOPI PAGI"), a_record(), a_record())
    assert verdict.fields["seller"].value == "Kopi Pagi"
    assert verdict.fields["seller"].probability > 0.99


def test_nobody_there_is_no_answer() -> None:
    verdict = counted()
    assert verdict.answer is None
    assert verdict.probability == 0
    assert verdict.detail is None


def test_a_ballot_without_weight_is_not_counted() -> None:
    ballots = ballots_of(a_record(), a_record(total="12.60"))
    assert tally(ballots, INVOICE, {"a-1": 0.3}).answer == a_record(total="12.60")


def test_a_draft_counts_as_one_more_and_alone_is_no_answer() -> None:
    ballots = ballots_of(a_record(), a_record(total="12.60"))
    weights = {"a-0": 0.7, "a-1": 0.8}
    draft = Draft(a_record(), 0.9)
    assert tally(ballots, INVOICE, weights).answer == a_record(total="12.60")
    assert tally(ballots, INVOICE, weights, draft).answer == a_record()
    assert tally([], INVOICE, {}, draft).answer is None


def test_a_field_with_a_single_option_is_sure() -> None:
    question = RecordQuestion(fields=(ChoiceField(name="unit", options=("kg",)),))
    ballots = ballots_of({"unit": "kg"}, {"unit": "kg"})
    outcome = tally(ballots, question, {"a-0": 0.9, "a-1": 0.5})

    assert (outcome.answer, outcome.probability) == ({"unit": "kg"}, 1.0)
    assert lessons(outcome, ballots)["w-0"] == {"answers": 1, "agreed_milli": 1000}
