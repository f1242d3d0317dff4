"""A choice: its labels are all it says, and all that answers it."""

import json
import unicodedata

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.question import Answer
from shared.contracts.questions import question_of, read_question, written
from shared.contracts.questions.choice import NO_OPTION, NO_TEXT, ChoiceQuestion, ChoiceRow
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
    assert YES_OR_NO.problem_with(answer) == (NO_OPTION if isinstance(answer, str) else NO_TEXT)


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


NEUTRAL = "\u0628\u06cc\u200c\u0637\u0631\u0641"
WRITTEN = unicodedata.normalize("NFD", "Tiếng Việt")


def test_labels_with_joiners_and_accents_are_options_and_kept_as_they_were_written() -> None:
    row = ChoiceRow.model_validate_json(json.dumps({"options": [NEUTRAL, WRITTEN]}))

    assert row.labels == (NEUTRAL, WRITTEN)
    assert row.own_answer(an_output(answer=NEUTRAL)) == NEUTRAL
    assert list(row.faults(None)) == []


def test_an_answer_in_another_form_of_unicode_is_the_option_it_means() -> None:
    row = ChoiceRow.model_validate_json(json.dumps({"options": ["no", WRITTEN]}))
    answer = unicodedata.normalize("NFC", WRITTEN)

    assert answer != WRITTEN
    assert row.asks().problem_with(answer) is None
    assert row.asks().canonical(answer) == WRITTEN
    assert row.own_answer(an_output(answer=answer)) == WRITTEN


def test_two_options_that_look_alike_are_a_fault() -> None:
    twins = [NEUTRAL, NEUTRAL.replace("\u200c", "")]
    row = ChoiceRow.model_validate_json(json.dumps({"options": twins}))

    ((where, *_),) = row.faults(None)

    assert where == ("options", 1)


@pytest.mark.parametrize("label", [" yes", "yes\u00a0", "a\u200bb", "a\u202eb", "", "x" * 101])
def test_labels_that_nobody_could_tell_apart_are_no_options(label: str) -> None:
    with pytest.raises(ValidationError):
        ChoiceRow.model_validate_json(json.dumps({"options": [label, "no"]}))


def test_a_token_carries_the_labels_of_a_list() -> None:
    asked, digests = YES_OR_NO.in_token()

    assert asked == YES_OR_NO
    assert digests == b""
    assert asked.from_token(digests) == YES_OR_NO


MANY = ChoiceQuestion((*(f"intent_{number}" for number in range(499)), WRITTEN))


def test_a_token_carries_the_digests_of_what_people_search() -> None:
    asked, digests = MANY.in_token()
    known = asked.from_token(digests)

    assert MANY.searched
    assert not YES_OR_NO.searched
    assert asked == ChoiceQuestion(())
    assert len(digests) == 500 * 8
    for answer in ("intent_0", "intent_498", WRITTEN, unicodedata.normalize("NFC", WRITTEN)):
        assert known.problem_with(answer) is None
    wrongs: list[Answer] = ["intent_499", "", 7, None, ["intent_0"]]
    for wrong in wrongs:
        assert known.problem_with(wrong) == (NO_OPTION if isinstance(wrong, str) else NO_TEXT)


def test_labels_of_one_form_that_an_older_catalog_had_are_each_meant_by_themselves() -> None:
    composed, apart = "\u00e9", "e\u0301"
    for options in ((composed, apart), (apart, composed)):
        question = ChoiceQuestion(options)
        assert [question.canonical(answer) for answer in options] == list(options)


@pytest.mark.parametrize(("count", "fault"), [(77, None), (500, None), (501, "too_long")])
def test_up_to_500_options_are_taken(count: int, fault: str | None) -> None:
    row = json.dumps({"options": [f"intent_{number}" for number in range(count)]})
    if fault is None:
        assert list(ChoiceRow.model_validate_json(row).faults(None)) == []
        return
    with pytest.raises(ValidationError) as caught:
        ChoiceRow.model_validate_json(row)
    assert caught.value.errors()[0]["type"] == fault
