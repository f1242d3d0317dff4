"""Which format a payload is in: what was declared, else the only one it looks like."""

from functools import partial

import pytest
from hypothesis import given
from pydantic import JsonValue

from services.intake.catalog.format_names import FORMAT_NAMES
from services.intake.formats import FORMATS, choose, read_output
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Output
from tests.services.intake.builders import JSON, an_envelope, assert_read_or_refused
from tests.services.intake.formats.test_hf_text_classification import FLAT, ZERO_SHOT
from tests.services.intake.formats.test_openai_chat import a_completion
from tests.services.intake.formats.test_sentuh_output import FULL
from tests.services.intake.formats.test_sklearn_proba import NESTED, ROW
from tests.services.intake.formats.test_whisper_verbose_json import a_segment, a_transcript


def test_catalog_knows_the_same_formats() -> None:
    assert set(FORMATS) == set(FORMAT_NAMES)


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (FLAT, "hf.text-classification"),
        (a_completion(), "openai.chat"),
        (a_transcript(a_segment()), "whisper.verbose_json"),
        (ROW, "sklearn.proba"),
        (NESTED, "sklearn.proba"),
        (FULL, "sentuh.output"),
        (ZERO_SHOT, "hf.text-classification"),
        ([ZERO_SHOT], "hf.text-classification"),
    ],
)
def test_each_format_is_recognised_alone(payload: JsonValue, name: str) -> None:
    assert choose(None, payload).name == name


def test_declared_format_wins_over_the_looks() -> None:
    assert choose("openai.chat", ROW).name == "openai.chat"
    with pytest.raises(Refused) as caught:
        choose("OpenAI.chat", a_completion())
    assert caught.value.reason is Reason.UNKNOWN_FORMAT


def test_two_looks_are_never_a_guess() -> None:
    both: JsonValue = {**dict(a_transcript()), **dict(ROW)}  # type: ignore[arg-type]
    with pytest.raises(Refused) as caught:
        choose(None, both)
    assert caught.value.reason is Reason.AMBIGUOUS_FORMAT


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "hello"},
        {"hello": "world"},
    ],
)
def test_other_formats_are_unknown(payload: JsonValue) -> None:
    with pytest.raises(Refused) as caught:
        read_output(an_envelope(payload))
    assert caught.value.reason is Reason.UNKNOWN_FORMAT


ENVELOPE: JsonValue = {"source": "/m", "id": "o-1", "response": {"text": "Paris"}}


@pytest.mark.parametrize(
    "payload",
    [
        [ENVELOPE],
        [ENVELOPE, ENVELOPE],
        [a_completion(), a_completion()],
        [{"specversion": "1.0", "id": "o-1", "data": {}}],
        {"outputs": [ENVELOPE]},
        {"outputs": [{"hello": "world"}, {"hello": "you"}]},
        {"outputs": ["Paris", "Rome"]},
        {"batch": [ENVELOPE, ENVELOPE]},
    ],
)
def test_a_batch_is_refused_with_the_fix(payload: JsonValue) -> None:
    with pytest.raises(Refused, match="send one record for each output") as caught:
        read_output(an_envelope(payload))
    assert caught.value.reason is Reason.UNKNOWN_FORMAT


@pytest.mark.parametrize(
    "payload",
    [
        {"model_name": "m", "outputs": [{"name": "probs", "shape": [1, 2], "data": [0.6, 0.4]}]},
        [{"score": 0.71, "label": "Acme", "box": {"xmin": 10, "ymin": 14}}],
        {"outputs": "Paris"},
        {"outputs": []},
        [],
        {"rows": [{"label": "a", "score": 0.2}]},
        {"model": "m", "rows": [ROW, ROW]},
        {"hello": []},
    ],
)
def test_one_output_in_a_strange_format_is_no_batch(payload: JsonValue) -> None:
    with pytest.raises(Refused, match="convert it"):
        read_output(an_envelope(payload))


@given(JSON)
def test_anything_is_read_or_refused_in_every_format(payload: JsonValue) -> None:
    def read_as(declared: str | None) -> Output:
        return choose(declared, payload).read(an_envelope(payload))

    for declared in (None, *FORMATS):
        assert_read_or_refused(partial(read_as, declared))
