"""A verdict on a record is explained field by field, and adds up."""

from hypothesis import given, settings

from services.qa.agreement.terms import Draft
from tests.sentuh.explain.reached import a_recount, assert_adds_up
from tests.services.qa.agreement.record.builders import (
    INVOICE,
    Votes,
    a_record,
    ballots_of,
    votes,
)

WEIGHTS = {"a-0": 0.8, "a-1": 0.9, "a-2": 0.7}


@settings(max_examples=20, deadline=None)
@given(votes())
def test_what_is_named_changes_it(cast: Votes) -> None:
    assert_adds_up(a_recount(INVOICE, *cast))


def test_the_field_that_would_be_another_is_named() -> None:
    ballots = ballots_of(a_record(), a_record(total="12.60"), a_record(seller="KOPI PAGI"))
    told = assert_adds_up(a_recount(INVOICE, ballots, WEIGHTS))

    assert told[0].told.startswith("Without w-0 it would be total “12.60”, ")


def test_a_draft_that_was_evidence_is_counted_again() -> None:
    draft = Draft(a_record(total="12.60"), 0.9)
    ballots = ballots_of(a_record(), a_record(total="12.60"))

    assert assert_adds_up(a_recount(INVOICE, ballots, WEIGHTS, draft), draft)
