"""A transcript is taken or refused with what to do about it."""

import pytest
from pydantic import JsonValue

from services.intake.catalog.rows import ROWS
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.questions import KINDS, question_of, written
from shared.contracts.questions.transcript.question import (
    CHARACTERS_MAX,
    TranscriptQuestion,
    TranscriptRow,
)

QUESTION = TranscriptQuestion(language="en", rules=("case", "punctuation"))


@pytest.mark.parametrize(
    "answer",
    [
        {"text": "hello"},
        {"text": "line\nline\ttab"},
        {"text": "a" * CHARACTERS_MAX},
        {"text": "[silence]", "unclear": [[0, 2.5]]},
        {"text": "hello", "unclear": []},
        {"text": "hello", "unclear": None},
    ],
)
def test_a_transcript_is_taken(answer: JsonValue) -> None:
    assert QUESTION.problem_with(answer) is None


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        ("hello", "answer with an object"),
        (["hello"], "answer with an object"),
        (None, "answer with an object"),
        ({}, 'set "text" to what is said'),
        ({"text": 7}, 'set "text" to what is said'),
        ({"text": "hello", "words": 1}, "take away all fields but text and unclear"),
        ({"text": " \n"}, '"text" is empty: write what is said'),
        ({"text": "..."}, '"text" has no word'),
        ({"text": "a" * (CHARACTERS_MAX + 1)}, '"text" has 20001 characters: send 20000'),
        ({"text": "a\u0007b"}, 'take the control character U+0007 at 1 out of "text"'),
        ({"text": "a", "unclear": 3}, 'list "unclear" as pairs of seconds'),
        ({"text": "a", "unclear": [3]}, "entry 0 is no pair"),
        ({"text": "a", "unclear": [[1, 2], [1]]}, "entry 1 is no pair"),
        ({"text": "a", "unclear": [[True, 2]]}, "entry 0 is no pair"),
        ({"text": "a", "unclear": [["1", 2]]}, "entry 0 is no pair"),
        ({"text": "a", "unclear": [[-1, 2]]}, "entry 0 is no pair"),
        ({"text": "a", "unclear": [[1, float("nan")]]}, "entry 0 is no pair"),
        ({"text": "a", "unclear": [[1, 10**400]]}, "entry 0 is no pair"),
        ({"text": "a", "unclear": [[5, 2]]}, "ends at 2 and starts at 5: put the start first"),
        ({"text": "a", "unclear": [[1, 2]] * 2001}, "lists 2001 parts: send 2000 at most"),
    ],
)
def test_what_is_no_transcript_is_refused_with_its_fix(answer: JsonValue, fix: str) -> None:
    problem = QUESTION.problem_with(answer)

    assert problem is not None
    assert fix in problem


def test_answers_that_mean_the_same_have_one_form() -> None:
    answer: JsonValue = {"text": " cafe\u0301\n now ", "unclear": [[3, 5], [1, 4], [8, 9]]}

    assert QUESTION.canonical(answer) == {
        "text": "caf\u00e9 now",
        "unclear": [[1.0, 5.0], [8.0, 9.0]],
    }
    assert QUESTION.canonical({"text": "a", "unclear": []}) == {"text": "a"}


def test_a_question_is_written_and_read_and_is_all_that_a_token_carries() -> None:
    assert question_of(written(QUESTION)) == QUESTION
    token = QUESTION.in_token()
    assert token.question.from_token(token.digests) == QUESTION
    assert QUESTION.about(None) == QUESTION
    assert not QUESTION.searched


def test_a_long_text_is_told_by_its_beginning() -> None:
    assert QUESTION.in_words({"text": "hello"}) == "“hello”"
    assert len(QUESTION.in_words({"text": "a" * 5000})) < 400


def a_row(**fields: object) -> TranscriptRow:
    return TranscriptRow.model_validate({"language": "en", **fields})


def test_without_a_list_all_rules_that_know_the_language_compare() -> None:
    assert a_row().asks().rules == ("case", "punctuation", "short_forms", "numbers")
    assert a_row(language="fr").asks().rules == ("case", "punctuation")
    assert a_row(language="ID_id", compare=["numbers", "case"]).asks() == TranscriptQuestion(
        language="id-id", rules=("case", "numbers")
    )


def test_rules_that_do_not_know_the_language_are_faults() -> None:
    row = a_row(language="fr", compare=["case", "numbers", "case"])

    assert [(fault[0], fault[2]) for fault in row.faults({"text": ""})] == [
        (("compare", 1), "leave it out"),
        (("compare", 2), "list it once"),
        (("gate", "waived_answer"), QUESTION.problem_with({"text": ""})),
    ]
    assert not list(a_row().faults(None))


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"text": "Hello  there"}, {"text": "Hello there"}),
        ({"answer": "Hello"}, {"text": "Hello"}),
        ({"answer": {"text": "Hello"}, "text": "other"}, {"text": "Hello"}),
        ({"text": "..."}, None),
        ({"answer": 7}, None),
        ({}, None),
    ],
)
def test_the_models_text_is_its_own_answer(fields: dict[str, object], answer: JsonValue) -> None:
    output = Output.model_validate(
        {"format": "f", "confidence": Confidence(status="absent"), **fields}
    )

    asked = a_row().asked(output)
    assert a_row().own_answer(output) == answer
    assert (asked and asked.draft) == answer


def test_the_kind_stops_at_the_word_error_and_has_drafts() -> None:
    kind = KINDS["transcript"]

    assert (kind.goal, kind.drafts) == ("word_error_max", True)
    assert ROWS["transcript"].model_fields["language"].is_required()


def test_the_story_says_how_far_people_agree() -> None:
    answers: list[JsonValue] = [{"text": t} for t in ("I see it.", "i see it", "I saw it", "we")]

    assert QUESTION.agreement_in_words(answers, {"text": "I see it"}) == (
        "4 people wrote it: two just so, one but for 1 word, one but for 3 words"
    )
    assert QUESTION.agreement_in_words([], None) == "0 people wrote it"
