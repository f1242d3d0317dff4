"""The format `faster-whisper.segments`: what faster-whisper's `transcribe` returns, as JSON.

A list of its segments, or `{"segments": [...], "info": {...}}` with its TranscriptionInfo beside
them, which has the language, how sure the model was of it, and the recording's length. The text is
that of the segments. Confidence is that of `whisper.verbose_json`, at the same signs of trouble.
A list holds neither language nor length: send the info along where it is there.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.speech import lengths, segments, transcript
from services.intake.formats.speech.segments import Segments
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject

_SURE = "$.info.language_probability"
_SEGMENT = {"start", "end", "text"}
_OF_WHISPER = {"avg_logprob", "no_speech_prob", "compression_ratio"}


def recognises(payload: JsonValue) -> bool:
    """Return whether this is a list of Whisper's segments, alone or beside an info."""
    if isinstance(payload, dict) and isinstance(payload.get("info"), dict):
        return _are_segments(payload.get("segments"))
    return bool(payload) and _are_segments(payload)


def read(envelope: Envelope) -> Output:
    """Return the transcript, with the confidence over its whole length.

    Raises Refused without a recording in the envelope, for segments without words, and for those
    that are not valid.
    """
    payload, info, at = envelope.payload, _info(envelope.payload), "$"
    if isinstance(payload, dict):
        payload, at = payload.get("segments"), "$.segments"
    sure = transcript.sure_of_language(info.get("language_probability"), _SURE)
    heard = Segments(
        transcript.objects(payload, at),
        at,
        seconds=lengths.of_recording(info.get("duration")),
        language_sure=sure,
    )
    text = _text(envelope.payload) or segments.text_of(heard)
    language = info.get("language")
    facts = PayloadFacts(
        text=text,
        confidence=transcript.doubt_of_sureness(sure, _SURE)
        or transcript.doubt_of_language(language, envelope.language, where="$.info.language")
        or transcript.doubt(text, f"{at}[*].text")
        or segments.confidence(heard, text),
        language=read_as.a_line(language),
    )
    return transcript.output("faster-whisper.segments", envelope, facts)


def _info(payload: JsonValue) -> JsonObject:
    stated = payload.get("info") if isinstance(payload, dict) else None
    return {} if stated is None else read_as.an_object(stated, "$.info")


def _text(payload: JsonValue) -> str | None:
    """Return the text that somebody put beside segments and info; None without words."""
    text = payload.get("text") if isinstance(payload, dict) else None
    return text if isinstance(text, str) and text.strip() else None


def _are_segments(listed: JsonValue) -> bool:
    return isinstance(listed, list) and all(
        isinstance(one, dict) and one.keys() >= _SEGMENT and not _OF_WHISPER.isdisjoint(one)
        for one in listed
    )


FORMAT = Format(
    "faster-whisper.segments",
    recognises,
    read,
    marks=("info",),
    lists=True,
    item_marks=("text",),
    programs="faster-whisper's segments, as a list or beside its info",
    confidence="as `whisper.verbose_json`",
    example=[
        {"id": 1, "start": 0.0, "end": 3.2, "text": " send it now", "avg_logprob": -0.2,
         "compression_ratio": 0.8, "no_speech_prob": 0.03, "temperature": 0.0}
    ],
)  # fmt: skip
