"""Rows of data sets and tasks of a labelling tool, each read as it should be.

Rows are as the package datasets 5.2.0 writes them, with the columns that TRL and the arenas' data
sets have; tasks hold predictions as label-studio-sdk 2.1.2 makes them. The texts are our own.
"""

import pytest
from pydantic import JsonValue

from services.intake.formats import choose
from services.intake.formats.datasets import label_studio_spans
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Output
from tests.services.intake.formats.test_outputs import payload_of, read

RANKED = [
    ("arena-one-hot-b", "arena.battle", [["Paris."], ["Lyon."]]),
    ("arena-one-hot-tie", "arena.battle", [["Paris!\n\nIt is Madrid.", "Paris.\n\nMadrid."]]),
    ("arena-winner-a", "arena.battle", [["Paris."], ["Lyon."]]),
    ("trl-explicit", "trl.preference", [["Paris."], ["Lyon."]]),
    ("trl-explicit-messages", "trl.preference", [["Paris."], ["Lyon."]]),
    ("trl-images", "trl.preference", [["A cat."], ["A dog."]]),
    ("trl-implicit-messages", "trl.preference", [["Paris."], ["Lyon."]]),
    ("trl-implicit-text", "trl.preference", [["The sky is blue."], ["The sky is green."]]),
    ("trl-scores", "trl.preference", [["Paris."], ["Lyon."]]),
]
"""Name, format, the texts by place, best first."""
NONE_OF_THEM = ["arena-both-bad", "arena-parts-both-bad"]
NAME: dict[str, JsonValue]
PLACE: dict[str, JsonValue]
NAME, PLACE = {"start": 0, "end": 3, "label": "name"}, {"start": 13, "end": 18, "label": "place"}
ANSWERED: list[tuple[str, str, JsonValue, str | None, float | str]] = [
    ("label-studio-choice", "label-studio.task", "positive", None, 0.72),
    ("label-studio-percent", "label-studio.task", "positive", None, "off_scale"),
    ("label-studio-rating", "label-studio.task", 4, None, 0.4),
    ("label-studio-score-not-set", "label-studio.task", "positive", None, "placeholder"),
    ("label-studio-spans", "label-studio.task", [NAME, PLACE], None, 0.8),
    (
        "label-studio-spans-utf16",
        "label-studio.task",
        [{**NAME, "start": 2, "end": 5}, {**PLACE, "start": 15, "end": 20}],
        None,
        0.6,
    ),
    ("label-studio-textarea", "label-studio.task", None, "Good morning.", 0.4),
    ("label-studio-two-choices", "label-studio.task", ["food", "service"], None, 0.9),
    ("trl-unpaired-messages", "trl.unpaired", "false", "Lyon.", "not_stated"),
    ("trl-unpaired-true", "trl.unpaired", "true", "Paris.", "not_stated"),
]
"""Name, format, answer, text, confidence or why there is none."""
REFUSED = [
    ("arena-null-answer", Reason.EMPTY_PAYLOAD, "$.response_b"),
    ("arena-two-winners", Reason.BAD_OUTPUT, "exactly one of the three winners"),
    ("label-studio-rectangle", Reason.BAD_OUTPUT, "send one result of the type choices"),
    ("label-studio-spans-elsewhere", Reason.BAD_OUTPUT, "the spans fit 0 texts of the data"),
    ("trl-same", Reason.BAD_OUTPUT, "there is nothing to compare"),
]
JUDGED = frozenset({row[0] for row in (*RANKED, *ANSWERED, *REFUSED)} | {*NONE_OF_THEM})
SPAN: dict[str, JsonValue] = {"start": 0, "end": 1, "text": "a", "labels": ["name"]}


def texts_of(output: Output) -> dict[str, str]:
    """The texts of an output's candidates by their ids."""
    return {candidate.id: str(candidate.text) for candidate in output.candidates}


@pytest.mark.parametrize(("name", "format_name", "places"), RANKED)
def test_two_answers_are_candidates_and_the_rows_choice_ranks_them(
    name: str, format_name: str, places: list[list[str]]
) -> None:
    assert choose(None, payload_of(name)).name == format_name
    output = read(name)
    texts = texts_of(output)
    ranking: list[list[str]] = output.answer["ranking"]  # type: ignore[index, call-overload, assignment]
    assert [sorted(texts[one] for one in place) for place in ranking] == places
    assert list(texts) == sorted(texts)
    assert output.text is None
    assert output.model is None
    assert output.confidence.reason == "not_stated"


@pytest.mark.parametrize("name", NONE_OF_THEM)
def test_none_of_two_bad_answers_is_best(name: str) -> None:
    output = read(name)
    assert output.answer == {"none": True}
    assert len(output.candidates) == 2


@pytest.mark.parametrize("name", ["trl-explicit", "trl-implicit-messages", "arena-winner-a"])
def test_what_was_asked_is_the_request(name: str) -> None:
    assert str(read(name).request).endswith("Capital of France?")


@pytest.mark.parametrize(("name", "format_name", "answer", "text", "sure"), ANSWERED)
def test_an_answer_is_read_in_the_form_of_its_kind(
    name: str, format_name: str, answer: JsonValue, text: str | None, sure: float | str
) -> None:
    assert choose(None, payload_of(name)).name == format_name
    output = read(name)
    assert output.answer == answer
    assert output.text == text
    assert (output.confidence.value or output.confidence.reason) == sure


@pytest.mark.parametrize(("name", "reason", "words"), REFUSED)
def test_what_cannot_be_read_is_refused_with_the_fix(name: str, reason: Reason, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read(name)
    assert caught.value.reason is reason
    assert words in caught.value.detail


@pytest.mark.parametrize(
    ("count", "data"),
    [
        (2_001, {"text": "a"}),
        (1, {str(number): f"a{number}" for number in range(51)}),
        (1, {"text": "a", "other": "ab"}),
        (1, {}),
    ],
)
def test_spans_whose_text_cannot_be_told_in_bounded_time_are_refused(
    count: int, data: dict[str, JsonValue]
) -> None:
    with pytest.raises(Refused):
        label_studio_spans.facts_of([SPAN] * count, data)
