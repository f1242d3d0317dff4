"""The format `whisper.verbose_json`: a transcript with segments, of any Whisper.

The text is `text`, or where there is none (WhisperX) that of the segments. Confidence is
exp(avg_logprob) of the segments, weighted by their length within the recording (`duration`). It is
lower where the output itself says so:
  * compression_ratio above 2.4 (repetition), or no_speech_prob above 0.6 with avg_logprob below -1
    (words over silence): the segment counts as 0;
  * temperature above 0 (decoding at 0 had failed): it counts as at most 0.5;
  * words with their own `probability`: it counts as at most their mean, for avg_logprob holds
    the marks of time and end as well; as 0 where that is off 0..1, as percents are;
  * language_probability: the whole is not surer than that.
A segment that ends before it starts, lasts over a day or lies beyond the recording weighs nothing.
People see the output whatever the threshold, with confidence absent, where avg_logprob is missing,
language_probability is below 0.5, the envelope names another language than was heard, the text is
but a mark such as `[BLANK_AUDIO]`, goes round in a loop, or has other words than its segments (of
which alone the model says how sure it was); with a sentinel where avg_logprob stands for "not set"
(0 everywhere, -9999) or is no logarithm, where language_probability is above 1, or where most
segments weigh nothing.
Where the model heard nothing, and wrote nothing, there is nothing to ask about: EMPTY_PAYLOAD.
The recording is never in the payload: it comes as media, by reference or inline.
"""

import math

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats import unanswering
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.speech import lengths
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.languages import canonical
from shared.contracts.strictjson import JsonObject

COMPRESSION_RATIO_MAX = 2.4
NO_SPEECH_MAX = 0.6
LOGPROB_MIN = -1.0
FALLBACK_PROBABILITY_MAX = 0.5
LANGUAGE_MIN = 0.5

_ONE_LANGUAGE = tuple(
    frozenset(names.split())
    for names in ("no nb nn", "he iw", "id in", "jw jv", "zh yue", "zh cmn", "tl fil", "sr hr bs")
)
"""Tags by which one language goes, or languages that Whisper cannot tell apart."""
_LOGPROB = "$.segments[*].avg_logprob"
_WORDS = "$.segments[*].words[*].probability"
_LANGUAGE = "$.language_probability"
_CLOSING = {
    "[": "]",
    "(": ")",
    "\uff08": "\uff09",
    "\u3010": "\u3011",
    "*": "*",
    "\u266a": "\u266a",
}
"""What a mark stands in, such as `[Music]`, `(silence)` or `*coughs*`."""


def recognises(payload: JsonValue) -> bool:
    """Return whether this is text beside a list of segments that have a start and an end.

    The text may be in the segments alone, as WhisperX writes it.
    """
    if not isinstance(payload, dict):
        return False
    segments, text = payload.get("segments"), payload.get("text")
    if not isinstance(segments, list) or not (isinstance(text, str) or (segments and not text)):
        return False
    timed = {"start", "end"} if isinstance(text, str) else {"start", "end", "text"}
    return all(isinstance(segment, dict) and segment.keys() >= timed for segment in segments)


def read(envelope: Envelope) -> Output:
    """Return the transcript, with the confidence over its whole length.

    Raises Refused without a recording in the envelope, for a transcript without words, and for
    segments that are not valid.
    """
    payload = read_as.an_object(envelope.payload, "$")
    segments = _segments(payload.get("segments"))
    text = _text(payload.get("text"), segments)
    if envelope.media is None:
        fix = "media: a transcript needs its recording: send media.ref, media.inline or dataref"
        raise Refused(Reason.MISSING, fix)
    facts = PayloadFacts(
        text=text,
        confidence=_confidence(payload, segments, text=text, stated=envelope.language),
        language=read_as.a_line(payload.get("language")),
        model=read_as.a_line(payload.get("model")),
    )
    return read_as.output("whisper.verbose_json", envelope, facts)


def _segments(listed: JsonValue) -> list[JsonObject]:
    if listed is None:
        return []
    return [
        read_as.an_object(segment, f"$.segments[{at}]")
        for at, segment in enumerate(read_as.a_list(listed, "$.segments"))
    ]


def _text(text: JsonValue, segments: list[JsonObject]) -> str:
    if isinstance(text, str) and text.strip():
        return text
    if text is not None and not isinstance(text, str):
        raise read_as.bad("$.text: send text")
    said = [part for segment in segments if isinstance(part := segment.get("text"), str)]
    blanks = any(part[:1].isspace() for part in said)
    joined = "".join(said) if blanks else " ".join(said)
    if joined.strip():
        return joined.strip()
    if text is None and not segments:
        raise read_as.bad("$.text: send text")
    fix = "the model heard no speech, so there is nothing to ask about: send what has words"
    raise Refused(Reason.EMPTY_PAYLOAD, f"$.text: {fix}")


