"""How sure a Whisper is of its transcript, by what it says of each segment.

It is exp(avg_logprob) of the segments, weighted by their length within the recording. It is lower
where the output itself says so:
  * compression_ratio above 2.4 (repetition), or no_speech_prob above 0.6 with avg_logprob below -1
    (words over silence): the segment counts as 0;
  * temperature above 0 (decoding at 0 had failed): it counts as at most 0.5;
  * words with their own `probability`: it counts as at most their mean, for avg_logprob holds
    the marks of time and end as well; as 0 where that is off 0..1, as percents are;
  * language_probability: the whole is not surer than that.
A segment that ends before it starts, lasts over a day or lies beyond the recording weighs nothing.
The limits are those of openai-whisper's `transcribe`.
"""

import math
from typing import NamedTuple

from services.intake.formats import payload as read_as
from services.intake.formats.speech import lengths, transcript
from shared.contracts.events.parts import Confidence
from shared.contracts.strictjson import JsonObject

COMPRESSION_RATIO_MAX = 2.4
NO_SPEECH_MAX = 0.6
LOGPROB_MIN = -1.0
FALLBACK_PROBABILITY_MAX = 0.5


class Segments(NamedTuple):
    """A transcript's segments, which are found at the path `at`.

    `seconds` is the recording's length, or infinity; `language_sure` the probability of the
    language, on 0..1.
    """

    listed: list[JsonObject]
    at: str
    seconds: float = math.inf
    language_sure: float = 1.0

    @property
    def logprob_path(self) -> str:
        """The path of what is averaged."""
        return f"{self.at}[*].avg_logprob"


def text_of(segments: Segments) -> str:
    """Return the text of the segments together; raises Refused if they have no words."""
    said = [part for one in segments.listed if isinstance(part := one.get("text"), str)]
    return transcript.joined(said, f"{segments.at}[*].text")


def confidence(segments: Segments, text: str) -> Confidence:
    """Return the confidence over the recording, absent where a segment has no avg_logprob.

    So it is where `text` has other words than the segments, of which alone the model says how sure
    it was; a sentinel where avg_logprob stands for "not set" (0 everywhere, -9999) or is no
    logarithm, and where most segments weigh nothing.
    """
    listed, path = segments.listed, segments.logprob_path
    if not listed or any(segment.get("avg_logprob") is None for segment in listed):
        return read_as.ABSENT
    said = [segment.get("text") for segment in listed]
    other = transcript.have_other_words(text, said, f"{segments.at}[*].text", name="segments")
    if other is not None:
        return other
    logprobs = [read_as.a_number(segment["avg_logprob"], path) for segment in listed]
    odd = read_as.odd_logprob(logprobs, path)
    if odd is not None:
        return odd
    if not any(logprobs):
        return read_as.sentinel("placeholder", "logprob", path=path, detail="all are 0")
    return _over_time(segments, logprobs)


def _over_time(segments: Segments, logprobs: list[float]) -> Confidence:
    pairs = [
        (_probability(segment, min(logprob, 0.0), segments.at), length)
        for segment, logprob in zip(segments.listed, logprobs, strict=True)
        if (length := lengths.of_segment(segment, segments.seconds, at=segments.at)) is not None
    ]
    if len(pairs) * 2 < len(segments.listed):
        detail = "most segments end before they start, or lie beyond the recording"
        return read_as.sentinel("off_scale", "logprob", path=f"{segments.at}[*]", detail=detail)
    value = lengths.weighted_mean([value for value, _ in pairs], [length for _, length in pairs])
    value = min(value, segments.language_sure)
    return Confidence(status="ok", value=value, scale="logprob", source_path=segments.logprob_path)


def _probability(segment: JsonObject, logprob: float, at: str) -> float:
    """Return the model's confidence in a segment, lowered if Whisper's fields hint at errors."""
    if _sign(segment, "compression_ratio", at) > COMPRESSION_RATIO_MAX:
        return 0.0
    if _sign(segment, "no_speech_prob", at) > NO_SPEECH_MAX and logprob < LOGPROB_MIN:
        return 0.0
    probability = min(math.exp(logprob), _of_words(segment, at))
    if _sign(segment, "temperature", at) > 0:
        return min(probability, FALLBACK_PROBABILITY_MAX)
    return probability


def _of_words(segment: JsonObject, at: str) -> float:
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
    path = f"{at}[*].words[*].probability"
    mean = sum(read_as.a_number(value, path) for value in sent) / len(sent)
    return mean if 0 <= mean <= 1 + read_as.ROUNDING else 0.0


def _sign(segment: JsonObject, name: str, at: str) -> float:
    value = segment.get(name)
    return 0.0 if value is None else abs(read_as.a_number(value, f"{at}[*].{name}"))
