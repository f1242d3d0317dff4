"""Our own form: closed, with confidence on the scale it names."""

import math

import pytest
from hypothesis import given, settings
from pydantic import JsonValue

from services.intake.formats.sentuh_output import read, recognises
from shared.contracts.errors import Reason, Refused
from shared.contracts.strictjson import JsonObject
from tests.services.intake.builders import JSON, an_envelope, assert_read_or_refused, mutations

FULL: JsonObject = {
    "text": "Total: 42",
    "labels": [{"label": "paid", "score": 0.2}, {"label": "open", "score": 0.7}],
    "answer": "paid",
    "confidence": {"value": 0.6},
    "model": "reader",
    "model_version": "3",
    "language": "en",
}


def test_output_is_read_as_it_stands() -> None:
    output = read(an_envelope(FULL))
    assert output.text == "Total: 42"
    assert output.answer == "paid"
    assert output.language == "en"
    assert output.model == "reader"
    assert output.model_version == "3"
    assert [row.label for row in output.labels] == ["paid", "open"]
    assert output.confidence.value == 0.6
    assert output.confidence.source_path == "$.confidence.value"


@pytest.mark.parametrize(
    ("confidence", "value"),
    [
        ({"value": 1, "scale": "probability"}, 1.0),
        ({"value": 85.5, "scale": "percent"}, 0.855),
        ({"value": -0.5, "scale": "logprob"}, math.exp(-0.5)),
    ],
)
def test_scale_is_declared_and_kept(confidence: JsonObject, value: float) -> None:
    found = read(an_envelope({"answer": "a", "confidence": confidence})).confidence
    assert found.value == pytest.approx(value)
    assert found.status == "ok"
    assert found.scale == confidence["scale"]


def test_without_a_stated_confidence_it_is_the_score_of_the_best_label() -> None:
    labelled = {name: FULL[name] for name in ("labels", "answer")}
    contradicted = read(an_envelope(labelled))
    assert contradicted.answer == "paid"
    assert (contradicted.confidence.value, contradicted.confidence.reason) == (None, "other_tokens")
    best = read(an_envelope({"labels": FULL["labels"]}))
    assert best.answer == "open"
    assert best.confidence.value == 0.7
    other = read(an_envelope({**labelled, "answer": "lost"}))
    assert other.answer == "lost"
    assert other.confidence.status == "absent"
    assert read(an_envelope({"text": "t"})).confidence.status == "absent"


def test_placeholder_is_a_sentinel() -> None:
    confidence: JsonValue = {"value": -9999, "scale": "logprob"}
    assert (
        read(an_envelope({"answer": "a", "confidence": confidence})).confidence.status == "sentinel"
    )


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"answer": "a", "is_admin": True}, Reason.EXTRA_FORBIDDEN),
        ({"answer": "a", "confidence": {"value": 0.5, "x": 1}}, Reason.EXTRA_FORBIDDEN),
        ({"answer": "a", "confidence": {}}, Reason.MISSING),
        ({"answer": "a", "confidence": 0.5}, Reason.INVALID_FIELD),
        ({"answer": "a", "confidence": {"value": "0.5"}}, Reason.INVALID_FIELD),
        ({"answer": "a", "confidence": {"value": True}}, Reason.INVALID_FIELD),
        ({"answer": "a", "confidence": {"value": 10**400}}, Reason.INVALID_FIELD),
        ({"answer": "a", "confidence": {"value": 1, "scale": "stars"}}, Reason.INVALID_FIELD),
        ({"labels": [{"label": "a", "score": 9}, {"label": "b", "score": 2}]}, Reason.BAD_OUTPUT),
        ({"labels": [{"label": "a", "score": 1}, {"label": "a", "score": 0}]}, Reason.BAD_OUTPUT),
        ({"answer": "a\x1b[31m"}, Reason.INVALID_FIELD),
        ({"candidates": [{"id": "a", "text": "x"}] * 2}, Reason.INVALID_FIELD),
        ({"candidates": [{"id": "a"}]}, Reason.INVALID_FIELD),
        ({"candidates": [{"id": "a", "text": "x", "rank": 1}]}, Reason.EXTRA_FORBIDDEN),
        ({"candidates": [{"id": f"c{n}", "text": "x"} for n in range(9)]}, Reason.INVALID_FIELD),
        ({"text": " \n", "answer": "a"}, Reason.EMPTY_PAYLOAD),
        ({"model": "reader"}, Reason.EMPTY_PAYLOAD),
        ({}, Reason.EMPTY_PAYLOAD),
        ([], Reason.NOT_OBJECT),
    ],
)
def test_what_is_not_taken(payload: JsonValue, reason: Reason) -> None:
    with pytest.raises(Refused) as caught:
        read(an_envelope(payload))
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("payload", "recognised"),
    [
        (FULL, True),
        ({"answer": "a"}, True),
        ({"text": "t", "confidence": {"value": 1}}, True),
        ({"text": "hello there"}, False),
        ({"answer": "Paris", "score": 0.44, "start": 3, "end": 8}, False),
        ({"sequence": "s", "labels": ["a"], "scores": [0.1]}, False),
        ({"labels": ["a"], "probabilities": [1]}, False),
        ({}, False),
    ],
)
def test_only_our_fields_are_recognised(payload: JsonValue, *, recognised: bool) -> None:
    assert recognises(payload) is recognised


@settings(max_examples=400)
@given(JSON | mutations(FULL))
def test_anything_is_read_or_refused(payload: JsonValue) -> None:
    assert recognises(payload) in (True, False)
    assert_read_or_refused(lambda: read(an_envelope(payload)))


@pytest.mark.parametrize("text", ["word " * 41, "two\nlines"], ids=["long", "lines"])
def test_a_text_that_is_no_label_is_refused_with_the_form_to_send_it_in(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read(an_envelope({"answer": text}))

    assert 'send as {"text": "..."}' in refused.value.detail
    assert read(an_envelope({"answer": {"text": text}})).answer == {"text": text}


def test_answers_of_every_type_and_candidates_are_taken() -> None:
    said: list[JsonValue] = [5, 2.5, ["a", "c"], {"total": "12.50"}, True]
    for answer in said:
        assert read(an_envelope({"answer": answer})).answer == answer
    compared: JsonValue = {"candidates": [{"id": "c1", "text": "one"}, {"id": "c2", "text": "two"}]}
    assert recognises(compared)
    assert [one.text for one in read(an_envelope(compared)).candidates] == ["one", "two"]