def _doubt(payload: JsonObject, text: str, stated: str | None) -> Confidence | None:
    """Return why the transcript may not stand unseen whatever its numbers are; None if it may."""
    sure = _sure_of_language(payload)
    if sure < LANGUAGE_MIN:
        return read_as.absent("language", _LANGUAGE, f"language_probability is {sure:.3g}")
    if sure > 1 + read_as.ROUNDING:
        return read_as.sentinel("off_scale", "probability", path=_LANGUAGE)
    if stated is not None and _are_other_languages(stated, payload.get("language")):
        detail = "the envelope names another language"
        return read_as.absent("language", "$.language", detail)
    if _is_mark(text):
        return read_as.absent("no_speech", "$.text")
    return read_as.absent("repeats", "$.text") if unanswering.goes_round(text) else None


def _sure_of_language(payload: JsonObject) -> float:
    stated = payload.get("language_probability")
    return 1.0 if stated is None else read_as.a_number(stated, _LANGUAGE)


def _are_other_languages(stated: str, heard: JsonValue) -> bool:
    """Whether two tags name languages that are surely not one; `english` for `en` is no tag.

    Example: `id-ID` and `th` are two, `no` and `nb` are not.
    """
    if not isinstance(heard, str) or not heard:
        return False
    names = {canonical(tag).partition("-")[0] for tag in (stated, heard)}
    if len(names) == 1 or any(len(name) not in (2, 3) for name in names):
        return False
    alike = any(names <= group for group in _ONE_LANGUAGE)
    return not alike and len({len(name) for name in names}) == 1


def _confidence(
    payload: JsonObject, segments: list[JsonObject], *, text: str, stated: str | None
) -> Confidence:
    doubt = _doubt(payload, text, stated)
    if doubt is not None:
        return doubt
    if not segments or any(segment.get("avg_logprob") is None for segment in segments):
        return read_as.ABSENT
    if not _is_of_segments(text, segments):
        detail = "the text has other words than its segments"
        return read_as.absent("other_tokens", "$.segments[*].text", detail)
    logprobs = [read_as.a_number(segment["avg_logprob"], _LOGPROB) for segment in segments]
    odd = read_as.odd_logprob(logprobs, _LOGPROB)
    if odd is not None:
        return odd
    if not any(logprobs):
        return read_as.sentinel("placeholder", "logprob", path=_LOGPROB, detail="all are 0")
    seconds, sure = lengths.of_recording(payload.get("duration")), _sure_of_language(payload)
    return _over_time(segments, logprobs, seconds=seconds, sure=sure)


def _is_mark(text: str) -> bool:
    """Whether the text holds marks in brackets, dots or notes, but no letter beside them."""
    closing = ""
    for character in text:
        if closing:
            closing = "" if character == closing else closing
        elif character in _CLOSING:
            closing = _CLOSING[character]
        elif character.isalnum():
            return False
    return True


def _is_of_segments(text: str, segments: list[JsonObject]) -> bool:
    """Whether the text has the letters of its segments and no others, as far as they have texts.

    Servers lose segments on the way; then nothing is known of the rest of the text.
    """
    said = [part for segment in segments if isinstance(part := segment.get("text"), str)]
    joined = "".join(said)
    return not said or joined.strip() == text.strip() or _letters(joined) == _letters(text)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _over_time(
    segments: list[JsonObject], logprobs: list[float], *, seconds: float, sure: float
) -> Confidence:
    """Return the confidence over the recording's `seconds`, and at most `sure`."""
    pairs = [
        (_probability(segment, min(logprob, 0.0)), length)
        for segment, logprob in zip(segments, logprobs, strict=True)
        if (length := lengths.of_segment(segment, seconds)) is not None
    ]
    if len(pairs) * 2 < len(segments):
        detail = "most segments end before they start, or lie beyond the recording"
        return read_as.sentinel("off_scale", "logprob", path="$.segments[*]", detail=detail)
    value = lengths.weighted_mean([value for value, _ in pairs], [length for _, length in pairs])
    return Confidence(status="ok", value=min(value, sure), scale="logprob", source_path=_LOGPROB)


def _probability(segment: JsonObject, logprob: float) -> float:
    """Return the model's confidence in a segment, lowered if Whisper's fields hint at errors."""
    if _sign(segment, "compression_ratio") > COMPRESSION_RATIO_MAX:
        return 0.0
    if _sign(segment, "no_speech_prob") > NO_SPEECH_MAX and logprob < LOGPROB_MIN:
        return 0.0
    probability = min(math.exp(logprob), _of_words(segment))
    if _sign(segment, "temperature") > 0:
        return min(probability, FALLBACK_PROBABILITY_MAX)
    return probability


def _of_words(segment: JsonObject) -> float:
    """Return the mean of the words' own probabilities, 1 where they have none."""
    words = segment.get("words")
    if not words:
        return 1.0
    sent = [
        probability
        for word in (words if isinstance(words, list) else [])
        if isinstance(word, dict) and (probability := word.get("probability")) is not None
    ]
    if not sent:
        return 1.0
    mean = sum(read_as.a_number(value, _WORDS) for value in sent) / len(sent)
    return mean if 0 <= mean <= 1 + read_as.ROUNDING else 0.0


def _sign(segment: JsonObject, name: str) -> float:
    value = segment.get(name)
    return 0.0 if value is None else abs(read_as.a_number(value, f"$.segments[*].{name}"))


FORMAT = Format(
    "whisper.verbose_json",
    recognises,
    read,
    marks=("segments",),
    programs="OpenAI's transcriptions, openai-whisper, faster-whisper, WhisperX",
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
