"""The format `vosk`: a result of Vosk's recogniser, or the list of results of one recording.

The text is `text`; results of one recording are joined, silent ones left out. Confidence is the
mean of the words' `conf`, which are there after SetWords(True). With SetMaxAlternatives there are
`alternatives`, the first of which is the transcript; their `confidence` is a cost of the path, some
hundreds and of silence as well, so it says nothing: a sentinel. A partial result is no transcript
yet: refused.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.speech import transcript
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_RESULT = {"text", "result", "spk", "spk_frames"}
_WORD = {"conf", "start", "end", "word"}


def recognises(payload: JsonValue) -> bool:
    """Return whether this is a result with words or alternatives, or a list of results."""
    if isinstance(payload, list):
        results = [one for one in payload if isinstance(one, dict)]
        fit = len(results) == len(payload) and all(map(_is_result, results))
        return fit and any(map(_is_telling, results))
    return isinstance(payload, dict) and _is_telling(payload)


def read(envelope: Envelope) -> Output:
    """Return the transcript, with the mean of its words' confidences.

    Raises Refused without a recording in the envelope, for partial results, for those without
    words, and for what is not valid.
    """
    payload, at = envelope.payload, "$"
    if isinstance(payload, list):
        at = "$[*]"
        results = transcript.objects(payload, "$")
    else:
        results = [read_as.an_object(payload, "$")]
    if any("partial" in one for one in results):
        fix = "it is a part of what will be said: send the final result"
        raise read_as.bad(f"{at}.partial: {fix}")
    best = [_best(one, at) for one in results]
    spoken = [one for one in best if one.get("text") != ""]
    texts = [transcript.words_in(one.get("text"), f"{at}.text") for one in spoken]
    text = transcript.joined(texts, f"{at}.text")
    facts = PayloadFacts(
        text=text,
        confidence=transcript.doubt(text, f"{at}.text") or _confidence(spoken, text, at),
    )
    return transcript.output("vosk", envelope, facts)


def _best(result: JsonObject, at: str) -> JsonObject:
    """Return the result, or the first of its alternatives."""
    listed = result.get("alternatives")
    if listed is None:
        return result
    path = f"{at}.alternatives"
    alternatives = transcript.objects(listed, path)
    if not alternatives:
        raise transcript.no_speech(path)
    return {**alternatives[0], "alternatives": True}


def _confidence(results: list[JsonObject], text: str, at: str) -> Confidence:
    if any(result.get("alternatives") for result in results):
        detail = "an alternative's confidence is a cost, and no probability"
        path = f"{at}.alternatives[0].confidence"
        return read_as.sentinel("off_scale", "cost", path=path, detail=detail)
    if any(result.get("result") is None for result in results):
        return read_as.absent("not_stated", f"{at}.result", "there are no words: SetWords(True)")
    words = [
        word for result in results for word in transcript.objects(result["result"], f"{at}.result")
    ]
    if any(word.get("conf") is None for word in words):
        return read_as.ABSENT
    parts = [word.get("word") for word in words]
    other = transcript.have_other_words(text, parts, f"{at}.result[*].word", name="words")
    path = f"{at}.result[*].conf"
    return other or transcript.of_words(
        [read_as.a_number(word["conf"], path) for word in words], path
    )


def _is_telling(result: JsonObject) -> bool:
    """Whether the result is Vosk's without doubt: one of text alone is not."""
    if "alternatives" in result:
        return result.keys() == {"alternatives"} and _are_alternatives(result["alternatives"])
    if "partial" in result:
        return result.keys() <= {"partial", "partial_result"}
    words = result.get("result")
    return (
        _is_result(result)
        and isinstance(words, list)
        and all(isinstance(word, dict) and word.keys() == _WORD for word in words)
    )


def _is_result(result: JsonObject) -> bool:
    return ("text" in result and result.keys() <= _RESULT) or "alternatives" in result


def _are_alternatives(listed: JsonValue) -> bool:
    return isinstance(listed, list) and all(
        isinstance(one, dict) and "text" in one and "confidence" in one for one in listed
    )


FORMAT = Format(
    "vosk",
    recognises,
    read,
    marks=("result", "alternatives", "partial"),
    lists=True,
    item_marks=("text", "alternatives"),
    programs="Vosk's results, one or all of a recording",
    confidence="mean of the words' `conf` (`SetWords(True)`)",
    example={
        "result": [
            {"conf": 0.61, "start": 0.18, "end": 0.54, "word": "send"},
            {"conf": 1.0, "start": 0.54, "end": 0.87, "word": "it"},
        ],
        "text": "send it",
    },
)
