"""Asking stops where few enough words are expected to be wrong."""

from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Budget, Confident
from services.qa.agreement.transcript import stop, weigh
from tests.services.qa.agreement.transcript.builders import QUESTION, tallied

WANTED = AnswersWanted(2, 5, 0.07)


def test_below_the_minimum_one_asks_on_however_sure() -> None:
    assert stop(tallied("a b c", right=0.99), 1, WANTED, 0.8) == AskOneMore(2)


def test_who_agree_are_enough_and_who_do_not_are_not() -> None:
    alike = ["the cat sat on the mat"] * 4
    apart = ["the cat sat on the mat", "a bat in a hat", "the rat ate all that"]

    assert stop(tallied(*alike), 4, WANTED, 0.8) == Confident()
    assert stop(tallied(*apart), 3, WANTED, 0.8) == AskOneMore(4)
    assert stop(tallied(*apart), 5, WANTED, 0.8) == Budget(0)


def test_nothing_to_go_by_is_never_enough() -> None:
    assert stop(tallied("...", "..."), 2, WANTED, 0.8) == AskOneMore(3)


def test_a_new_worker_counts_as_all_others_do_and_bounds_hold() -> None:
    people = Population(answers=1000, agreed_milli=900_000)
    best = Reliability({"answers": 500, "agreed_milli": 500_000})
    worst = Reliability({"answers": 500})

    assert weigh({}, QUESTION, Reliability(), people) == round(people.mean, 6)
    assert weigh({}, QUESTION, Reliability(), Population(1000, 300_000)) == 0.85
    assert weigh({}, QUESTION, best, people) == 0.99
    assert weigh({}, QUESTION, worst, people) == 0.05
