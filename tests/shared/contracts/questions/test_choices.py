"""Choices: lists of the options' labels answer it, and each other list is refused with its fix."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.question import Answer
from shared.contracts.questions import question_of, written
from shared.contracts.questions.choices import NO_LIST, ChoicesQuestion, ChoicesRow
from tests.support.builders import an_output

TAGS = ChoicesQuestion(options=("blurred", "dark", "cropped"), picks_min=1, picks_max=2)
WRITTEN = unicodedata.normalize("NFD", "Tiếng Việt")
MANY = ChoicesQuestion(
    options=(*(f"topic_{number}" for number in range(499)), WRITTEN), picks_min=1, picks_max=5
)


def a_row(**fields: object) -> ChoicesRow:
    options = ["blurred", {"label": "dark", "aliases": ["LABEL_1"]}, "cropped"]
    return ChoicesRow.model_validate_json(json.dumps({"options": options, **fields}))


def test_it_travels_as_an_object_that_names_its_kind() -> None:
    text = '{"kind":"choices","options":["blurred","dark","cropped"],"picks_min":1,"picks_max":2}'

    assert written(TAGS) == text
    assert question_of(text) == TAGS
    assert TAGS.about(None) == TAGS


def test_an_answer_has_the_options_order_and_their_spelling() -> None:
    asked = ChoicesQuestion(options=("no", WRITTEN), picks_max=2)
    answer: Answer = [unicodedata.normalize("NFC", WRITTEN), "no"]

    assert TAGS.canonical(["dark", "blurred"]) == ["blurred", "dark"]
    assert asked.problem_with(answer) is None
    assert asked.canonical(answer) == ["no", WRITTEN]


AS_TEXT = "write entry 1 as text, in quotes, exactly as one of the offer's options, or leave it out"


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        ("dark", NO_LIST),
        ({"dark": True}, NO_LIST),
        (None, NO_LIST),
        ([], "pick at least 1 of the offer's options"),
        (["blurred", "dark", "cropped"], "pick at most 2 of the offer's options"),
        (["dark", "dark"], "list each option once: entry 2 is there before"),
        (["dark", "Dark"], "write entry 2 exactly as one of the offer's options, or leave it out"),
        ([["dark"]], AS_TEXT),
        ([7], AS_TEXT),
    ],
)
def test_nothing_else_answers_it(answer: Answer, fix: str) -> None:
    assert TAGS.problem_with(answer) == fix


def test_none_of_the_options_may_be_an_answer() -> None:
    asked = ChoicesQuestion(options=("a", "b"), picks_max=2)

    assert asked.problem_with([]) is None
    assert asked.canonical([]) == []
    assert asked.in_words([]) == "none of them"


@given(st.lists(st.sampled_from([*TAGS.options, "loud"]), max_size=5))
def test_a_list_is_right_where_it_has_known_options_once_and_not_too_many(
    answer: list[str],
) -> None:
    right = len(set(answer)) == len(answer) and "loud" not in answer and 1 <= len(answer) <= 2

    assert (TAGS.problem_with([*answer]) is None) == right


def test_a_token_carries_the_digests_of_what_people_search() -> None:
    stated, digests = MANY.in_token()
    known = stated.from_token(digests)

    assert MANY.searched
    assert not TAGS.searched
    assert len(written(stated).encode()) < 100
    assert len(digests) == 500 * 8
    assert known.problem_with(["topic_0", unicodedata.normalize("NFC", WRITTEN)]) is None
    wrongs: list[Answer] = [[], ["loud"], ["topic_0"] * 2, [7], "topic_0", [*MANY.options[:6]]]
    for wrong in wrongs:
        assert known.problem_with(wrong) == MANY.problem_with(wrong)
    assert known.in_token() == (
        stated,
        b"".join(sorted(digests[at : at + 8] for at in range(0, 4000, 8))),
    )
    assert known.from_token(b"") == known.about(None) == known
    assert known.canonical(["topic_3", "topic_1"]) == ["topic_3", "topic_1"]
    assert known.in_words(["topic_1"]) == "“topic_1”"
    assert known.searched


def test_a_token_carries_the_labels_of_a_list() -> None:
    stated, digests = TAGS.in_token()

    assert stated.from_token(digests) == TAGS


@pytest.mark.parametrize(
    ("answer", "text", "meant"),
    [
        (["LABEL_1", "blurred"], "", ["blurred", "dark"]),
        ("dark", "", ["dark"]),
        (None, " cropped\n", ["cropped"]),
        ([], "", None),
        (["dark", "loud"], "", None),
        (["blurred", "dark", "cropped"], "", None),
        (None, "something", None),
    ],
)
def test_a_model_picks_by_labels_and_aliases(
    answer: Answer, text: str, meant: list[str] | None
) -> None:
    output = an_output().model_copy(update={"answer": answer, "text": text})

    assert a_row(picks_min=1, picks_max=2).own_answer(output) == meant


@pytest.mark.parametrize(
    ("fields", "where", "fix"),
    [
        ({"picks_max": 4}, ("picks_max",), "set it to 3 or less, or leave it out"),
        ({"picks_max": 0}, ("picks_max",), "set it to 1 or more"),
        ({"picks_min": 3, "picks_max": 2}, ("picks_min",), "set it to 2 or less"),
        ({"picks_min": 4}, ("picks_min",), "set it to 3 or less"),
        (
            {"options": ["a", "A "[:1]]},
            ("options", 1),
            "a label or alias means one option: rename it (case, blanks and joiners do not count)",
        ),
    ],
)
def test_picks_that_nobody_can_keep_are_a_fault(
    fields: dict[str, object], where: tuple[str | int, ...], fix: str
) -> None:
    ((place, _, said),) = a_row(**fields).faults(None)

    assert (place, said) == (where, fix)


def test_a_waived_answer_is_an_answer() -> None:
    assert list(a_row().faults(["dark"])) == []
    ((place, fault, _),) = a_row().faults(["loud"])
    assert (place, fault) == (("gate", "waived_answer"), '["loud"] is no answer')
