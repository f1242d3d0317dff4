"""Asking on until every field is sure, by its own rule or the task's."""

from services.qa.agreement.record import stop, tally
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Budget, Confident
from shared.contracts.questions.record import RecordQuestion, TextField
from tests.services.qa.agreement.record.builders import a_record, ballots_of, counted

WANTED = AnswersWanted(2, 5, 0.95)


def test_the_least_number_is_asked_for_first() -> None:
    assert stop(counted(a_record()), 1, WANTED, 0.8) == AskOneMore(2)


def test_fields_that_are_all_sure_are_enough() -> None:
    assert stop(counted(*[a_record()] * 3), 3, WANTED, 0.8) == Confident()


def test_one_field_in_doubt_asks_on_until_the_most() -> None:
    doubtful = counted(a_record(), a_record(), a_record(total="12.60"))
    assert stop(doubtful, 3, WANTED, 0.8) == AskOneMore(4)
    assert stop(doubtful, 5, WANTED, 0.8) == Budget(0)


def test_a_field_may_ask_for_less_or_more_than_the_task() -> None:
    ballots = ballots_of({"note": "hello"}, {"note": "hello"}, {"note": "hullo"})
    weights = {one.assignment_id: 0.8 for one in ballots}
    for confidence, decided in ((0.7, Confident()), (0.99, AskOneMore(4))):
        question = RecordQuestion(fields=(TextField(name="note", confidence=confidence),))
        outcome = tally(ballots, question, weights)
        assert stop(outcome, 3, AnswersWanted(2, 5, 0.8), 0.8) == decided
