"""Spans: offsets in code points, sorted, and a fix of its own for each thing that can be wrong."""

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import Refused
from shared.contracts.events.asked import Asked
from shared.contracts.events.parts import Output
from shared.contracts.question import Answer
from shared.contracts.questions import question_of, written
from shared.contracts.questions.spans import (
    CHARACTERS_MAX,
    EMPTY,
    INVERTED,
    NO_LIST,
    NO_SPAN,
    SPANS_MAX,
    SpansQuestion,
    SpansRow,
)
from tests.support.builders import an_output

TEXT = "Ann 👋 met Bob"
NAMES = SpansQuestion(labels=("name", "place"))
ASKED = NAMES.about(Asked(text=TEXT))
OVERLAPPING = SpansQuestion(labels=("name", "place"), overlap=True, length=13)
ROW = SpansRow.model_validate_json(json.dumps({"labels": ["name", "place"]}))

objects = partial(st.dictionaries, st.sampled_from(["start", "end", "label", "x"]))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | objects(inner),
)


def a_span(start: Any, end: Any, label: Any = "name") -> Any:
    return {"start": start, "end": end, "label": label}


def an_output_of(answer: Answer, text: str | None = TEXT) -> Output:
    return an_output().model_copy(update={"answer": answer, "text": text})


def test_the_question_of_a_task_knows_its_length_in_code_points_and_no_text() -> None:
    assert ASKED.length == len(TEXT) == 13
    assert TEXT not in written(ASKED)
    assert question_of(written(ASKED)) == ASKED
    assert question_of(written(NAMES)) == NAMES
    assert "length" not in written(NAMES)
    assert NAMES.about(None) == NAMES


@pytest.mark.parametrize(
    "answer",
    [[], [a_span(0, 3)], [a_span(10, 13), a_span(0, 3)], [a_span(0, 3), a_span(3, 5, "place")]],
)
def test_spans_that_do_not_overlap_answer_it(answer: Answer) -> None:
    assert ASKED.problem_with(answer) is None


def test_its_one_form_is_sorted() -> None:
    assert ASKED.canonical([a_span(10, 13), a_span(0, 3)]) == [a_span(0, 3), a_span(10, 13)]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("name", NO_LIST),
        ({"start": 0, "end": 3, "label": "name"}, NO_LIST),
        (None, NO_LIST),
        (7, NO_LIST),
        ([["name"]], f"span 1: {NO_SPAN}"),
        ([{"start": 0, "end": 3}], f"span 1: {NO_SPAN}"),
        ([{**a_span(0, 3), "text": "Ann"}], f"span 1: {NO_SPAN}"),
        ([a_span(3, 0)], f"span 1: {INVERTED}"),
        ([a_span(0, 3), a_span(5, 5)], f"span 2: {EMPTY}"),
        ([a_span(0, 3, "person")], "span 1: send one of the question's labels, exactly"),
        (
            [a_span(0, 3, ["name"])],
            "span 1: send one of the question's labels as text, in quotes, exactly",
        ),
        ([a_span(0, 3), a_span(0, 3)], "span 2 is span 1 again; leave it out"),
        (
            [a_span(5, 9), a_span(0, 6, "place")],
            "spans 1 and 2 overlap, which two spans may not here;"
            " leave one out, or end one where the other starts",
        ),
        (
            [a_span(0, 14)],
            "span 1: it goes past the end of the text, which has 13 code points;"
            " send offsets in code points, not in bytes or UTF-16 units",
        ),
    ],
)
def test_each_thing_that_is_wrong_has_its_own_fix(answer: Answer, problem: str) -> None:
    assert ASKED.problem_with(answer) == problem


@pytest.mark.parametrize("start", [-1, 0.5, 1.0, float("nan"), "0", True, None, [], {}])
def test_an_offset_is_a_whole_number(start: object) -> None:
    problem = ASKED.problem_with([a_span(start, 3)])
    fix = "send start and end as whole numbers, not in quotes: code points, counted from 0"
    assert problem == f"span 1: {fix}"


def test_more_spans_than_anybody_marks_are_refused() -> None:
    many = [a_span(at, at + 1) for at in range(SPANS_MAX + 1)]
    assert NAMES.problem_with(many) == "send at most 2,000 spans"
    assert NAMES.problem_with(many[:-1]) is None


def test_only_spans_of_one_label_may_not_overlap_where_labels_may() -> None:
    assert OVERLAPPING.problem_with([a_span(0, 9), a_span(3, 5, "place")]) is None
    problem = OVERLAPPING.problem_with([a_span(0, 9), a_span(3, 5)])
    assert str(problem).startswith("spans 1 and 2 overlap, which two spans of one label may not")


@given(anything)
def test_whatever_is_sent_is_an_answer_or_told_why_not(answer: Answer) -> None:
    problem = ASKED.problem_with(answer)
    assert problem is not None or ASKED.problem_with(ASKED.canonical(answer)) is None


def test_people_read_how_many_spans_there_are() -> None:
    assert ASKED.in_words([]) == "nothing to mark"
    assert ASKED.in_words([a_span(0, 3)]) == "1 span (1 × name)"
    both = [a_span(0, 3), a_span(4, 5), a_span(10, 13, "place")]
    assert ASKED.in_words(both) == "3 spans (2 × name, 1 × place)"


def test_a_token_carries_the_whole_question() -> None:
    question, digests = ASKED.in_token()
    assert question.from_token(digests) == ASKED


def test_the_text_to_mark_is_the_outputs_and_the_models_spans_are_the_draft() -> None:
    marked = [a_span(10, 13), a_span(0, 3)]
    output = an_output_of(marked)
    asked = ROW.asked(output)
    assert asked.text == TEXT
    assert asked.draft == ROW.own_answer(output) == [a_span(0, 3), a_span(10, 13)]


def test_a_row_may_ask_about_the_request() -> None:
    row = ROW.model_copy(update={"marks": "request"})
    output = an_output_of([], "no").model_copy(update={"request": TEXT})
    assert row.asked(output).text == TEXT
    assert row.own_answer(output) == []


@pytest.mark.parametrize("answer", [None, "name", [a_span(0, 14)], [a_span(0, 3, "person")]])
def test_what_is_no_answer_is_no_draft(answer: Answer) -> None:
    output = an_output_of(answer)
    assert ROW.own_answer(output) is None
    assert ROW.asked(output).draft is None


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        (None, "text: people need it to mark it: send it in our envelope"),
        ("x" * (CHARACTERS_MAX + 1), "text: it has over 20,000 characters: send it in parts"),
    ],
)
def test_a_text_that_nobody_could_mark_is_refused(text: str | None, detail: str) -> None:
    output = an_output_of(None, text)
    with pytest.raises(Refused) as refused:
        ROW.asked(output)
    assert refused.value.detail == detail


def test_labels_that_look_alike_and_a_waived_answer_that_is_none_are_faults() -> None:
    row = SpansRow.model_construct(
        labels=("name", "Name", "place", "place"), overlap=False, marks="text"
    )
    assert [fault[0] for fault in row.faults(None)] == [("labels", 1), ("labels", 3)]
    waived = [a_span(3, 0)]
    assert list(ROW.faults(waived)) == [
        (("gate", "waived_answer"), "it is no answer", f"span 1: {INVERTED}")
    ]
    assert list(ROW.faults([])) == []
