"""A transcript's own length is a fact of the gate where the media states none."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from pydantic import JsonValue

from services.intake.conditions.facts import FACTS
from services.intake.formats import FORMATS, choose
from services.intake.formats.speech.transcript_ends import seconds_of
from shared.contracts.events.asked import Media
from tests.services.intake.builders import JSON, an_envelope

OUTPUTS = Path(__file__).parent.parent / "outputs"


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("whisper.verbose_json", 3.2), ("faster-whisper.segments", 3.2), ("whisper.cpp", 1.2),
        ("vosk", 0.87), ("amazon.transcribe", 0.87), ("hf.speech-recognition", None),
    ],
)  # fmt: skip
def test_length_of_a_transcript_is_seen_by_the_gate(name: str, seconds: float | None) -> None:
    sent = an_envelope(FORMATS[name].example, media=Media(ref="s3://b/c"))
    output = choose(name, sent.payload).read(sent)
    assert FACTS["duration_seconds"].of(output) == seconds
    assert ("transcript_seconds" in output.model_dump()) == (seconds is not None)
    assert output.media is not None
    assert output.media.duration_ms is None  # pay never follows from it


def test_length_that_the_media_states_goes_before_it() -> None:
    media = Media(ref="s3://b/c", duration_ms=9_000)
    output = FORMATS["vosk"].read(an_envelope(FORMATS["vosk"].example, media=media))
    assert FACTS["duration_seconds"].of(output) == 9.0


@pytest.mark.parametrize(
    ("payload", "seconds"),
    [
        ({"duration": "12.5", "segments": [{"end": 3}]}, 12.5),
        ({"duration": 0, "segments": [{"end": 3}, {"end": 2.5}]}, 3.0),
        ({"metadata": {"duration": 7.5}, "results": {"channels": []}}, 7.5),
        ({"usage": {"type": "duration", "seconds": 12}, "text": "hi"}, 12.0),
        ({"results": [{"resultEndTime": "1.5s"}, {"resultEndOffset": "4.250s"}]}, 4.25),
        ([{"result": [{"end": 1.0}]}, {"text": ""}, {"result": [{"end": 2.0}]}], 2.0),
        ([{"start": 0, "end": 4.0, "text": "a"}], 4.0),
        ({"chunks": [{"timestamp": [0.0, 2.0]}, {"timestamp": [2.0, None]}]}, 2.0),
        ({"b": 10**400, "d": 1.5, "w": []}, 1.5),
        ({"b": 0.0, "d": 1.5, "w": [{"b": 0.5, "d": 1.25}]}, 1.75),
        ({"segments": [{"end": 10**400}, {"end": "NaN"}, {"end": True}, {"end": -1}, 3]}, None),
        ({"segments": [{"end": 86_401}], "duration": "x" * 100}, None),
        ("text", None),
    ],
)
def test_where_programs_say_how_long_it_is(payload: JsonValue, seconds: float | None) -> None:
    assert seconds_of(payload) == seconds


@given(JSON)
def test_anything_has_a_length_or_none(payload: JsonValue) -> None:
    seconds = seconds_of(payload)
    assert seconds is None or 0 < seconds <= 86_400


def test_real_transcripts_say_how_long_they_are() -> None:
    payload = json.loads((OUTPUTS / "faster-whisper-english-sequential.json").read_text())
    assert seconds_of(payload) is not None
