"""A choice: its labels are all it says, and all that answers it."""

import json

import pytest
from pydantic import TypeAdapter

from shared.contracts.question import Answer
from shared.contracts.questions import question_of, read_question, written
from shared.contracts.questions.choice import ChoiceQuestion, ChoiceRow
from tests.support.builders import a_policy, an_output

YES_OR_NO = ChoiceQuestion(("yes", "no"))
ROW = ChoiceRow.model_validate_json(
    json.dumps({"options": [{"label": "yes", "aliases": ["LABEL_1", "sure thing"]}, "no"]})
)


def test_it_travels_as_the_list_of_its_labels_and_nothing_else() -> None:
    assert written(YES_OR_NO) == '["yes","no"]'
    assert question_of('["yes","no"]') == read_question(["yes", "no"]) == YES_OR_NO
    assert a_policy(options=("a", "b")).model_dump(mode="json")["options"] == ["a", "b"]


def test_its_schema_is_a_list_of_text() -> None:
    schema = TypeAdapter(ChoiceQuestion).json_schema()

    assert schema == {"items": {"type": "string"}, "type": "array"}


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_label_answers_it_and_has_one_form(answer: str) -> None:
    assert YES_OR_NO.problem_with(answer) is None
    assert YES_OR_NO.canonical(answer) == answer


@pytest.mark.parametrize("answer", ["Yes", " yes", "maybe", "", 1, True, None, ["yes"], {}])
def test_nothing_else_answers_it(answer: Answer) -> None:
    assert YES_OR_NO.problem_with(answer) == "answer with one of the offer's options, exactly"


@pytest.mark.parametrize(
    ("answer", "text", "meant"),
    [
        ("LABEL_1", "no", "yes"),
        (None, " sure thing\n", "yes"),
        (None, "no", "no"),
        ("maybe", "yes", None),
        (None, "perhaps", None),
    ],
)
def test_a_model_means_an_option_by_its_answer_or_else_by_its_text(
    answer: str | None, text: str, meant: str | None
) -> None:
    output = an_output(answer=answer).model_copy(update={"text": text})

    assert ROW.own_answer(output) == meant


def test_a_token_carries_the_labels() -> None:
    assert YES_OR_NO.in_token() == YES_OR_NO
