"""The format `whisper.verbose_json`: a transcript with segments, of any Whisper.

Confidence is exp(avg_logprob) of the segments, weighted by their length. A segment counts less
where Whisper's own signs say that its words may be invented:
  * compression_ratio above 2.4 (repetition), or no_speech_prob above 0.6 with avg_logprob below -1
    (words over silence): it counts as 0;
  * temperature above 0 (decoding at 0 had failed): it counts as at most 0.5.
Without segments, or where one lacks avg_logprob, confidence is absent; an avg_logprob of exactly 0
on every segment, or of -9999, is what servers write that have none: sentinel.
The recording is never in the payload: it comes as media, by reference or inline.
"""

import math

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

COMPRESSION_RATIO_MAX = 2.4
NO_SPEECH_MAX = 0.6
LOGPROB_MIN = -1.0
FALLBACK_PROBABILITY_MAX = 0.5
SEGMENT_SECONDS_MAX = 86_400

_LOGPROB = "$.segments[*].avg_logprob"


def recognises(payload: JsonValue) -> bool:
    """Return whether this is text beside a list of segments that have a start and an end."""
    if not isinstance(payload, dict) or not isinstance(payload.get("text"), str):
        return False
    segments = payload.get("segments")
    return isinstance(segments, list) and all(
        isinstance(segment, dict) and segment.keys() >= {"start", "end"} for segment in segments
    )


def read(envelope: Envelope) -> Output:
    """Return the transcript, with the confidence over its whole length.

    Raises Refused without a recording in the envelope, or for segments that are not valid.
    """
    payload = read_as.an_object(envelope.payload, "$")
    text = read_as.a_text(payload.get("text"), "$.text")
    if envelope.media is None:
        fix = "media: a transcript needs its recording: send media.ref, media.inline or dataref"
        raise Refused(Reason.MISSING, fix)
    facts = PayloadFacts(
        text=text,
        confidence=_confidence(payload.get("segments")),
        language=read_as.a_line(payload.get("language")),
        model=read_as.a_line(payload.get("model")),
    )
    return read_as.output("whisper.verbose_json", envelope, facts)


def _confidence(listed: JsonValue) -> Confidence:
    if listed is None:
        return read_as.ABSENT
    segments = [
        read_as.an_object(segment, f"$.segments[{at}]")
        for at, segment in enumerate(read_as.a_list(listed, "$.segments"))
    ]
    if not segments or any(segment.get("avg_logprob") is None for segment in segments):
        return read_as.ABSENT
    logprobs = [read_as.a_logprob(segment["avg_logprob"], _LOGPROB) for segment in segments]
    if min(logprobs) <= read_as.LOGPROB_UNSET or not any(logprobs):
        return Confidence(status="sentinel", scale="logprob", source_path=_LOGPROB)
    value = _weighted(
        [_probability(*pair) for pair in zip(segments, logprobs, strict=True)],
        [_length(segment) for segment in segments],
    )
    return Confidence(status="ok", value=value, scale="logprob", source_path=_LOGPROB)


def _probability(segment: JsonObject, logprob: float) -> float:
    """Return the model's confidence in a segment, lowered if Whisper's fields hint at errors."""
    if _sign(segment, "compression_ratio") > COMPRESSION_RATIO_MAX:
        return 0.0
    if _sign(segment, "no_speech_prob") > NO_SPEECH_MAX and logprob < LOGPROB_MIN:
        return 0.0
    probability = math.exp(logprob)
    if _sign(segment, "temperature") > 0:
        return min(probability, FALLBACK_PROBABILITY_MAX)
    return probability


def _sign(segment: JsonObject, name: str) -> float:
    value = segment.get(name)
    return 0.0 if value is None else read_as.a_number(value, f"$.segments[*].{name}")


def _length(segment: JsonObject) -> float:
    """Return a segment's seconds from start to end, 0 if one is missing.

    Raises Refused if it ends before it starts, or lasts over a day.
    """
    start, end = segment.get("start"), segment.get("end")
    if start is None or end is None:
        return 0.0
    seconds = read_as.a_number(end, "$.segments[*].end")
    seconds -= read_as.a_number(start, "$.segments[*].start")
    if 0 <= seconds <= SEGMENT_SECONDS_MAX:
        return seconds
    raise read_as.bad("$.segments[*]: send segments that end after they start, within a day")


def _weighted(values: list[float], weights: list[float]) -> float:
    """Return the weighted mean of the values; the plain mean if all weights are 0."""
    total = math.fsum(weights)
    if total <= 0:
        return math.fsum(values) / len(values)
    shares = (value * (weight / total) for value, weight in zip(values, weights, strict=True))
    return min(math.fsum(shares), 1.0)


FORMAT = Format("whisper.verbose_json", recognises, read)
