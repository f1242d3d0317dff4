"""A preference: its candidates' ids are all it knows, and every one of them is ranked once."""

import json
from typing import Any

import pytest
from pydantic import JsonValue, ValidationError

from shared.contracts.errors import Refused
from shared.contracts.events.asked import Asked, Candidate, Media
from shared.contracts.question import Answer
from shared.contracts.questions import question_of, read_question, written
from shared.contracts.questions.preference import (
    NONE_OF_THEM,
    PreferenceQuestion,
    PreferenceRow,
)
from tests.support.builders import an_output

ASKED = Asked(candidates=tuple(Candidate(id=f"c{n}", text=f"answer {n}") for n in (1, 2, 3)))
STRICT = PreferenceQuestion().about(ASKED)
LOOSE = PreferenceQuestion(ties=True, none=True).about(ASKED)
FORM = 'answer with {"ranking": [["c1"], ["c2"], ["c3"]]}, best first'


def a_row(**fields: bool) -> PreferenceRow:
    return PreferenceRow.model_validate_json(json.dumps(fields))


def test_the_question_of_a_type_has_no_candidates_and_that_of_a_task_their_ids_alone() -> None:
    of_type = a_row(ties=True).asks()

    assert written(of_type) == '{"kind":"preference","ties":true}'
    assert written(of_type.about(ASKED)) == (
        '{"kind":"preference","candidates":["c1","c2","c3"],"ties":true}'
    )
    assert of_type.about(None) == of_type
    for question in (of_type, STRICT, LOOSE):
        assert question_of(written(question)) == question
        assert read_question(json.loads(written(question))) == question
        assert question.in_token().question.from_token(b"") == question
        assert len({question, question_of(written(question))}) == 1
    assert not STRICT.searched


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"ranking": [["c2"], ["c1"], ["c3"]]}, "c2, then c1, then c3"),
        ({"ranking": [["c2"], ["c1", "c3"]]}, "c2, then c1 = c3"),
        ({"ranking": [["c1", "c2", "c3"]]}, "c1 = c2 = c3"),
        ({"none": True}, "none of them"),
    ],
)
def test_a_ranking_of_all_answers_it_and_none_where_it_may_be_said(
    answer: Answer, words: str
) -> None:
    assert LOOSE.problem_with(answer) is None
    assert LOOSE.canonical(answer) == answer
    assert LOOSE.in_words(answer) == words


def test_the_order_within_a_place_says_nothing() -> None:
    assert LOOSE.canonical({"ranking": [["c3", "c1"], ["c2"]]}) == {
        "ranking": [["c1", "c3"], ["c2"]]
    }


@pytest.mark.parametrize(
    "answer",
    [
        None, "c1", 7, True, [], {}, ["c1", "c2", "c3"], [["c1"], ["c2"], ["c3"]], {"order": []},
        {"ranking": [["c1"], ["c2"], ["c3"]], "none": True},
        {"ranking": [["c1"], ["c2"], ["c3"]], "note": "c2 is close"},
    ],
)  # fmt: skip
def test_what_is_no_ranking_is_told_the_form_of_one(answer: JsonValue) -> None:
    assert STRICT.problem_with(answer) == FORM
    assert LOOSE.problem_with(answer) == FORM + ', or {"none": true}'


@pytest.mark.parametrize(
    "ranking", [None, "c1", [], {}, ["c1"], [["c1"], "c2"], [["c1", 2]], [[["c1"]]], [[None]]]
)
def test_a_ranking_of_another_shape_is_told_that_each_place_is_a_list(ranking: Any) -> None:
    problem = STRICT.problem_with({"ranking": ranking})

    assert problem == "write each place as a list of ids: " + FORM.removeprefix("answer with ")


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        ({"none": True}, "rank the candidates: here it may not be said that none of them will do"),
        ({"ranking": [["c1"], [], ["c2"], ["c3"]]}, "leave out place 2, which is empty"),
        (
            {"ranking": [["c1"], ["c4"], ["c3"]]},
            "rank the offer's candidates by their ids (c1, c2, c3): place 2 names another",
        ),
        ({"ranking": [["c1"], ["c2"], ["c1"]]}, "name each candidate once: c1 is ranked 2 times"),
        (
            {"ranking": [["c1", "c1"], ["c2"], ["c3"]]},
            "name each candidate once: c1 is ranked 2 times",
        ),
        ({"ranking": [["c3"], ["c1"]]}, "rank every candidate: c2 is missing"),
        (
            {"ranking": [["c1"], ["c2", "c3"]]},
            "put one candidate in each place: here none may be equal",
        ),
    ],
)
def test_each_fault_has_a_fix_of_its_own(answer: Answer, fix: str) -> None:
    assert STRICT.problem_with(answer) == fix


