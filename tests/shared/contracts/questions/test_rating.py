"""A rating: the points of a scale answer it, and everything else is refused with its fix."""

import json
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.question import Answer
from shared.contracts.questions import question_of, written
from shared.contracts.questions.rating import RatingQuestion, RatingRow
from tests.support.builders import an_output

STARS = RatingQuestion(low=1, high=5)
HALVES = RatingQuestion(low=-1, high=1, step=0.1)


def a_row(**fields: object) -> RatingRow:
    return RatingRow.model_validate_json(json.dumps({"low": 1, "high": 5, **fields}))


def test_it_travels_as_an_object_that_names_its_kind() -> None:
    asked = a_row(words=[{"at": 5, "show": "excellent"}]).asks()

    assert written(STARS) == '{"kind":"rating","low":1,"high":5,"step":1,"words":[]}'
    assert question_of(written(asked)) == asked
    assert hash(asked) != hash(STARS)
    assert asked.about(None) == asked
    assert not asked.searched


def test_a_token_carries_the_scale_without_its_words() -> None:
    asked = a_row(words=[{"at": 5, "show": "excellent"}]).asks()
    stated, digests = asked.in_token()

    assert stated == STARS
    assert stated.from_token(digests) == STARS


@pytest.mark.parametrize("answer", [1, 5, 3, 3.0])
def test_a_point_answers_it_and_is_written_without_a_decimal_point(answer: float) -> None:
    assert STARS.problem_with(answer) is None
    assert json.dumps(STARS.canonical(answer)) == json.dumps(int(answer))


def test_a_point_that_an_app_computed_is_the_point() -> None:
    computed = -1 + 13 * 0.1

    assert computed != 0.3
    assert HALVES.problem_with(computed) is None
    assert HALVES.canonical(computed) == 0.3


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        (0, "answer with a number from 1 to 5"),
        (5.5, "answer with a number from 1 to 5"),
        (10**400, "answer with a number from 1 to 5"),
        (3.6, "answer in steps of 1 from 1 to 5: the nearest is 4"),
        (nan, "answer with a finite number from 1 to 5"),
        (inf, "answer with a finite number from 1 to 5"),
        ("3", "answer with a number, not in quotes, from 1 to 5"),
        (True, "answer with a number, not in quotes, from 1 to 5"),
        (None, "answer with a number, not in quotes, from 1 to 5"),
        ([3], "answer with a number, not in quotes, from 1 to 5"),
        ({"rating": 3}, "answer with a number, not in quotes, from 1 to 5"),
    ],
)
def test_nothing_else_answers_it(answer: Answer, fix: str) -> None:
    assert STARS.problem_with(answer) == fix


@given(st.integers(-20, 20), st.integers(1, 40), st.sampled_from([1, 0.5, 0.25, 0.1, 0.01]))
def test_every_point_of_a_scale_answers_it(low: int, steps: int, step: float) -> None:
    asked = RatingQuestion(low=low, high=low + steps * step, step=step)

    for at in range(steps + 1):
        assert asked.problem_with(asked.canonical(low + at * step)) is None


@given(st.one_of(st.floats(), st.integers(), st.text(), st.none(), st.lists(st.integers())))
def test_any_json_has_a_verdict(answer: Answer) -> None:
    problem = STARS.problem_with(answer)

    assert problem is None or problem.startswith("answer ")
    assert (problem is None) == (
        answer in {1, 2, 3, 4, 5} if isinstance(answer, int | float) else False
    )


def test_a_point_with_words_is_told_with_them() -> None:
    asked = a_row(words=[{"at": 5, "show": "excellent"}]).asks()

    assert asked.in_words(5) == "5 (excellent)"
    assert asked.in_words(4) == "4"


@pytest.mark.parametrize(
    ("answer", "text", "meant"),
    [
        (3, "", 3),
        (3.7, "", 3.7),
        (3.123456, "", 3.1235),
        ("4", "", 4),
        (None, " 2.5 ", 2.5),
        (7, "", None),
        (True, "", None),
        (None, "rather good", None),
        ("nan", "", None),
        ([3], "", None),
    ],
)
def test_a_model_rates_by_a_number_on_the_scale(
    answer: Answer, text: str, meant: float | None
) -> None:
    output = an_output().model_copy(update={"answer": answer, "text": text})

    assert a_row().own_answer(output) == meant


@pytest.mark.parametrize(
    ("fields", "where", "fix"),
    [
        ({"low": 5}, ("low",), "set it below high"),
        ({"step": 3}, ("step",), "use a step that divides the scale, or move an end"),
        (
            {"words": [{"at": 9, "show": "x"}]},
            ("words", 0, "at"),
            "answer with a number from 1 to 5",
        ),
        (
            {"words": [{"at": 1, "show": "x"}, {"at": 1, "show": "y"}]},
            ("words", 1, "at"),
            "say it once",
        ),
    ],
)
def test_a_scale_that_is_none_is_a_fault(
    fields: dict[str, object], where: tuple[str | int, ...], fix: str
) -> None:
    ((place, _, said),) = a_row(**fields).faults(None)

    assert (place, said) == (where, fix)


def test_a_waived_answer_is_a_point() -> None:
    assert list(a_row().faults(4)) == []
    ((place, fault, _),) = a_row().faults(9)
    assert (place, fault) == (("gate", "waived_answer"), "9 is no point of the scale")


def test_the_nearest_point_of_a_long_scale_is_told_with_all_its_digits() -> None:
    question = RatingQuestion(low=0, high=1_000_000, step=0.01)

    assert question.problem_with(123_456.784) == (
        "answer in steps of 0.01 from 0 to 1000000: the nearest is 123456.78"
    )
