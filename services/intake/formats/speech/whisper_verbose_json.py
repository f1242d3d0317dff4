"""The format `whisper.verbose_json`: a transcript with segments, of any Whisper.

The text is `text`, or where there is none (WhisperX) that of the segments. Confidence is
exp(avg_logprob) of the segments by their length, lowered as `segments` says. WhisperX's `score` of
words says how well they lie on the sound, and not how sure the model was of them.
People see the output whatever the threshold, with confidence absent, where avg_logprob is missing
(as in diarised transcripts), language_probability is below 0.5, the envelope names another language
than was heard, the text is but a mark such as `[BLANK_AUDIO]`, goes round in a loop, or has other
words than its segments; with a sentinel where avg_logprob or language_probability cannot be.
Where the model heard nothing, and wrote nothing, there is nothing to ask about: EMPTY_PAYLOAD.
The recording is never in the payload: it comes as media, by reference or inline.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.speech import lengths, segments, transcript
from services.intake.formats.speech.segments import Segments
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_SURE = "$.language_probability"


def recognises(payload: JsonValue) -> bool:
    """Return whether this is text beside a list of segments, or of words, that have start and end.

    The text may be in the segments alone, as WhisperX writes it; not beside faster-whisper's info.
    """
    if not isinstance(payload, dict) or isinstance(payload.get("info"), dict):
        return False
    listed, text = payload.get("segments"), payload.get("text")
    if listed is None and isinstance(text, str):
        return _are_timed(payload.get("words"), {"word", "start", "end"})
    if not (isinstance(text, str) or (listed and not text)):
        return False
    return _are_timed(
        listed, {"start", "end"} if isinstance(text, str) else {"start", "end", "text"}
    )


def read(envelope: Envelope) -> Output:
    """Return the transcript, with the confidence over its whole length.

    Raises Refused without a recording in the envelope, for a transcript without words, and for
    segments that are not valid.
    """
    payload = read_as.an_object(envelope.payload, "$")
    listed = payload.get("segments")
    sure = transcript.sure_of_language(payload.get("language_probability"), _SURE)
    heard = Segments(
        [] if listed is None else transcript.objects(listed, "$.segments"),
        "$.segments",
        seconds=lengths.of_recording(payload.get("duration")),
        language_sure=sure,
    )
    text = _text(payload.get("text"), heard)
    facts = PayloadFacts(
        text=text,
        confidence=_doubt(payload, sure, text=text, stated=envelope.language)
        or segments.confidence(heard, text),
        language=read_as.a_line(payload.get("language")),
        model=read_as.a_line(payload.get("model")),
    )
    return transcript.output("whisper.verbose_json", envelope, facts)


def _are_timed(listed: JsonValue, fields: set[str]) -> bool:
    return isinstance(listed, list) and all(
        isinstance(one, dict) and one.keys() >= fields for one in listed
    )


def _text(text: JsonValue, heard: Segments) -> str:
    if isinstance(text, str) and text.strip():
        return text
    if (text is not None and not isinstance(text, str)) or (text is None and not heard.listed):
        raise read_as.bad("$.text: send text")
    return segments.text_of(heard)


def _doubt(payload: JsonObject, sure: float, *, text: str, stated: str | None) -> Confidence | None:
    """Return why the transcript may not stand unseen whatever its numbers are; None if it may."""
    return (
        transcript.doubt_of_sureness(sure, _SURE)
        or transcript.doubt_of_language(payload.get("language"), stated)
        or transcript.doubt(text, "$.text")
    )


FORMAT = Format(
    "whisper.verbose_json",
    recognises,
    read,
    marks=("segments", "words"),
    programs="OpenAI's transcriptions, openai-whisper, WhisperX, whisper.cpp's server",
    confidence="`exp(avg_logprob)` by duration; signs of trouble lower it",
    example={
        "text": "send it now",
        "language": "en",
        "duration": 3.2,
        "segments": [
            {
                "id": 0,
                "start": 0.0,
                "end": 3.2,
                "text": "send it now",
                "avg_logprob": -0.2,
                "temperature": 0.0,
            }
        ],
    },
)
