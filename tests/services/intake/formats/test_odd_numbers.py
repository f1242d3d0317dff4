"""One odd number costs itself or the confidence, never the output or the answer."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from services.intake.formats import FORMATS
from services.intake.formats.payload import ROUNDING
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject
from tests.services.intake.builders import an_envelope
from tests.services.intake.formats.test_openai_chat import a_completion, a_token


def read(name: str, payload: JsonValue) -> Output:
    return FORMATS[name].read(an_envelope(payload))


def hf(*scores: JsonValue) -> JsonValue:
    """Scores of the labels l0, l1, ..."""
    return [{"label": f"l{at}", "score": score} for at, score in enumerate(scores)]


def row(*probabilities: JsonValue) -> JsonValue:
    return {"classes": list(range(len(probabilities))), "probabilities": list(probabilities)}


def zero_shot(*scores: JsonValue) -> JsonValue:
    return {
        "sequence": "Great visit",
        "labels": [f"l{at}" for at in range(len(scores))],
        "scores": list(scores),
    }


def own(*scores: JsonValue) -> JsonValue:
    return {"labels": hf(*scores)}


SHAPES = (
    ("hf.text-classification", hf),
    ("hf.text-classification", zero_shot),
    ("sklearn.proba", row),
    ("sentuh.output", own),
)


@pytest.mark.parametrize(("name", "shape"), SHAPES)
@pytest.mark.parametrize(
    "scores",
    [
        (1.00000536, 4.64e-06),
        (1.0000013, 3.4e-05),
        (1.0000001, -1e-9),
        (1.0009765625, 0.0),
        (1.0000002, 0.0000001),
    ],
)
def test_score_that_passes_one_by_rounding_is_one(
    name: str, shape: Callable[..., JsonValue], scores: tuple[float, ...]
) -> None:
    output = read(name, shape(*scores))
    assert output.confidence.status == "ok"
    assert output.confidence.value == 1.0
    assert all(0 <= label.score <= 1 for label in output.labels)


@pytest.mark.parametrize(("name", "shape"), SHAPES)
@pytest.mark.parametrize(
    "scores",
    [
        (1.3, 0.2),
        (0.7, -0.2, 0.1),
        (1.0078125, 0.0),
        (2.7e301, 0.1),
        (-1, 0.4, 0.3),
        (0.9, None),
        (None, 0.2, 0.8),
    ],
)
def test_one_score_off_the_scale_costs_itself_and_the_confidence(
    name: str, shape: Callable[..., JsonValue], scores: tuple[float | None, ...]
) -> None:
    output = read(name, shape(*scores))
    assert output.answer is not None
    assert len(output.labels) == len(scores) - 1
    assert output.confidence.status == "sentinel"
    assert output.confidence.reason == "off_scale"
    assert output.confidence.value is None


@pytest.mark.parametrize(("name", "shape"), SHAPES[:3])
@pytest.mark.parametrize("none", ["NaN", "Infinity", "-Infinity"])
def test_number_that_json_cannot_hold_is_never_the_best_score(
    name: str, shape: Callable[..., JsonValue], none: str
) -> None:
    output = read(name, shape(0.2, none, 0.7))
    assert output.answer in {"l2", "2"}
    assert output.confidence.reason == "off_scale"


@pytest.mark.parametrize(("name", "shape"), SHAPES)
def test_scores_that_are_all_null_are_refused(name: str, shape: Callable[..., JsonValue]) -> None:
    with pytest.raises(Refused, match="send probabilities"):
        read(name, shape(None, None))


@pytest.mark.parametrize("score", [1.3, -1, 98.2, 10**400, -0.01])
def test_single_score_off_the_scale_keeps_its_label(score: JsonValue) -> None:
    output = read("hf.text-classification", {"label": "POSITIVE", "score": score})
    assert output.answer == "POSITIVE"
    assert output.confidence.status == "sentinel"


@pytest.mark.parametrize(("name", "shape"), SHAPES)
@pytest.mark.parametrize(
    "scores", [(98.2, 1.8), (99.5, 0.5), (4.2, -3.1), (5.786529541015625, -4.786529541015625)]
)
def test_percents_and_logits_are_refused_with_the_fix(
    name: str, shape: Callable[..., JsonValue], scores: tuple[float, ...]
) -> None:
    with pytest.raises(Refused, match="no logits and no percents") as caught:
        read(name, shape(*scores))
    assert caught.value.reason is Reason.BAD_OUTPUT


@pytest.mark.parametrize(("name", "shape"), SHAPES)
@pytest.mark.parametrize("scores", [(1, 0), (1.0, 0.0), (0.0, 0.0, 1.0), (0, 1, 0, 0), (-0.0, 1.0)])
def test_scores_of_nothing_but_zero_and_one_are_no_confidence(
    name: str, shape: Callable[..., JsonValue], scores: tuple[float, ...]
) -> None:
    output = read(name, shape(*scores))
    assert output.answer is not None
    assert output.confidence.status == "absent"
    assert output.confidence.reason == "zero_or_one"


def test_row_of_one_class_says_nothing() -> None:
    assert read("sklearn.proba", row(1.0)).confidence.reason == "zero_or_one"


@pytest.mark.parametrize("scores", [(0.9, 0.9), (1.0, 1.0, 0.5), (0.1, 0.1), (0.0, 0.5)])
def test_row_that_does_not_add_up_to_one_goes_to_people(scores: tuple[float, ...]) -> None:
    output = read("sklearn.proba", row(*scores))
    assert output.confidence.status == "sentinel"
    assert "add up to" in (output.confidence.detail or "")
    assert len(output.labels) == len(scores)


def of_tokens(*logprobs: JsonValue) -> Confidence:
    texts = [f"t{at}" for at in range(len(logprobs))]
    listed: JsonValue = [a_token(value, text) for value, text in zip(logprobs, texts, strict=True)]
    payload = a_completion(content="".join(texts), logprobs={"content": listed})
    output = read("openai.chat", payload)
    assert output.text == "".join(texts)
    return output.confidence


@pytest.mark.parametrize(
    ("logprobs", "mean"),
    [
        ((0.0009765625, -0.02), -0.01),
        ((1e-7, -0.2), -0.1),
        ((5.96e-08,), 0.0),
        ((0, -1), -0.5),
        ((-0.0, 0.0), 0.0),
        ((1e-9, 1e-9, -0.3), -0.1),
    ],
)
def test_log_probability_just_above_zero_is_zero(logprobs: tuple[float, ...], mean: float) -> None:
    confidence = of_tokens(*logprobs)
    assert confidence.status == "ok"
    assert confidence.value == pytest.approx(math.exp(mean))


@pytest.mark.parametrize(
    ("logprobs", "reason"),
    [
        ((0.5, -0.2), "off_scale"),
        ((0.002, -0.2), "off_scale"),
        ((-0.1, 99.0), "off_scale"),
        ((10**400, -0.1), "off_scale"),
        ((-0.1, -9999.0), "placeholder"),
        ((-0.1, -(10**400)), "placeholder"),
        ((-0.1, -3.4028235e38), "placeholder"),
        ((-0.1, "NaN"), "placeholder"),
        (("-Infinity", -0.1), "placeholder"),
    ],
)
def test_log_probability_that_is_none_costs_the_confidence(
    logprobs: tuple[JsonValue, ...], reason: str
) -> None:
    confidence = of_tokens(*logprobs)
    assert (confidence.status, confidence.reason, confidence.value) == ("sentinel", reason, None)


@pytest.mark.parametrize("zeros", [(0.0,) * 4, (0,) * 30, (-0.0, 0, 0.0, 0.0, -0.0)])
def test_log_probabilities_of_greedy_decoding_are_no_confidence(zeros: tuple[float, ...]) -> None:
    confidence = of_tokens(*zeros)
    assert (confidence.status, confidence.reason) == ("sentinel", "placeholder")


@pytest.mark.parametrize("logprobs", [(0.0,), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0, -1e-6)])
def test_few_tokens_may_all_be_sure(logprobs: tuple[float, ...]) -> None:
    assert of_tokens(*logprobs).status == "ok"


@pytest.mark.parametrize(
    ("stated", "value"),
    [
        ({"value": 1.0000001}, 1.0),
        ({"value": -1e-9}, 0.0),
        ({"value": 100.00001, "scale": "percent"}, 1.0),
        ({"value": 1e-7, "scale": "logprob"}, 1.0),
        ({"value": 1.00098}, 1.0),
    ],
)
def test_stated_confidence_a_hair_beyond_its_scale_is_its_end(
    stated: JsonObject, value: float
) -> None:
    confidence = read("sentuh.output", {"answer": "a", "confidence": stated}).confidence
    assert (confidence.status, confidence.value) == ("ok", value)


@pytest.mark.parametrize(
    "stated",
    [
        {"value": -1},
        {"value": 85.5},
        {"value": 1.01},
        {"value": 100.5, "scale": "percent"},
        {"value": -3, "scale": "percent"},
        {"value": 0.5, "scale": "logprob"},
    ],
)
def test_stated_confidence_beyond_its_scale_goes_to_people(stated: JsonObject) -> None:
    output = read("sentuh.output", {"answer": "a", "confidence": stated})
    assert output.answer == "a"
    assert output.confidence.status == "sentinel"
    assert output.confidence.reason == "off_scale"


@pytest.mark.parametrize("scale", ["probability", "percent", "logprob"])
def test_stated_null_goes_to_people(scale: str) -> None:
    stated: JsonObject = {"value": None, "scale": scale}
    output = read("sentuh.output", {"answer": "a", "confidence": stated})
    assert (output.confidence.status, output.confidence.reason) == ("sentinel", "placeholder")


@pytest.mark.parametrize("stated", [0.27, 1, 0, 27.0, True])
def test_number_alone_is_told_what_to_send(stated: JsonValue) -> None:
    with pytest.raises(Refused) as caught:
        read("sentuh.output", {"text": "go", "confidence": stated})
    assert caught.value.reason is Reason.INVALID_FIELD
    assert caught.value.detail == (
        "confidence: send an object with the number and its scale:"
        ' {"value": ..., "scale": "probability"}'
    )


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_confidence_that_counts_comes_from_probabilities_only(scores: list[float]) -> None:
    try:
        output = read("hf.text-classification", hf(*scores))
    except Refused:
        return
    if output.confidence.status == "ok":
        assert all(-ROUNDING <= score <= 1 + ROUNDING for score in scores)
        assert output.confidence.value == pytest.approx(min(max(scores), 1), abs=2 * ROUNDING)
    else:
        assert output.confidence.value is None
