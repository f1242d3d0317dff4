"""Lessons: each rating is compared with the others alone."""

from hypothesis import given

from services.qa.agreement.rating import lessons, tally
from services.qa.agreement.terms import Ballot
from tests.services.qa.agreement.rating.builders import (
    FINE,
    STARS,
    Votes,
    ballots_of,
    newcomers_say,
    votes,
)


def test_near_is_a_share_of_the_scale() -> None:
    assert lessons(newcomers_say(5, 4), ballots_of(5, 4)) == {
        "w-0": {"answers": 1, "agreed_milli": 750},
        "w-1": {"answers": 1, "agreed_milli": 750},
    }


def test_one_answer_teaches_nothing_and_the_other_end_counts_without_a_zero() -> None:
    assert lessons(newcomers_say(5), ballots_of(5)) == {}
    assert lessons(newcomers_say(5, 1), ballots_of(5, 1)) == {
        "w-0": {"answers": 1},
        "w-1": {"answers": 1},
    }


def test_two_answers_of_one_worker_are_two_lessons() -> None:
    ballots = [Ballot("a-0", "w", 4.0), Ballot("a-1", "w", 4.0)]

    assert lessons(tally(ballots, STARS, {"a-0": 0.5, "a-1": 0.5}), ballots) == {
        "w": {"answers": 2, "agreed_milli": 2000}
    }


@given(votes())
def test_lessons_are_whole_numbers_within_bounds(cast: Votes) -> None:
    ballots, weights = cast
    for lesson in lessons(tally(ballots, FINE, weights), ballots).values():
        assert lesson["answers"] == 1
        assert 0 < lesson.get("agreed_milli", 1) <= 1000
