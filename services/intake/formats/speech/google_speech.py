"""The format `google.speech`: what Google's Speech-to-Text returns, v1 and v2, as JSON.

`results[]` are the parts of a recording one after the other; the first of each one's `alternatives`
is the transcript, and it alone has a `confidence`. 0.0, which protobuf writes for a field that is
not set, stands for none. Confidence is the mean over the parts by their length in characters, and a
sentinel where a part with words has none. Names are read in both of protobuf's spellings
(`resultEndTime`, `result_end_time`). An interim part of a stream is not final: people see it.
With speaker diarisation the last part repeats all words without a transcript; it is left out.
Source: google.cloud.speech_v1, SpeechRecognitionResult; speech_v2 likewise.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.speech import transcript
from services.intake.formats.speech.lengths import weighted_mean
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_TEXT = "$.results[*].alternatives[0].transcript"
_CONFIDENCE = "$.results[*].alternatives[0].confidence"
_BILLED = ("totalBilledTime", "total_billed_time")


def recognises(payload: JsonValue) -> bool:
    """Return whether this is a list of results with alternatives, or billed time without any."""
    if not isinstance(payload, dict):
        return False
    results = payload.get("results")
    if not results:
        return results in (None, []) and any(name in payload for name in _BILLED)
    return isinstance(results, list) and all(
        isinstance(one, dict) and isinstance(one.get("alternatives"), list) for one in results
    )


def read(envelope: Envelope) -> Output:
    """Return the transcript, with the confidences of its parts by their length.

    Raises Refused without a recording in the envelope, and for results without words or that are
    not valid.
    """
    payload = read_as.an_object(envelope.payload, "$")
    listed = payload.get("results")
    results = transcript.objects([] if listed is None else listed, "$.results")
    best = [one for at, result in enumerate(results) if (one := _best(result, at)) is not None]
    text = transcript.joined([_said(one) for one in best], _TEXT)
    language = _language(results)
    facts = PayloadFacts(
        text=text,
        confidence=transcript.doubt_of_language(
            language, envelope.language, where="$.results[0].languageCode"
        )
        or transcript.doubt(text, _TEXT)
        or _unfinished(results)
        or _confidence(best),
        language=read_as.a_line(language),
    )
    return transcript.output("google.speech", envelope, facts)


def _best(result: JsonObject, at: int) -> JsonObject | None:
    """Return the first alternative; None for a part without words."""
    alternatives = transcript.objects(
        result.get("alternatives", []), f"$.results[{at}].alternatives"
    )
    return alternatives[0] if alternatives and alternatives[0].get("transcript") else None


def _said(alternative: JsonObject) -> str:
    return transcript.words_in(alternative.get("transcript"), _TEXT)


def _language(results: list[JsonObject]) -> JsonValue:
    codes = (one.get("languageCode") or one.get("language_code") for one in results)
    return next((code for code in codes if code), None)


def _unfinished(results: list[JsonObject]) -> Confidence | None:
    """Return the doubt of a part that is not final; where `isFinal` is false it may be left out."""
    for at, result in enumerate(results):
        final = result.get("isFinal", result.get("is_final", "stability" not in result))
        if final is False:
            return read_as.absent("unfinished", f"$.results[{at}].isFinal", "it may still change")
    return None


def _confidence(best: list[JsonObject]) -> Confidence:
    stated = [one.get("confidence") for one in best]
    if all(number is None for number in stated):
        return read_as.ABSENT
    if any(number is None or read_as.a_number(number, _CONFIDENCE) == 0 for number in stated):
        detail = "0.0 stands for a confidence that is not set"
        return read_as.sentinel("placeholder", "probability", path=_CONFIDENCE, detail=detail)
    numbers = [read_as.a_number(number, _CONFIDENCE) for number in stated]
    plain = transcript.of_words(numbers, _CONFIDENCE)
    if plain.status != "ok":
        return plain
    mean = weighted_mean(numbers, [float(len(_said(one))) for one in best])
    return read_as.probability(mean, _CONFIDENCE)


FORMAT = Format(
    "google.speech",
    recognises,
    read,
    marks=("results", *_BILLED),
    programs="Google Speech-to-Text, v1 and v2",
    confidence="`confidence` of the parts by length; 0.0 is not set",
    example={
        "results": [
            {
                "alternatives": [{"transcript": "send it now", "confidence": 0.93}],
                "resultEndTime": "3.200s",
                "languageCode": "en-us",
            }
        ]
    },
)
