"""Names what a payload is that is in none of the formats read here, for the refusal to say so."""

from collections.abc import Callable

from pydantic import JsonValue

from shared.contracts.strictjson import JsonObject


def name_of(payload: JsonValue) -> str | None:
    """Return what the payload seems to be and what to send instead, or None if nobody knows.

    Example: `{"error": {"code": 400}}` is "a server's error and no output: send what it answers
    when asked again".
    """
    if payload == []:
        return _NOTHING
    first = payload[0] if isinstance(payload, list) and payload else payload
    if not isinstance(first, dict):
        return None
    return next((words for words, looks_like in _LOOKS if looks_like(first)), None)


def _has(*names: str) -> Callable[[JsonObject], bool]:
    return lambda payload: payload.keys() >= set(names)


def _is_http_answer(payload: JsonObject) -> bool:
    return "body" in payload and ("statusCode" in payload or "status_code" in payload)


def _are_scores(payload: JsonObject) -> bool:
    return bool(payload) and all(isinstance(score, float) for score in payload.values())


_NOTHING = (
    "nothing: declare its format in our envelope where that is the answer, as with"
    " hf.token-classification"
)
_LOOKS: tuple[tuple[str, Callable[[JsonObject], bool]], ...] = (
    (
        "a server's error and no output: send what it answers when asked again",
        lambda payload: bool(payload.get("error")),
    ),
    ("the answer to an HTTP request: send its body alone, as an object", _is_http_answer),
    (
        'pieces of a transcript: send {"text": ..., "segments": [...]} as whisper.verbose_json',
        _has("start", "end", "text"),
    ),
    (
        "an event of Amazon Transcribe's stream: send the text of its last as sentuh.output",
        _has("Transcript"),
    ),
    (
        "text alone: declare its format, such as hf.speech-recognition, in our envelope",
        lambda payload: payload.keys() == {"text"},
    ),
    (
        "a notice that a result lies elsewhere: send that result, not the notice",
        _has("invocationStatus", "responseParameters"),
    ),
    (
        "a server's error and no output: send what it answers when asked again",
        _has("error_code", "message"),
    ),
    ("scores by class that do not add up to 1: declare the format scores.by-class", _are_scores),
)
