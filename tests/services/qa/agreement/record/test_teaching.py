"""What a verdict on a record teaches about its workers."""

from hypothesis import given

from services.qa.agreement.record import lessons, tally
from services.qa.agreement.terms import Draft
from tests.services.qa.agreement.record.builders import (
    INVOICE,
    Votes,
    a_record,
    ballots_of,
    counted,
    votes,
)


def test_who_has_three_of_four_fields_like_the_others_learns_that() -> None:
    verdict = counted(a_record(), a_record(), a_record(), a_record(total="12.60"))
    taught = lessons(verdict, ())
    assert taught["w-0"]["agreed_milli"] > 950
    assert 740 < taught["w-3"]["agreed_milli"] < 770


def test_others_who_differ_make_nobody_look_bad_who_agrees_with_one_of_them() -> None:
    taught = lessons(counted(a_record(), a_record(), a_record(total="12.60")), ())
    assert taught["w-0"]["agreed_milli"] > 950


def test_one_record_teaches_nothing() -> None:
    assert lessons(counted(a_record()), ()) == {}


def test_a_draft_teaches_nothing() -> None:
    ballots = ballots_of(a_record(), a_record(total="12.60"))
    weights = {"a-0": 0.8, "a-1": 0.8}
    with_draft = tally(ballots, INVOICE, weights, Draft(a_record(), 0.9))
    assert lessons(with_draft, ballots) == lessons(tally(ballots, INVOICE, weights), ballots)


@given(votes(least=2))
def test_each_worker_learns_a_share(cast: Votes) -> None:
    ballots, weights = cast
    taught = lessons(tally(ballots, INVOICE, weights), ballots)
    assert set(taught) == {one.worker_id for one in ballots}
    for lesson in taught.values():
        assert lesson["answers"] == 1
        assert 0 <= lesson.get("agreed_milli", 0) <= 1000
