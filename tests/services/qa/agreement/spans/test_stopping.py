"""Asking on until every span and every gap is sure."""

from services.qa.agreement.spans import stop
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Budget, Confident
from tests.services.qa.agreement.spans.builders import NAMES, counted

ANN, BOB = (0, 3, "name"), (10, 13, "name")
WANTED = AnswersWanted(2, 5, 0.95)


def test_the_least_number_is_asked_for_first() -> None:
    assert stop(counted(NAMES, [ANN]), 1, WANTED, 0.8) == AskOneMore(2)


def test_spans_and_gaps_that_are_sure_are_enough() -> None:
    assert stop(counted(NAMES, [ANN], [ANN]), 2, WANTED, 0.8) == Confident()


def test_one_span_or_gap_in_doubt_asks_on_until_the_most() -> None:
    doubtful = counted(NAMES, [ANN], [ANN, BOB])
    assert stop(doubtful, 2, WANTED, 0.8) == AskOneMore(3)
    assert stop(doubtful, 5, WANTED, 0.8) == Budget(0)
