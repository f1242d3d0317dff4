"""Transcripts: confidence over their length, and the signs of invented words."""

import math

import pytest
from hypothesis import given, settings
from pydantic import JsonValue

from services.intake.formats.speech.whisper_verbose_json import read, recognises
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import Media
from shared.contracts.events.parts import Confidence
from tests.services.intake.builders import JSON, an_envelope, assert_read_or_refused, mutations

AUDIO = Media(ref="s3://calls/a.wav")


def a_segment(**fields: JsonValue) -> JsonValue:
    return {
        "id": 0, "seek": 0, "start": 0.0, "end": 1.0, "text": "send it", "tokens": [1, 2],
        "temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 0.8, "no_speech_prob": 0.03,
        **fields,
    }  # fmt: skip


def a_transcript(*segments: JsonValue, **fields: JsonValue) -> JsonValue:
    said = [segment["text"] for segment in segments if isinstance(segment, dict)]
    return {
        "task": "transcribe",
        "language": "english",
        "duration": 4.0,
        "text": " ".join(map(str, said)) or "send it now",
        "segments": list(segments),
        **fields,
    }


def confidence_of(*segments: JsonValue) -> Confidence:
    return read(an_envelope(a_transcript(*segments), media=AUDIO)).confidence


def test_longer_segments_weigh_more() -> None:
    output = read(
        an_envelope(
            a_transcript(a_segment(avg_logprob=-0.1), a_segment(avg_logprob=-1.0, start=1, end=4)),
            media=AUDIO,
        )
    )
    assert output.text == "send it send it"
    assert output.language == "en"
    assert output.media == AUDIO
    expected = (math.exp(-0.1) + 3 * math.exp(-1.0)) / 4
    assert output.confidence.value == pytest.approx(expected)
    assert output.confidence.source_path == "$.segments[*].avg_logprob"


def test_segments_without_length_weigh_the_same() -> None:
    found = confidence_of(a_segment(end=0, avg_logprob=-0.1), a_segment(end=0, avg_logprob=-0.3))
    assert found.value == pytest.approx((math.exp(-0.1) + math.exp(-0.3)) / 2)


@pytest.mark.parametrize(
    ("signs", "value"),
    [
        ({"compression_ratio": 2.5}, 0.0),
        ({"compression_ratio": 2.4}, math.exp(-0.2)),
        ({"no_speech_prob": 0.9, "avg_logprob": -1.2}, 0.0),
        ({"no_speech_prob": 0.9}, math.exp(-0.2)),
        ({"no_speech_prob": 0.6, "avg_logprob": -1.2}, math.exp(-1.2)),
        ({"temperature": 0.2}, 0.5),
        ({"temperature": 0.2, "avg_logprob": -2.0}, math.exp(-2.0)),
        ({"temperature": None, "compression_ratio": None}, math.exp(-0.2)),
    ],
)
def test_signs_of_invented_words_lower_confidence(
    signs: dict[str, JsonValue], value: float
) -> None:
    assert confidence_of(a_segment(**signs)).value == pytest.approx(value)


def test_without_segments_or_their_log_probability_confidence_is_absent() -> None:
    speaker: JsonValue = {"id": "seg_1", "speaker": "A", "start": 0.0, "end": 1.0, "text": "hi"}
    assert confidence_of().status == "absent"
    assert confidence_of(speaker).status == "absent"
    assert confidence_of(a_segment(), a_segment(avg_logprob=None)).status == "absent"
    bare: JsonValue = {"text": "send it now", "segments": None}
    assert read(an_envelope(bare, media=AUDIO)).confidence.status == "absent"


def test_numbers_that_stand_for_none_are_sentinels() -> None:
    assert confidence_of(a_segment(avg_logprob=0.0)).status == "sentinel"
    assert confidence_of(a_segment(avg_logprob=0), a_segment(avg_logprob=0)).status == "sentinel"
    assert confidence_of(a_segment(), a_segment(avg_logprob=-9999.0)).status == "sentinel"


def test_recording_is_required() -> None:
    with pytest.raises(Refused) as caught:
        read(an_envelope(a_transcript(a_segment())))
    assert caught.value.reason is Reason.MISSING


@pytest.mark.parametrize("text", ["", " \n"])
def test_blank_transcript_is_an_empty_payload(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read(an_envelope(a_transcript(text=text), media=AUDIO))
    assert caught.value.reason is Reason.EMPTY_PAYLOAD


@pytest.mark.parametrize(
    "payload",
    [
        a_transcript(a_segment(end="1.0")),
        a_transcript(a_segment(avg_logprob="-0.2")),
        a_transcript(a_segment(avg_logprob=True)),
        a_transcript(a_segment(temperature="hot")),
        a_transcript("x"),
        a_transcript(segments={}),
        a_transcript(text=None),
        [],
    ],
)
def test_declared_but_unreadable_is_bad_output(payload: JsonValue) -> None:
    with pytest.raises(Refused) as caught:
        read(an_envelope(payload, media=AUDIO))
    assert caught.value.reason is Reason.BAD_OUTPUT


@pytest.mark.parametrize(
    ("payload", "recognised"),
    [
        (a_transcript(), True),
        (a_transcript(a_segment()), True),
        ({"text": "hi", "chunks": [{"text": "hi", "timestamp": [0.4, None]}]}, False),
        ({"text": "hi", "logprobs": [{"token": "hi", "logprob": -0.1}]}, False),
        ({"text": "hi", "segments": ["x"]}, False),
        ({"text": "hi"}, False),
    ],
)
def test_text_with_timed_segments_is_recognised(payload: JsonValue, *, recognised: bool) -> None:
    assert recognises(payload) is recognised


@settings(max_examples=400)
@given(JSON | mutations(a_transcript(a_segment(), a_segment(start=1.0, end=2.5))))
def test_anything_is_read_or_refused(payload: JsonValue) -> None:
    assert recognises(payload) in (True, False)
    assert_read_or_refused(lambda: read(an_envelope(payload, media=AUDIO)))
