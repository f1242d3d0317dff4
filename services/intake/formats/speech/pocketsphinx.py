"""The format `pocketsphinx`: a line of JSON from PocketSphinx' command line.

`{"b", "d", "p", "t", "w"}`: begin, duration, probability, text, and words of the same form.
Confidence is the mean of the words' `p`; the whole line's `p` is their product, which falls with
each word, however sure. Silence and noise (`<s>`, `<sil>`, `[NOISE]`) are no words, and `(2)` at a
word's end names its pronunciation. Where each `p` is 1, none was computed (`-bestpath no`, a
grammar, an alignment): a sentinel.
"""

import re

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.speech import transcript
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_KEYS = {"b", "d", "p", "t", "w"}
_NEEDED = {"b", "d", "t", "w"}
_P = "$.w[*].p"
_PRONUNCIATION = re.compile(r"\(\d+\)$")
_FILLER = re.compile(r"<.*>|\[.*\]|\+\+.*\+\+")


def recognises(payload: JsonValue) -> bool:
    """Return whether this is an object of the names PocketSphinx uses, and no others."""
    return (
        isinstance(payload, dict)
        and _NEEDED <= payload.keys() <= _KEYS
        and isinstance(payload["w"], list)
    )


def read(envelope: Envelope) -> Output:
    """Return the transcript, with the mean of its words' probabilities as confidence.

    Raises Refused without a recording in the envelope, for a line without words, and for one that
    is not valid.
    """
    payload = read_as.an_object(envelope.payload, "$")
    text = transcript.words_in(payload.get("t"), "$.t")
    words = transcript.objects(payload.get("w"), "$.w")
    facts = PayloadFacts(
        text=text, confidence=transcript.doubt(text, "$.t") or _confidence(words, text)
    )
    return transcript.output("pocketsphinx", envelope, facts)


def _confidence(words: list[JsonObject], text: str) -> Confidence:
    spoken = [word for word in words if not _is_filler(word.get("t"))]
    if not spoken or any(word.get("p") is None for word in spoken):
        return read_as.ABSENT
    parts: list[JsonValue] = [
        _PRONUNCIATION.sub("", part) for word in spoken if isinstance(part := word.get("t"), str)
    ]
    other = transcript.have_other_words(text, parts, "$.w[*].t", name="words")
    if other is not None:
        return other
    numbers = [read_as.a_number(word["p"], _P) for word in spoken]
    if all(number == 1 for number in numbers):
        detail = "all are 1: none was computed"
        return read_as.sentinel("placeholder", "probability", path=_P, detail=detail)
    return transcript.of_words(numbers, _P)


def _is_filler(word: JsonValue) -> bool:
    return isinstance(word, str) and _FILLER.fullmatch(word) is not None


FORMAT = Format(
    "pocketsphinx",
    recognises,
    read,
    marks=("w",),
    programs="PocketSphinx' command line",
    confidence="mean of the words' `p`",
    example={
        "b": 0.0,
        "d": 0.87,
        "p": 0.61,
        "t": "send it",
        "w": [
            {"b": 0.18, "d": 0.36, "p": 0.64, "t": "send"},
            {"b": 0.54, "d": 0.33, "p": 0.96, "t": "it(2)"},
        ],
    },
)
