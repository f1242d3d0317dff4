"""Golds: their workers are held against the truth, whatever the others answered."""

import pytest

from services.qa.agreement.choice import tally
from services.qa.agreement.choice.golds import GOLD_WORTH, gold_lessons, gold_outcome
from services.qa.agreement.choice.learning import type_lesson
from services.qa.agreement.reliability import Reliability, population_lesson
from services.qa.agreement.terms import Ballot
from tests.services.qa.agreement.choice.builders import OPTIONS, ballots_of, weights_of

BALLOTS = ballots_of("cat", "cat", "dog")
COUNTED = tally(BALLOTS, OPTIONS[:2], weights_of(BALLOTS, 0.8, 0.8, 0.8))


def test_who_alone_is_right_gains() -> None:
    taught = gold_lessons(COUNTED, BALLOTS, "dog")
    assert taught["w-2"]["agreed_milli"] == taught["w-2"]["agreed_milli:dog"] == 1000 * GOLD_WORTH
    assert "agreed_milli" not in taught["w-0"]
    assert {lesson["likely_milli:dog"] for lesson in taught.values()} == {1000 * GOLD_WORTH}
    assert {lesson["answers"] for lesson in taught.values()} == {GOLD_WORTH}


def test_one_alone_is_taught_and_who_was_not_counted_is_not() -> None:
    one = ballots_of("cat")
    counted = tally(one, OPTIONS[:2], weights_of(one, 0.8))
    assert set(gold_lessons(counted, [*one, Ballot("a-9", "w-9", "yeti")], "cat")) == {"w-0"}


def test_what_a_worker_is_told_of_counts_each_answer_once() -> None:
    taught = gold_lessons(COUNTED, BALLOTS, "cat")
    told = {worker: Reliability(lesson).once() for worker, lesson in taught.items()}
    assert {worker: (one.answers, one.agreed) for worker, one in told.items()} == {
        "w-0": (1, 1.0),
        "w-1": (1, 1.0),
        "w-2": (1, 0.0),
    }


def test_what_it_stated_is_checked() -> None:
    assert sum(gold_outcome(COUNTED, "dog").values()) == 1 + round(1000 * COUNTED.probability)
    assert sum(gold_outcome(COUNTED, "cat").values()) > 1000
    assert gold_outcome(tally([], OPTIONS[:2], {}), "cat") == {}


def test_the_type_learns_how_common_its_options_are_and_what_answers_weigh() -> None:
    of_all = population_lesson(gold_lessons(COUNTED, BALLOTS, "dog"))
    of_type = type_lesson(COUNTED, {})
    assert of_all["answers"] == 3 * GOLD_WORTH
    assert of_all["likely_milli:dog"] == 3000 * GOLD_WORTH
    assert of_type["weighed:16"] == 3
    assert all(isinstance(count, int) for count in of_type.values())
    assert of_type["judged"] == pytest.approx(1)
