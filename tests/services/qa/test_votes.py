"""How each answer stands in a verdict."""

import pytest

from services.qa.state import KeptAnswer
from services.qa.votes import votes_of
from shared.contracts.question import Answer, Question
from shared.contracts.questions.record import RecordQuestion
from shared.contracts.questions.spans import SpansQuestion
from shared.contracts.questions.text import TextQuestion
from shared.contracts.questions.transcript.question import TranscriptQuestion

EXACT = TranscriptQuestion(language="en", rules=())
LOOSE = TranscriptQuestion(language="en", rules=("case", "punctuation", "numbers"))
NAMES = SpansQuestion(labels=("name",), length=30)
TOTAL = RecordQuestion.model_validate(
    {"fields": [{"name": "total", "kind": "number"}, {"name": "by", "kind": "text"}]}
)
A_SPAN: Answer = [{"start": 0, "end": 3, "label": "name"}]


def _agrees(
    asks: Question, answer: Answer, verdict: Answer, *, drafted: bool | None = True
) -> bool | None:
    answers = [KeptAnswer("a-1", "w-1", answer, late=False, drafted=drafted)]
    (vote,) = votes_of(answers, {"a-1": 0.8}, asks, verdict=verdict)
    return vote.agrees


@pytest.mark.parametrize(
    ("asks", "answer", "verdict", "agrees"),
    [
        (LOOSE, {"text": "It is two."}, {"text": "it is 2"}, True),
        (LOOSE, {"text": "It is two", "unclear": [[1.0, 2.0]]}, {"text": "It is two"}, True),
        (LOOSE, {"text": "It was two"}, {"text": "It is two"}, False),
        (EXACT, {"text": "it is two"}, {"text": "It is two"}, False),
        (EXACT, {"text": " It  is two "}, {"text": "It is two"}, True),
        (TextQuestion(), {"text": "Good day. "}, {"text": "Good day."}, True),
        (TextQuestion(), {"text": "Good bye."}, {"text": "Good day."}, False),
        (NAMES, A_SPAN, A_SPAN, True),
        (NAMES, [], A_SPAN, False),
        (TOTAL, {"total": "12.50", "by": "ACME"}, {"total": "12.5", "by": "Acme"}, True),
        (TOTAL, {"total": "12.51", "by": "ACME"}, {"total": "12.5", "by": "Acme"}, False),
        (TOTAL, {"total": "12.50"}, {"total": "12.5", "by": "Acme"}, False),
        (LOOSE, {"text": "It is two"}, None, False),
    ],
)
def test_an_answer_agrees_if_its_question_takes_it_for_the_verdict_s(
    asks: Question, answer: Answer, verdict: Answer, agrees: bool
) -> None:
    assert _agrees(asks, answer, verdict) is agrees
    assert _agrees(asks, answer, verdict, drafted=False) is agrees


def test_where_there_is_no_draft_nobody_is_compared_with_it() -> None:
    assert _agrees(LOOSE, {"text": "a"}, {"text": "a"}, drafted=None) is None


def test_what_is_not_counted_and_what_is_lost_agrees_with_nothing() -> None:
    answers = [
        KeptAnswer("a-1", "w-1", {"text": "a"}, late=True, drafted=True),
        KeptAnswer("a-2", "w-2", None, late=False, drafted=True, digest="d"),
    ]
    surplus, lost = votes_of(answers, {"a-2": 0.8}, LOOSE, verdict={"text": "a"})

    assert (surplus.standing, surplus.agrees) == ("surplus", None)
    assert (lost.standing, lost.digest, lost.agrees) == ("counted", "d", None)
