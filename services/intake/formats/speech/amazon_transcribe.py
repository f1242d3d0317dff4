"""The format `amazon.transcribe`: the file that an Amazon Transcribe job writes.

The text is `results.transcripts[0].transcript`. Confidence is the mean of the words' own in
`results.items[*].alternatives[0].confidence`, which are numbers in text; punctuation has "0.0" and
no times, and is no word. A job that is not COMPLETED has no transcript: refused. Where several
languages or none were asked for, `language_identification` says how sure the service was.
Source: docs.aws.amazon.com/transcribe, "Data input and output", "Alternative transcriptions".
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.speech import transcript
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_TEXT = "$.results.transcripts[0].transcript"
_ITEMS = "$.results.items"
_CONFIDENCE = f"{_ITEMS}[*].alternatives[0].confidence"
_CHARACTERS_MAX = 40


def recognises(payload: JsonValue) -> bool:
    """Return whether this has results with transcripts and items."""
    results = payload.get("results") if isinstance(payload, dict) else None
    return isinstance(results, dict) and results.keys() >= {"transcripts", "items"}


def read(envelope: Envelope) -> Output:
    """Return the transcript, with the mean of its words' confidences.

    Raises Refused without a recording in the envelope, for a job that did not complete, and for a
    transcript without words or that is not valid.
    """
    payload = read_as.an_object(envelope.payload, "$")
    if payload.get("status", "COMPLETED") != "COMPLETED":
        raise read_as.bad("$.status: the job did not complete: send the result of one that did")
    results = read_as.an_object(payload.get("results"), "$.results")
    text = _text(results)
    language = results.get("language_code")
    facts = PayloadFacts(
        text=text,
        confidence=transcript.doubt_of_language(
            language, envelope.language, where="$.results.language_code"
        )
        or transcript.doubt(text, _TEXT)
        or _confidence(results, text),
        language=read_as.a_line(language),
    )
    return transcript.output("amazon.transcribe", envelope, facts)


def _text(results: JsonObject) -> str:
    listed = transcript.objects(results.get("transcripts"), "$.results.transcripts")
    if not listed:
        raise transcript.no_speech("$.results.transcripts")
    if len(listed) > 1:
        raise read_as.bad("$.results.transcripts: send each in a record of its own")
    return transcript.words_in(listed[0].get("transcript"), _TEXT)


def _confidence(results: JsonObject, text: str) -> Confidence:
    items = transcript.objects(results.get("items"), _ITEMS)
    best = [_best(item, f"{_ITEMS}[{at}]") for at, item in enumerate(items)]
    other = transcript.have_other_words(
        text, [one.get("content") for one in best], f"{_ITEMS}[*]", name="items"
    )
    if other is not None:
        return other
    words = [
        one for item, one in zip(items, best, strict=True) if item.get("type") != "punctuation"
    ]
    if not words or any(word.get("confidence") is None for word in words):
        return read_as.ABSENT
    return transcript.of_words([_number(word["confidence"]) for word in words], _CONFIDENCE)


def _best(item: JsonObject, where: str) -> JsonObject:
    alternatives = transcript.objects(item.get("alternatives"), f"{where}.alternatives")
    if not alternatives:
        raise read_as.bad(f"{where}.alternatives: send what was heard")
    return alternatives[0]


def _number(value: JsonValue) -> float:
    """Return a number, which stands in text; raises Refused for another text."""
    if not isinstance(value, str):
        return read_as.a_number(value, _CONFIDENCE)
    try:
        return float(value) if len(value) <= _CHARACTERS_MAX else float("nan")
    except ValueError:
        raise read_as.bad(f"{_CONFIDENCE}: send a number") from None


FORMAT = Format(
    "amazon.transcribe",
    recognises,
    read,
    marks=("results",),
    programs="Amazon Transcribe's jobs",
    confidence="mean of the words' `confidence`; punctuation is no word",
    example={
        "status": "COMPLETED",
        "results": {
            "transcripts": [{"transcript": "Send it."}],
            "items": [
                {"type": "pronunciation", "start_time": "0.18", "end_time": "0.54",
                 "alternatives": [{"confidence": "0.991", "content": "Send"}]},
                {"type": "pronunciation", "start_time": "0.54", "end_time": "0.87",
                 "alternatives": [{"confidence": "0.87", "content": "it"}]},
                {"type": "punctuation",
                 "alternatives": [{"confidence": "0.0", "content": "."}]},
            ],
        },
    },
)  # fmt: skip
