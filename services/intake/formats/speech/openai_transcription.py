"""The format `openai.transcription`: OpenAI's transcription as `json`, text without segments.

gpt-4o-transcribe adds `logprobs` of its tokens where these are included, and confidence is exp of
their mean; whisper-1 and servers with its API give none. Marks of the end (`<|...|>`) are no tokens
of the transcript. `{"text": ...}` alone is read where it is declared: so much alike writes anybody.
Confidence is absent where the tokens have other words than the text, and a sentinel where a log
probability stands for "not set". Source: openai-python, `types/audio/transcription.py`.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.formats.speech import transcript
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_LOGPROBS = "$.logprobs[*].logprob"
_USAGES = ("tokens", "duration")


def recognises(payload: JsonValue) -> bool:
    """Return whether this is text beside log probabilities or usage as OpenAI's API counts it."""
    if not isinstance(payload, dict) or not isinstance(payload.get("text"), str):
        return False
    if not payload.keys() <= {"text", "logprobs", "usage", "languages"}:
        return False
    usage = payload.get("usage")
    counted = isinstance(usage, dict) and usage.get("type") in _USAGES
    return counted or isinstance(payload.get("logprobs"), list)


def read(envelope: Envelope) -> Output:
    """Return the transcript; its confidence is exp of the mean log probability of its tokens.

    Raises Refused without a recording in the envelope, and for a transcript without words.
    """
    payload = read_as.an_object(envelope.payload, "$")
    text = transcript.words_in(payload.get("text"), "$.text")
    listed = payload.get("logprobs")
    tokens = [] if listed is None else transcript.objects(listed, "$.logprobs")
    facts = PayloadFacts(
        text=text,
        confidence=transcript.doubt(text, "$.text") or _confidence(text, tokens),
        model=read_as.a_line(payload.get("model")),
        language=_language(payload.get("languages")),
    )
    return transcript.output("openai.transcription", envelope, facts)


def _confidence(text: str, tokens: list[JsonObject]) -> Confidence:
    spoken = [token for token in tokens if not _is_mark(token.get("token"))]
    if not spoken or any(token.get("logprob") is None for token in spoken):
        return read_as.ABSENT
    pieces = [token.get("token") for token in spoken]
    other = _is_whole(pieces) and transcript.have_other_words(
        text, pieces, "$.logprobs[*].token", name="tokens"
    )
    if other:
        return other
    logprobs = [read_as.a_number(token["logprob"], _LOGPROBS) for token in spoken]
    odd = read_as.odd_logprob(logprobs, _LOGPROBS)
    return odd or read_as.from_logprob(sum(logprobs) / len(logprobs), _LOGPROBS)


def _language(listed: JsonValue) -> str | None:
    """Return the language that was heard; None where it is one of several, or not stated."""
    return read_as.a_line(listed[0]) if isinstance(listed, list) and len(listed) == 1 else None


def _is_mark(token: JsonValue) -> bool:
    return isinstance(token, str) and token.startswith("<|") and token.endswith("|>")


def _is_whole(pieces: list[JsonValue]) -> bool:
    """Whether no token is a part of a character, for which servers write a replacement."""
    return not any(isinstance(piece, str) and "\ufffd" in piece for piece in pieces)


FORMAT = Format(
    "openai.transcription",
    recognises,
    read,
    marks=("usage", "logprobs"),
    programs="OpenAI's transcriptions as `json`, gpt-4o-transcribe",
    confidence="`exp(mean logprob)` of the transcript's tokens",
    example={
        "text": "send it now",
        "logprobs": [
            {"token": "send", "logprob": -0.1, "bytes": [115, 101, 110, 100]},
            {"token": " it", "logprob": -0.2, "bytes": [32, 105, 116]},
            {"token": " now", "logprob": -0.1, "bytes": [32, 110, 111, 119]},
        ],
    },
)
