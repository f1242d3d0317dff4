"""Scores that are no distribution, and labels that contradict them, are never one answer's."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from services.intake.catalog.label_maps import LabelMap
from services.intake.formats import FORMATS
from services.intake.formats.payload import SUM_TOLERANCE
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject
from tests.services.intake.builders import an_envelope

CLASSES = ("cat", "dog", "owl")
MAPS = {
    "m": LabelMap(classes=CLASSES),
    "two": LabelMap(classes=CLASSES[:2]),
    "probs": LabelMap(classes=CLASSES, output="probs"),
}
Scores = tuple[float, float, float]


def pairs(scores: Scores) -> JsonValue:
    return [{"label": label, "score": one} for label, one in zip(CLASSES, scores, strict=True)]


def by_class(scores: Scores) -> JsonObject:
    return dict(zip(CLASSES, scores, strict=True))


def a_tensor(name: str, datatype: str, data: list[JsonValue]) -> JsonValue:
    return {"name": name, "datatype": datatype, "shape": [1, len(data)], "data": data}


def best_first(scores: Scores) -> list[JsonValue]:
    return [f"{one}:{at}:{CLASSES[at]}" for at, one in enumerate(scores)]


def in_lists(scores: Scores, names: str, numbers: str) -> JsonObject:
    return {names: list(CLASSES), numbers: list(scores)}


SHAPES: dict[str, tuple[str, Callable[[Scores], JsonValue]]] = {
    "pairs": ("hf.text-classification", pairs),
    "zero-shot": (
        "hf.text-classification",
        lambda scores: {"sequence": "s", **in_lists(scores, "labels", "scores")},
    ),
    "sklearn": ("sklearn.proba", lambda scores: in_lists(scores, "classes", "probabilities")),
    "row": ("proba.row", lambda scores: [list(scores)]),
    "by-class": ("scores.by-class", by_class),
    "onnx": (
        "onnx.runtime",
        lambda scores: {"output_label": ["cat"], "output_probability": [by_class(scores)]},
    ),
    "v1-row": ("kserve.v1", lambda scores: {"predictions": [list(scores)]}),
    "v1-by-class": ("kserve.v1", lambda scores: {"predictions": [by_class(scores)]}),
    "v1-vertex": (
        "kserve.v1",
        lambda scores: {"predictions": [in_lists(scores, "displayNames", "confidences")]},
    ),
    "v2": ("kserve.v2", lambda scores: {"outputs": [a_tensor("probs", "FP64", list(scores))]}),
    "triton": (
        "triton.classification",
        lambda scores: {"outputs": [a_tensor("probs", "BYTES", best_first(scores))]},
    ),
    "own": ("sentuh.output", lambda scores: {"labels": pairs(scores)}),
}


def read(name: str, payload: JsonValue, model: str = "m") -> Output:
    return FORMATS[name].read(an_envelope(payload)._replace(model=model, label_maps=MAPS))


@pytest.mark.parametrize("shape", SHAPES)
def test_scores_that_are_more_than_one_together_are_not_the_answers_confidence(shape: str) -> None:
    name, made = SHAPES[shape]

    @settings(max_examples=10)
    @given(st.tuples(*[st.floats(0.01, 0.99)] * 3).filter(lambda s: sum(s) > 1 + 2 * SUM_TOLERANCE))
    def holds(scores: Scores) -> None:
        output = read(name, made(scores))
        assert (output.confidence.value, output.confidence.reason) == (None, "off_scale")
        assert output.answer in CLASSES
        assert len(output.labels) == len(CLASSES)

    holds()
    assert read(name, made((0.9, 0.06, 0.04))).confidence.value == 0.9


ROW: list[JsonValue] = [0.7, 0.2, 0.1]


def of_sklearn(label: JsonValue) -> JsonObject:
    return {"classes": list(CLASSES), "probabilities": ROW, "label": label}


def of_v1(label: JsonValue) -> JsonObject:
    return {"predictions": [{"probs": ROW, "predicted_class": label}]}


def beside_v1(label: JsonValue) -> JsonObject:
    return {"predictions": [ROW], "prediction": [label]}


def of_v2(label: JsonValue) -> JsonObject:
    datatype = "BYTES" if isinstance(label, str) else "INT64"
    stated, scores = a_tensor("predict", datatype, [label]), a_tensor("probs", "FP64", ROW)
    return {"outputs": [stated, scores]}


def of_triton(label: JsonValue) -> JsonObject:
    datatype = "BYTES" if isinstance(label, str) else "INT64"
    best = a_tensor("probs", "BYTES", best_first((0.7, 0.2, 0.1)))
    return {"outputs": [best, a_tensor("predict", datatype, [label])]}


def of_onnx(label: JsonValue) -> JsonObject:
    return {"label": [label], "probabilities": [ROW]}


def of_learner(label: JsonValue) -> JsonObject:
    return {"predictions": [{"score": ROW, "predicted_label": label}]}


STATING: dict[str, tuple[str, str, Callable[[JsonValue], JsonObject]]] = {
    "sklearn": ("sklearn.proba", "m", of_sklearn),
    "v1-within": ("kserve.v1", "probs", of_v1),
    "v1-beside": ("kserve.v1", "m", beside_v1),
    "v1-learner": ("kserve.v1", "m", of_learner),
    "v2": ("kserve.v2", "probs", of_v2),
    "triton": ("triton.classification", "probs", of_triton),
    "onnx": ("onnx.runtime", "m", of_onnx),
}


@pytest.mark.parametrize("shape", STATING)
@pytest.mark.parametrize("label", ["dog", 1, 1.0, "owl", 2])
def test_label_that_is_not_the_best_of_the_scores_beside_it_is_a_doubt(
    shape: str, label: JsonValue
) -> None:
    name, model, made = STATING[shape]
    confidence = read(name, made(label), model).confidence
    assert (confidence.value, confidence.reason) == (None, "other_tokens")


@pytest.mark.parametrize("shape", STATING)
@pytest.mark.parametrize("label", ["cat", 0, 0.0])
def test_label_that_is_the_best_by_its_name_or_number_leaves_the_confidence(
    shape: str, label: JsonValue
) -> None:
    name, model, made = STATING[shape]
    output = read(name, made(label), model)
    assert (output.answer, output.confidence.value) == ("cat", 0.7)


@pytest.mark.parametrize("label", ["a", "9", True, 10**30, "9" * 50])
def test_label_that_is_no_class_at_all_is_a_doubt_too(label: JsonValue) -> None:
    assert read("sklearn.proba", of_sklearn(label)).confidence.reason == "other_tokens"


@pytest.mark.parametrize("label", [None, 0.7, [], ["cat", "dog"], {"name": "dog"}])
def test_what_is_no_one_label_contradicts_nothing(label: JsonValue) -> None:
    assert read("sklearn.proba", of_sklearn(label)).confidence.value == 0.7


def test_numbers_are_names_of_classes_before_they_are_places() -> None:
    payload: JsonObject = {"classes": [1, 2, 0], "probabilities": ROW}
    assert read("sklearn.proba", {**payload, "label": 1}).confidence.value == 0.7
    assert read("sklearn.proba", {**payload, "label": 0}).confidence.value is None
    truths: JsonObject = {"classes": [False, True], "probabilities": [0.2, 0.8]}
    assert read("sklearn.proba", {**truths, "label": True}).confidence.value == 0.8
    assert read("sklearn.proba", {**truths, "label": False}).confidence.value is None


def test_each_of_equally_good_labels_is_the_best() -> None:
    payload: JsonObject = {"classes": list(CLASSES), "probabilities": [0.4, 0.4, 0.2]}
    assert read("sklearn.proba", {**payload, "label": "dog"}).confidence.value == 0.4
    tied: JsonValue = {"output_label": ["dog"], "output_probability": [by_class((0.4, 0.4, 0.2))]}
    assert read("onnx.runtime", tied).confidence.value == 0.4
