"""What a verdict on spans teaches about its workers."""

from hypothesis import given

from services.qa.agreement.spans import lessons, tally
from services.qa.agreement.terms import Draft
from tests.services.qa.agreement.spans.builders import (
    NAMES,
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


def test_of_many_each_is_compared_with_all() -> None:
    taught = lessons(counted(NAMES, *[[ANN, BOB]] * 20, [ANN]), ())
    assert taught["w-0"]["agreed_milli"] == 1000
    assert taught["w-20"]["agreed_milli"] == 667


def test_one_answer_teaches_nothing() -> None:
    assert lessons(counted(NAMES, [ANN]), ()) == {}


def test_a_draft_teaches_nothing() -> None:
    ballots = ballots_of([ANN], [ANN, BOB])
    weights = {"a-0": 0.8, "a-1": 0.8}
    draft = Draft(an_answer(BOB), 0.9)
    assert lessons(tally(ballots, NAMES, weights, draft), ballots) == lessons(
        tally(ballots, NAMES, weights), ballots
    )


@given(votes(least=2))
def test_each_worker_learns_a_share(cast: Votes) -> None:
    question, ballots, weights = cast
    taught = lessons(tally(ballots, question, weights), ballots)
    assert set(taught) == {one.worker_id for one in ballots}
    for lesson in taught.values():
        assert lesson["answers"] == 1
        assert 0 <= lesson.get("agreed_milli", 0) <= 1000
