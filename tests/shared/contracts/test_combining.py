"""A letter may carry the marks that writing has, and no pile of them."""

import pytest

from shared.contracts.combining import MARKS_MAX, TOO_MANY, has_pile
from shared.contracts.labels import nfc
from shared.contracts.question import Question
from shared.contracts.questions.record import RecordQuestion, TextField
from shared.contracts.questions.text import TextQuestion
from shared.contracts.questions.transcript.question import TranscriptQuestion

PILE = "a" + "\u0315\u0316" * 8_000


@pytest.mark.parametrize("text", ["", "plain", "e\u0301te\u0301", "a" + "\u0316" * MARKS_MAX])
def test_what_people_write_has_none(text: str) -> None:
    assert not has_pile(text)


@pytest.mark.parametrize("mark", ["\u0316", "\u0315\u0316"])
def test_more_marks_in_a_row_than_writing_has_are_one(mark: str) -> None:
    assert has_pile("a " + "e" + mark * (MARKS_MAX + 1))


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (TranscriptQuestion(language="en", rules=()), "text"),
        (TextQuestion(), "text"),
        (RecordQuestion(fields=(TextField(name="seller", characters_max=10_000),)), "seller"),
    ],
    ids=lambda value: value.kind if hasattr(value, "kind") else value,
)
def test_no_answer_has_one(question: Question, field: str) -> None:
    assert TOO_MANY in str(question.problem_with({field: PILE[:10_000]}))


def test_a_text_of_marks_is_no_label() -> None:
    assert nfc(PILE) == PILE
