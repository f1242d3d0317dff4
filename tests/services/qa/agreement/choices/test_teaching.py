"""Lessons: what each worker picked and left out is compared with the others alone."""

from hypothesis import given

from services.qa.agreement.choices import lessons, tally
from tests.services.qa.agreement.choices.builders import (
    Votes,
    asked,
    ballots_of,
    newcomers_say,
    votes,
)


def test_who_differs_in_one_option_learns_of_one() -> None:
    picks = (["dark"], ["dark"], ["dark", "cropped"])
    taught = lessons(newcomers_say(asked(), *picks), ballots_of(*picks))

    assert taught["w-2"]["agreed_milli"] < 700
    assert taught["w-0"] == taught["w-1"]
    assert taught["w-0"]["agreed_milli"] > taught["w-2"]["agreed_milli"]


def test_one_answer_teaches_nothing() -> None:
    assert lessons(newcomers_say(asked(), ["dark"]), ballots_of(["dark"])) == {}


@given(votes())
def test_lessons_are_whole_numbers_within_bounds(cast: Votes) -> None:
    question, ballots, weights = cast
    for lesson in lessons(tally(ballots, question, weights), ballots).values():
        assert lesson["answers"] == 1
        assert 0 < lesson.get("agreed_milli", 1) <= 1000
