"""Answers of any kind as text: readable, and as it is kept, from which the answer comes again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.question import NO_QUESTION, Answer, answer_kept, kept, text_of

ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(), parts, max_size=3),
    max_leaves=6,
)


@given(ANSWERS)
def test_an_answer_comes_again_from_what_is_kept_of_it(answer: Answer) -> None:
    again = answer_kept(kept(answer))

    assert again == answer
    assert type(again) is type(answer)


@given(st.text(alphabet=st.characters(exclude_categories=["C"])))
def test_a_line_of_text_is_kept_as_it_is(text: str) -> None:
    assert kept(text) == text_of(text) == text


@pytest.mark.parametrize(
    ("answer", "text"), [("7", "7"), (7, "7"), (["a", "c"], '["a","c"]'), (None, "null")]
)
def test_an_answer_is_named_by_its_text(answer: Answer, text: str) -> None:
    assert text_of(answer) == text


def test_nothing_answers_a_question_that_is_not_known() -> None:
    assert NO_QUESTION.problem_with("yes")
    assert NO_QUESTION.in_words("yes") == "“yes”"
