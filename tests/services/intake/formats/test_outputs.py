"""Outputs that real programs gave, each read as it should be: its confidence, and who sees it.

`outputs/` holds them as they came, without what has no part in it (timings, lists of alternatives).
llama.cpp's server is xllamacpp 2026.10 with a small Gemma; faster-whisper is 1.2 with Whisper base.
"""

import json
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import JsonValue

from services.intake.formats import read_output
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import Media
from shared.contracts.events.parts import Output
from tests.services.intake.builders import an_envelope

OUTPUTS = Path(__file__).parent / "outputs"
AUDIO = Media(ref="s3://calls/a.wav")

SURE = [
    ("llama-bound-by-grammar-with-end-mark", 1.528e-5, "negative"),
    ("llama-one-token-answer", 0.4298, " Paris"),
    ("faster-whisper-english-sequential", 0.7323, "London"),
    ("faster-whisper-english-batched", 0.8730, "London"),
    ("faster-whisper-indonesian", 0.4627, "Selamat pagi"),
    ("faster-whisper-silence-10s-words", 0.0597, " You"),
    ("faster-whisper-name-wrong-but-waived", 0.8213, "Man"),
    ("xgboost-logistic-row-float32", 0.9817, "0"),
    ("catboost-number-like-classes", 0.9784, "10"),
    ("fasttext-korean-above-1", 1.0, "__label__ko"),
    ("pocketsphinx-silence", 1.0, "dog"),
]
TO_PEOPLE = [
    ("llama-native-completion", "unfinished"),
    ("llama-text-completion", "unfinished"),
    ("llama-top-logprobs-0", "unfinished"),
    ("llama-max-tokens-3", "unfinished"),
    ("faster-whisper-indonesian-heard-as-thai", "language"),
    ("faster-whisper-silence-5s", "language"),
    ("xgboost-hinge-row", "zero_or_one"),
]
REFUSED = [
    ("llama-empty-answer", Reason.EMPTY_PAYLOAD, "send what the model said"),
    ("llama-n-2-two-choices-trimmed", Reason.BAD_OUTPUT, "send each in a record of its own"),
    ("llama-n-3-on-two-slots-error", Reason.UNKNOWN_FORMAT, "a server's error and no output"),
    ("faster-whisper-chord-no-segment", Reason.EMPTY_PAYLOAD, "the model heard no speech"),
    ("mlserver-predict-proba", Reason.BAD_OUTPUT, "send each in a record of its own"),
    ("mlflow-serve-predict-proba", Reason.MISSING, "nothing names the classes"),
    ("skl2onnx-zipmap-of-true-false-classes", Reason.MISSING, "nothing names the classes"),
    ("xgboost-logitraw-row", Reason.BAD_OUTPUT, "no logits and no percents"),
    ("magika-random-bytes", Reason.UNKNOWN_FORMAT, "convert it"),
    ("label-studio-export-two-annotators", Reason.BAD_OUTPUT, "it is an id only"),
    ("confidence-as-a-number", Reason.INVALID_FIELD, "confidence: send an object with"),
]


def payload_of(name: str) -> JsonValue:
    payload: JsonValue = json.loads((OUTPUTS / f"{name}.json").read_text())
    return payload


def read(name: str) -> Output:
    """The output in this file, read without a declared format."""
    return read_output(an_envelope(payload_of(name), media=AUDIO))


@pytest.mark.parametrize(
    ("name", "value", "text"),
    SURE,
)
def test_confidence_is_that_of_the_answer(name: str, value: float, text: str) -> None:
    output = read(name)
    assert output.confidence.status == "ok"
    assert output.confidence.value == pytest.approx(value, rel=1e-3)
    assert text in str(output.text or output.answer)


@pytest.mark.parametrize(
    ("name", "reason"),
    TO_PEOPLE,
)
def test_people_see_it_whatever_the_threshold(name: str, reason: str) -> None:
    confidence = read(name).confidence
    assert confidence.status == "absent"
    assert confidence.value is None
    assert confidence.reason == reason


@pytest.mark.parametrize(
    ("name", "reason", "words"),
    REFUSED,
)
def test_refusal_says_what_to_do(name: str, reason: Reason, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read(name)
    assert caught.value.reason is reason
    assert words in caught.value.detail


def test_every_output_is_judged() -> None:
    judged = {row[0] for row in (*SURE, *TO_PEOPLE, *REFUSED)}
    for table in OUTPUTS.parent.glob("*/test_outputs.py"):
        judged |= import_module(f"{__package__}.{table.parent.name}.test_outputs").JUDGED
    assert judged == {path.stem for path in OUTPUTS.glob("*.json")}
