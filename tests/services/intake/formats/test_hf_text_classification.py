"""Hugging Face classification: flat, nested once, logits, batches."""

import pytest
from hypothesis import given, settings
from pydantic import JsonValue

from services.intake.formats.pipelines.hf_text_classification import read, recognises
from shared.contracts.errors import Reason, Refused
from shared.contracts.strictjson import JsonObject
from tests.services.intake.builders import JSON, an_envelope, assert_read_or_refused, mutations

FLAT: JsonValue = [{"label": "NEGATIVE", "score": 0.38}, {"label": "POSITIVE", "score": 0.62}]


def reason_of(payload: JsonValue) -> Reason:
    with pytest.raises(Refused) as caught:
        read(an_envelope(payload))
    return caught.value.reason


def test_best_label_is_the_answer_wherever_it_stands() -> None:
    output = read(an_envelope(FLAT, request="A fine day"))
    assert output.format == "hf.text-classification"
    assert output.answer == "POSITIVE"
    assert [(row.label, row.score) for row in output.labels] == [
        ("NEGATIVE", 0.38),
        ("POSITIVE", 0.62),
    ]
    assert output.confidence.model_dump(exclude_none=True) == {
        "status": "ok", "value": 0.62, "scale": "probability", "source_path": "$[1].score",
    }  # fmt: skip
    assert output.text is None
    assert output.request == "A fine day"


def test_list_nested_for_one_input_is_that_input() -> None:
    output = read(an_envelope([FLAT]))
    assert output.answer == "POSITIVE"
    assert output.confidence.source_path == "$[0][1].score"


def test_one_pair_alone_is_read() -> None:
    assert read(an_envelope({"label": "POSITIVE", "score": 1})).confidence.value == 1.0


def test_first_of_equals_is_the_answer() -> None:
    payload: JsonValue = [{"label": "b", "score": 0.5}, {"label": "a", "score": 0.5}]
    assert read(an_envelope(payload)).answer == "b"


@pytest.mark.parametrize(
    "payload",
    [
        [FLAT, FLAT],
        [{"label": "a", "score": 0.9}, {"label": "a", "score": 0.8}],
        [{"label": "a", "score": 4.2}, {"label": "b", "score": -3.1}],
        [{"label": "a", "score": "0.5"}],
        [{"label": "a", "score": True}],
        [{"label": "a", "score": 97.5}, {"label": "b", "score": 2.5}],
        [{"label": "a", "score": 99.5}, {"label": "b", "score": 0.5}],
        [{"label": "a", "score": None}],
        [{"label": "a"}],
        [{"label": "", "score": 0.5}],
        [{"label": "a\x1b[31m", "score": 0.5}],
        [{"label": "x" * 201, "score": 0.5}],
        [{"label": ["a"], "score": 0.5}],
        [{"label": f"l{number}", "score": 0.0} for number in range(1_001)],
        ["a", "b"],
        [[]],
        "POSITIVE",
    ],
)
def test_declared_but_unreadable_is_bad_output(payload: JsonValue) -> None:
    assert reason_of(payload) is Reason.BAD_OUTPUT


@pytest.mark.parametrize(
    ("payload", "recognised"),
    [
        (FLAT, True),
        ([FLAT], True),
        ([FLAT, FLAT], True),
        ({"label": "a", "score": 0.5}, True),
        ([{"entity_group": "ORG", "score": 0.7, "word": "Acme", "start": 1, "end": 5}], False),
        ([{"label": "cat", "score": 0.9, "box": {"xmin": 1}}], False),
        ({"answer": "Paris", "score": 0.44, "start": 3, "end": 8}, False),
        ([], False),
        ([[]], False),
        ({}, False),
        (None, False),
    ],
)
def test_pairs_and_nothing_else_are_recognised(payload: JsonValue, *, recognised: bool) -> None:
    assert recognises(payload) is recognised


ZERO_SHOT: JsonValue = {
    "sequence": "Great visit",
    "labels": ["positive", "negative"],
    "scores": [0.87, 0.13],
}


@pytest.mark.parametrize("payload", [ZERO_SHOT, [ZERO_SHOT]])
def test_zero_shot_is_labels_with_scores_and_brings_its_request(payload: JsonValue) -> None:
    assert recognises(payload)
    output = read(an_envelope(payload))
    assert output.answer == "positive"
    assert output.confidence.value == 0.87
    assert output.confidence.source_path == "$.scores[0]"
    assert output.request == "Great visit"
    assert read(an_envelope(payload, request="Sent")).request == "Sent"


@pytest.mark.parametrize(
    "changes",
    [
        {"scores": [0.87]},
        {"scores": [0.87, "0.13"]},
        {"scores": 0.87},
        {"labels": ["positive", "positive"]},
        {"labels": ["positive", None]},
        {"labels": []},
        {"labels": [["positive"], ["negative"]]},
    ],
)
def test_zero_shot_whose_lists_do_not_fit_is_bad_output(changes: JsonObject) -> None:
    assert reason_of({**dict(ZERO_SHOT), **changes}) is Reason.BAD_OUTPUT  # type: ignore[arg-type]


def test_zero_shot_of_several_sequences_is_a_batch() -> None:
    assert recognises([ZERO_SHOT, ZERO_SHOT])
    with pytest.raises(Refused, match="a record of its own"):
        read(an_envelope([ZERO_SHOT, ZERO_SHOT]))


@settings(max_examples=400)
@given(JSON | mutations(FLAT) | mutations([FLAT]) | mutations(ZERO_SHOT))
def test_anything_is_read_or_refused(payload: JsonValue) -> None:
    assert recognises(payload) in (True, False)
    assert_read_or_refused(lambda: read(an_envelope(payload)))
