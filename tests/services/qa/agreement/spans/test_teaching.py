"""What a verdict on spans teaches about its workers."""

import pytest
from hypothesis import given

from services.qa.agreement.spans import lessons, tally
from services.qa.agreement.spans.teaching import FOLDS
from services.qa.agreement.terms import Draft
from tests.services.qa.agreement.spans.builders import (
    NAMES,
    Marked,
    Votes,
    an_answer,
    ballots_of,
    counted,
    votes,
)

ANN, BOB = (0, 3, "name"), (10, 13, "name")


def test_who_is_like_the_others_learns_so_and_who_is_not_learns_that() -> None:
    verdict = counted(NAMES, [ANN, BOB], [ANN, BOB], [ANN, BOB], [(20, 25, "name")])
    taught = lessons(verdict, ())
    assert taught["w-0"] == {"answers": 1, "agreed_milli": 1000}
    assert taught["w-3"] == {"answers": 1}


def test_half_of_the_spans_is_worth_half_by_how_good_the_others_are() -> None:
    taught = lessons(counted(NAMES, [ANN], [ANN, BOB], weight=0.8), ())
    assert taught["w-0"]["agreed_milli"] == round(1000 * 2 / 3 / 0.8)


def test_of_many_each_is_compared_with_the_others_as_of_few() -> None:
    taught = lessons(counted(NAMES, *[[ANN, BOB]] * 20, [ANN]), ())
    assert taught["w-0"]["agreed_milli"] == 1000
    assert taught["w-20"]["agreed_milli"] == 667


def _marked_by(few: int, people: int) -> list[Marked]:
    """Return the answers of so many people, of whom a few mark something and the others nothing."""
    return [[ANN] if at < few else [] for at in range(people)]


def _fewest(people: int) -> int:
    """Return how many of them must mark it, at least, so that it stands."""
    return next(n for n in range(people + 1) if counted(NAMES, *_marked_by(n, people)).sure)


@pytest.mark.parametrize("people", [3, FOLDS, FOLDS + 1, 3 * FOLDS])
def test_nobody_is_right_by_what_they_marked_themselves(people: int) -> None:
    for few in (_fewest(people) - 1, _fewest(people)):
        with_it = _taught(_marked_by(few + 1, people), few)
        without = _taught(_marked_by(few, people), few)
        # The others are the same: either it stands without this one, or it does not.
        assert {with_it, without} == {0, 1000}


def _taught(answers: list[Marked], person: int) -> int:
    return lessons(counted(NAMES, *answers), ())[f"w-{person}"].get("agreed_milli", 0)


def test_one_answer_teaches_nothing() -> None:
    assert lessons(counted(NAMES, [ANN]), ()) == {}


@pytest.mark.parametrize("people", [2, FOLDS, FOLDS + 1, 2 * FOLDS])
def test_a_draft_teaches_nothing(people: int) -> None:
    ballots = ballots_of(*_marked_by(_fewest(people), people))
    weights = {one.assignment_id: 0.8 for one in ballots}
    beside = tally(ballots, NAMES, weights, Draft(an_answer(), 0.97))
    alone = tally(ballots, NAMES, weights)
    assert alone.sure
    assert not beside.sure
    assert lessons(beside, ballots) == lessons(alone, ballots)


@given(votes(least=2))
def test_each_worker_learns_a_share(cast: Votes) -> None:
    question, ballots, weights = cast
    taught = lessons(tally(ballots, question, weights), ballots)
    assert set(taught) == {one.worker_id for one in ballots}
    for lesson in taught.values():
        assert lesson["answers"] == 1
        assert 0 <= lesson.get("agreed_milli", 0) <= 1000
