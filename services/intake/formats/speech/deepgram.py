"""The format `deepgram`: what Deepgram returns of a recording.

The text is that of the first of each channel's `alternatives`; several channels, each with a side
of a call, are set below each other. Confidence is the alternative's own, of several channels the
lowest; an empty transcript has 0 and is left out. A detected language is as sure as
`language_confidence` says, and the whole no surer. Source: deepgram-sdk, ListenV1Response.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.speech import transcript
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_CHANNELS = "$.results.channels"
_TEXT = f"{_CHANNELS}[*].alternatives[0].transcript"
_CONFIDENCE = f"{_CHANNELS}[*].alternatives[0].confidence"
_SURE = f"{_CHANNELS}[*].language_confidence"
_LANGUAGE = f"{_CHANNELS}[*].detected_language"


def recognises(payload: JsonValue) -> bool:
    """Return whether this has results with channels."""
    results = payload.get("results") if isinstance(payload, dict) else None
    return isinstance(results, dict) and "channels" in results


def read(envelope: Envelope) -> Output:
    """Return the transcript of all channels, with the lowest of their confidences.

    Raises Refused without a recording in the envelope, and for channels without words or that are
    not valid.
    """
    payload = read_as.an_object(envelope.payload, "$")
    results = read_as.an_object(payload.get("results"), "$.results")
    channels = transcript.objects(results.get("channels"), _CHANNELS)
    spoken = [
        (channel, one)
        for at, channel in enumerate(channels)
        if (one := _best(channel, at)) is not None
    ]
    texts = [transcript.words_in(one.get("transcript"), _TEXT) for _, one in spoken]
    text = transcript.words_in("\n".join(texts), _TEXT)
    heard = [channel for channel, _ in spoken]
    languages = [channel.get("detected_language") for channel in heard]
    facts = PayloadFacts(
        text=text,
        confidence=_doubt_of_language(languages, envelope.language)
        or transcript.doubt(text, _TEXT)
        or _confidence(heard, [one for _, one in spoken]),
        language=read_as.a_line(languages[0]),
    )
    return transcript.output("deepgram", envelope, facts)


def _best(channel: JsonObject, at: int) -> JsonObject | None:
    """Return the first alternative; None for a channel without words."""
    where = f"{_CHANNELS}[{at}].alternatives"
    alternatives = transcript.objects(channel.get("alternatives", []), where)
    return alternatives[0] if alternatives and alternatives[0].get("transcript") else None


def _doubt_of_language(languages: list[JsonValue], stated: str | None) -> Confidence | None:
    doubts = (transcript.doubt_of_language(one, stated, where=_LANGUAGE) for one in languages)
    return next((doubt for doubt in doubts if doubt is not None), None)


def _confidence(channels: list[JsonObject], best: list[JsonObject]) -> Confidence:
    sure = min(
        transcript.sure_of_language(channel.get("language_confidence"), _SURE)
        for channel in channels
    )
    doubt = transcript.doubt_of_sureness(sure, _SURE)
    if doubt is not None:
        return doubt
    stated = [one.get("confidence") for one in best]
    numbers = [read_as.a_number(one, _CONFIDENCE) for one in stated if one is not None]
    if len(numbers) < len(stated):
        return read_as.ABSENT
    mean = transcript.of_words(numbers, _CONFIDENCE)
    return mean if mean.status != "ok" else read_as.probability(min(*numbers, sure), _CONFIDENCE)


FORMAT = Format(
    "deepgram",
    recognises,
    read,
    marks=("results",),
    programs="Deepgram's transcriptions",
    confidence="`confidence` of the first alternative",
    example={
        "metadata": {"request_id": "r-1"},
        "results": {
            "channels": [{"alternatives": [{"transcript": "send it now", "confidence": 0.93}]}]
        },
    },
)
