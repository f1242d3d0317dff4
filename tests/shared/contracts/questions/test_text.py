"""What is a text that may be answered, and what a sender is told about any other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.contracts.events.parts import Confidence, Output
from shared.contracts.question import Answer
from shared.contracts.questions.text import KIND, TextQuestion, TextRow

SHORT = TextQuestion(characters_min=3, characters_max=10)


def an_output(text: str | None = None, answer: Answer = None) -> Output:
    """Return an output that says this."""
    return Output(
        format="sentuh.output", text=text, answer=answer, confidence=Confidence(status="absent")
    )


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        ("Good day", "answer with"),
        ({}, "answer with"),
        ({"text": "Good day", "unclear": []}, "answer with"),
        (None, "answer with"),
        ({"text": 7}, "in quotes"),
        ({"text": ["Good day"]}, "in quotes"),
        ({"text": ""}, "it is empty"),
        ({"text": " \n\t "}, "it is empty"),
        ({"text": "\u200b\u200e"}, "it is empty"),
        ({"text": "Good\x07day"}, "control characters"),
        ({"text": "Good\x00"}, "control characters"),
        ({"text": "Good day to you"}, "shorten it to 10 characters: it has 15"),
        ({"text": " hi "}, "write at least 3 characters: it has 2"),
    ],
)
def test_what_is_no_text_is_told_what_to_do(answer: JsonValue, fix: str) -> None:
    problem = SHORT.problem_with(answer)

    assert problem is not None
    assert fix in problem


def test_twenty_thousand_characters_are_taken_and_no_more() -> None:
    assert TextQuestion().problem_with({"text": "x" * 20_000}) is None
    assert "shorten" in (TextQuestion().problem_with({"text": "x" * 20_001}) or "")


@given(st.text(max_size=40))
def test_one_canonical_form_stands_for_all_ways_to_write_a_text(text: str) -> None:
    question = TextQuestion()
    answer: Answer = {"text": text}
    if question.problem_with(answer) is None:
        once = question.canonical(answer)

        assert question.canonical(once) == once
        assert question.problem_with(once) is None
        assert question.canonical({"text": f"  {text}\r\n"}) == once


def test_blanks_at_the_ends_of_lines_make_no_other_text() -> None:
    assert TextQuestion().canonical({"text": "One. \r\n\tTwo.\t\n"}) == {"text": "One.\n\tTwo."}


def test_a_trace_tells_the_beginning_of_a_long_text() -> None:
    assert TextQuestion().in_words({"text": "word " * 30}) == f"“{'word ' * 15}word…”"


def test_the_token_carries_the_limits() -> None:
    token = SHORT.in_token()

    assert token.question.from_token(token.digests) == SHORT


def test_the_model_s_text_is_its_own_answer_where_it_fits() -> None:
    row = TextRow(characters_max=10, then="compare")

    assert row.own_answer(an_output("Good day ")) == {"text": "Good day"}
    assert row.own_answer(an_output("x", {"text": "Hello"})) == {"text": "Hello"}
    assert row.own_answer(an_output("Good day to you")) is None
    assert row.own_answer(an_output()) is None


def test_limits_that_leave_no_text_are_a_fault() -> None:
    row = TextRow(characters_min=9, characters_max=8, then="compare")

    faults = list(row.faults({"text": ""}))

    assert [path for path, _, _ in faults] == [("characters_min",), ("gate", "waived_answer")]
    assert KIND.row is TextRow
    assert TextQuestion().in_words({"text": "a\nb"}) == "“a b”"
