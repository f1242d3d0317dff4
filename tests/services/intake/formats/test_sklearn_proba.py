"""scikit-learn's probabilities: classes of any plain type, one row, nested or not."""

import pytest
from hypothesis import given, settings
from pydantic import JsonValue

from services.intake.formats.classifiers.sklearn_proba import read, recognises
from shared.contracts.errors import Reason, Refused
from tests.services.intake.builders import JSON, an_envelope, assert_read_or_refused, mutations

ROW: JsonValue = {"classes": [0, 1, 2], "probabilities": [0.1, 0.7, 0.2], "model": "weak"}
NESTED: JsonValue = {"labels": ["cat", "dog"], "probabilities": [[0.75, 0.25]]}


def test_likeliest_class_is_the_answer() -> None:
    output = read(an_envelope(ROW))
    assert output.answer == "1"
    assert output.model == "weak"
    assert output.confidence.value == 0.7
    assert output.confidence.source_path == "$.probabilities[1]"
    assert [row.label for row in output.labels] == ["0", "1", "2"]


def test_single_row_may_be_nested() -> None:
    output = read(an_envelope(NESTED))
    assert output.answer == "cat"
    assert output.confidence.source_path == "$.probabilities[0][0]"


@pytest.mark.parametrize(
    ("classes", "labels"),
    [([True, False], ["true", "false"]), ([1.0, 2.5], ["1.0", "2.5"]), (["a", "b"], ["a", "b"])],
)
def test_classes_become_text(classes: list[JsonValue], labels: list[str]) -> None:
    output = read(an_envelope({"classes": classes, "probabilities": [0.5, 0.5]}))
    assert [row.label for row in output.labels] == labels


@pytest.mark.parametrize(
    "payload",
    [
        {"classes": [0, 1], "probabilities": [[0.1, 0.9], [0.2, 0.8]]},
        {"classes": [0, 1], "probabilities": [0.1, 0.2, 0.7]},
        {"classes": [0, 1], "probabilities": []},
        {"classes": [], "probabilities": []},
        {"classes": [0, 0], "probabilities": [0.5, 0.5]},
        {"classes": [0, 1], "probabilities": [10, 90]},
        {"classes": [0, 1], "probabilities": ["0.1", "0.9"]},
        {"classes": [0, 1], "probabilities": [True, False]},
        {"classes": [0, 1], "probabilities": [5.786529541015625, -4.786529541015625]},
        {"classes": [0, 1], "labels": ["a", "b"], "probabilities": [0.5, 0.5]},
        {"classes": [10**400, 1], "probabilities": [0.5, 0.5]},
        {"classes": [None, 1], "probabilities": [0.5, 0.5]},
        {"probabilities": [0.5, 0.5]},
        {"classes": [0, 1]},
        [0.5, 0.5],
        {},
    ],
)
def test_declared_but_unreadable_is_bad_output(payload: JsonValue) -> None:
    with pytest.raises(Refused) as caught:
        read(an_envelope(payload))
    assert caught.value.reason is Reason.BAD_OUTPUT


@pytest.mark.parametrize(
    ("payload", "recognised"),
    [
        (ROW, True),
        (NESTED, True),
        ({"probabilities": [0.5]}, False),
        ({"predictions": [1, 1]}, False),
        ([0.5], False),
    ],
)
def test_probabilities_beside_classes_are_recognised(
    payload: JsonValue, *, recognised: bool
) -> None:
    assert recognises(payload) is recognised


@settings(max_examples=400)
@given(JSON | mutations(ROW) | mutations(NESTED))
def test_anything_is_read_or_refused(payload: JsonValue) -> None:
    assert recognises(payload) in (True, False)
    assert_read_or_refused(lambda: read(an_envelope(payload)))