@pytest.mark.parametrize("stated", [False, None, 1, "true"])
def test_none_is_said_with_true_alone(stated: JsonValue) -> None:
    assert LOOSE.problem_with({"none": stated}) == 'send {"none": true}, or a ranking'


def test_without_candidates_nothing_answers_it() -> None:
    assert PreferenceQuestion(none=True).problem_with(NONE_OF_THEM) == (
        "leave it: what is compared is not known"
    )


def output_of(*candidates: Candidate, answer: Answer = None) -> Any:
    return an_output(answer="").model_copy(update={"candidates": candidates, "answer": answer})


def test_a_task_asks_about_the_candidates_of_the_output() -> None:
    picture = Candidate(id="c9", media=Media(type="image/png", ref="https://example.com/a.png"))
    nothing = Candidate(id="c8", text="")  # of a recording in which nobody speaks
    candidates = (*ASKED.candidates, picture, nothing)

    assert a_row().asked(output_of(*candidates)) == Asked(candidates=candidates)


TEXT = Candidate(id="c1", text="one")


@pytest.mark.parametrize(
    ("candidates", "fix"),
    [
        ([], "send 2 to 8 to compare; there are 0"),
        ([TEXT], "send 2 to 8 to compare; there are 1"),
        (
            [Candidate(id=f"c{n}", text="x") for n in range(9)],
            "send 2 to 8 to compare; there are 9",
        ),
        ([TEXT, TEXT], "give each an id of its own: that of number 1 occurs twice"),
        (
            [TEXT, Candidate(id="c2")],
            "give number 2 a text or media: there is nothing to see of it",
        ),
        ([TEXT, Candidate(id="c2", text="x" * 20_001)], "shorten number 2 to 20000 characters"),
        (
            [TEXT, Candidate(id="c2", media=Media(type="image/png", data="A" * 140_000))],
            "they come to 140003 bytes, above 131072: refer to media by URL",
        ),
    ],
)
def test_an_output_that_cannot_be_compared_is_refused_with_the_fix(
    candidates: list[Candidate], fix: str
) -> None:
    with pytest.raises(Refused) as refused:
        a_row().asked(output_of(*candidates))

    assert refused.value.reason == "bad_output"
    assert refused.value.detail == f"candidates: {fix}"


@pytest.mark.parametrize(
    ("answer", "own"),
    [
        ({"ranking": [["c2"], ["c3", "c1"]]}, {"ranking": [["c2"], ["c1", "c3"]]}),
        (["c2", "c1", "c3"], {"ranking": [["c2"], ["c1"], ["c3"]]}),
        ({"none": True}, {"none": True}),
        (["c2", "c1"], None),
        (["c2", 1, "c3"], None),
        ("c2", None),
        (None, None),
    ],
)
def test_a_model_that_ranks_its_candidates_has_an_answer_of_its_own(
    answer: Answer, own: Answer
) -> None:
    output = output_of(*ASKED.candidates, answer=answer)

    assert a_row(ties=True, none=True).own_answer(output) == own


@pytest.mark.parametrize(
    ("row", "waived", "fix"),
    [
        ({}, None, None),
        ({"none": True}, {"none": True}, None),
        ({}, {"none": True}, "remove it, or set none: true and let it be {none: true}"),
        (
            {"none": True},
            {"none": False},
            "write {none: true}, the one answer that needs no candidate's id",
        ),
    ],
)
def test_the_only_answer_that_may_be_waived_is_none(
    row: dict[str, bool], waived: Answer, fix: str | None
) -> None:
    faults = list(a_row(**row).faults(waived))

    assert [found[2] for found in faults] == ([] if fix is None else [fix])
    assert all(found[0] == ("gate", "waived_answer") for found in faults)


@pytest.mark.parametrize("row", [{"ties": "yes"}, {"none": 1}, {"tie": True}])
def test_a_row_takes_truth_values_alone(row: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_row(**row)
