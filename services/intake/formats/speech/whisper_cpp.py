"""The format `whisper.cpp`: the JSON file that whisper.cpp's command line writes (`-oj`, `-ojf`).

The text is that of `transcription`, whose pieces bring their own blanks. The full JSON has tokens
with their probabilities `p`, and confidence is their geometric mean, which is what other Whispers'
exp(avg_logprob) is. Marks of begin, time and end (`[_BEG_]`, `[_TT_50]`, `<|en|>`) are no words.
Without tokens nothing says how sure the model was. A mark such as `[BLANK_AUDIO]`, which comes of
silence at a high probability, is no words either: people see it.
"""

import math

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.speech import transcript
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_P = "$.transcription[*].tokens[*].p"
_TEXT = "$.transcription[*].text"


def recognises(payload: JsonValue) -> bool:
    """Return whether this has a transcription of pieces with offsets."""
    listed = payload.get("transcription") if isinstance(payload, dict) else None
    return isinstance(listed, list) and all(
        isinstance(piece, dict) and piece.keys() >= {"text", "offsets"} for piece in listed
    )


def read(envelope: Envelope) -> Output:
    """Return the transcript, with the geometric mean of its tokens' probabilities as confidence.

    Raises Refused without a recording in the envelope, for a transcription without words, and for
    one that is not valid.
    """
    payload = read_as.an_object(envelope.payload, "$")
    pieces = transcript.objects(payload.get("transcription"), "$.transcription")
    said = [part for piece in pieces if isinstance(part := piece.get("text"), str)]
    text = transcript.joined(said, _TEXT)
    language = _within(payload, "result").get("language")
    facts = PayloadFacts(
        text=text,
        confidence=transcript.doubt_of_language(
            language, envelope.language, where="$.result.language"
        )
        or transcript.doubt(text, _TEXT)
        or _confidence(pieces, text),
        language=read_as.a_line(language),
        model=read_as.a_line(_within(payload, "model").get("type")),
    )
    return transcript.output("whisper.cpp", envelope, facts)


def _within(payload: JsonObject, name: str) -> JsonObject:
    part = payload.get(name)
    return part if isinstance(part, dict) else {}


def _confidence(pieces: list[JsonObject], text: str) -> Confidence:
    if any(piece.get("tokens") is None for piece in pieces):
        return read_as.ABSENT
    tokens = [
        token
        for at, piece in enumerate(pieces)
        for token in transcript.objects(piece["tokens"], f"$.transcription[{at}].tokens")
        if not _is_mark(token.get("text"))
    ]
    if not tokens or any(token.get("p") is None for token in tokens):
        return read_as.ABSENT
    # A character of several tokens comes as bytes that are no text, and are replaced on the way.
    spoken = [token.get("text") for token in tokens]
    whole = not any(isinstance(part, str) and "\ufffd" in part for part in spoken)
    other = whole and transcript.have_other_words(
        text, spoken, "$.transcription[*].tokens[*].text", name="tokens"
    )
    if other:
        return other
    numbers = [read_as.a_number(token["p"], _P) for token in tokens]
    mean = transcript.of_words(numbers, _P)
    if mean.status != "ok":
        return mean
    logprobs = [math.log(number) if number > 0 else -math.inf for number in numbers]
    return read_as.probability(math.exp(min(sum(logprobs) / len(logprobs), 0.0)), _P)


def _is_mark(text: JsonValue) -> bool:
    if not isinstance(text, str):
        return False
    return (text.startswith("[_") and text.endswith("]")) or (
        text.startswith("<|") and text.endswith("|>")
    )


FORMAT = Format(
    "whisper.cpp",
    recognises,
    read,
    marks=("transcription",),
    programs="whisper.cpp's command line, `-oj` and `-ojf`",
    confidence="geometric mean of `p` of the words' tokens (`-ojf`)",
    example={
        "result": {"language": "en"},
        "transcription": [
            {
                "offsets": {"from": 0, "to": 1200},
                "text": " send it",
                "tokens": [
                    {"text": "[_BEG_]", "id": 50364, "p": 0.9},
                    {"text": " send", "id": 2845, "p": 0.8},
                    {"text": " it", "id": 309, "p": 0.95},
                ],
            }
        ],
    },
)
