"""Tells our envelope from objects of other programs that share a field's name with it."""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic import JsonValue

from services.intake.catalog.format_names import FORMAT_NAMES
from shared.contracts.errors import Reason, Refused
from shared.contracts.strictjson import JsonObject
from shared.contracts.wrapped import is_json_in_text

_ALIKE = 0.8
"""How alike a misspelt name is to the one meant: `sorce` is, `responseHeader` is not."""
_LOST_BESIDE = frozenset({"source", "correlation_id", "request", "context", "media"})
"""Fields of our envelope that no format has: beside a bare payload they would be lost."""
_CHANGE = frozenset({"op", "source", "after"})
"""Fields of the events with which Debezium tells of a changed row."""


def is_another_form(data: JsonObject) -> bool:
    """Return whether this is a model's output that only shares a field's name with our envelope.

    Such are what Ollama generates and a line of a batch's results, which have a `response` too.
    """
    return is_of_ollama(data) or is_batch_line(data)


def is_of_ollama(data: JsonObject) -> bool:
    """Return whether this is what Ollama's own roads answer: `done`, beside a message or a text."""
    if not isinstance(data.get("done"), bool):
        return False
    return isinstance(data.get("message"), dict) or isinstance(data.get("response"), str)


def is_batch_line(data: JsonObject) -> bool:
    """Return whether this is a line of a batch's results: what was answered, under a name.

    The name is `custom_id`; Gemini writes it as `key`.
    """
    if isinstance(data.get("custom_id"), str):
        return not data.keys().isdisjoint(("response", "result", "error"))
    answered = data.get("response")
    named = isinstance(data.get("key"), str)
    return named and isinstance(answered, dict) and "candidates" in answered


def refusal_of_foreign(data: JsonObject, fields: Iterable[str]) -> Refused | None:
    """Return the refusal of an object that may be another program's; None if it is clearly ours.

    `fields` are those of our envelope. It is ours if it names a task type or one of our formats, or
    if each unknown field is a misspelling. Else nobody can tell, so the words fit both.
    A line of a batch's results is told apart from both, also that of a request that failed.
    Example: Ollama's `{"model", "response", "done", ...}` shares two fields with our envelope.
    """
    if _is_http_answer(data.get("response")):
        return _of_a_batch()
    if data.get("response", "") is None and isinstance(data.get("error"), dict):
        fix = "leave out the lines of requests that failed"
        return Refused(Reason.UNKNOWN_FORMAT, f"error: the line has no response: {fix}")
    if _is_event_without_version(data):
        return _without_version()
    known = sorted(fields)
    unknown = [name for name in data if name not in known]
    named = data.get("format")
    ours = "task_type" in data or (isinstance(named, str) and named in FORMAT_NAMES)
    if ours or all(get_close_matches(name, known, 1, _ALIKE) for name in unknown):
        return None
    shared = ", ".join(name for name in known if name in data)
    fix = "leave the others out, or of another program's object send only the model's output"
    return Refused(
        Reason.EXTRA_FORBIDDEN, f"{shared}: are fields of our envelope, others are not: {fix}"
    )


def refuse_within(response: JsonValue) -> None:
    """Raise Refused if the envelope's `response` is no object, or the answer to an HTTP request.

    Example: a line of a batch's results has `response: {"status_code": 200, "body": {...}}`.
    """
    if not isinstance(response, (dict, list)):
        kind = "text that holds JSON" if is_json_in_text(response) else "a single value"
        fix = 'send an object, such as {"text": ...} of the format sentuh.output'
        raise Refused(Reason.NOT_OBJECT, f"response: is {kind}: {fix}")
    if _is_http_answer(response):
        raise _of_a_batch()


def _is_http_answer(response: JsonValue) -> bool:
    if not isinstance(response, dict) or "body" not in response:
        return False
    return "status_code" in response or "statusCode" in response


def _of_a_batch() -> Refused:
    what = "is the answer to an HTTP request, as in a line of a batch's results"
    fix = "send response.body, of a request that succeeded, as the output"
    return Refused(Reason.UNKNOWN_FORMAT, f"response: {what}: {fix}")


def refuse_beside(payload: JsonValue, *, in_event: bool) -> None:
    """Raise Refused for a bare payload with fields beside it that belong into our envelope.

    `in_event`: it came in a CloudEvent, which has the source and another id. A chat completion may
    have a `source` of its own, as it has its own `id`. Example:
    `{"source": "/m", "id": "o-1", "classes": [...], "probabilities": [...]}` would lose its source.
    """
    if not isinstance(payload, dict) or _LOST_BESIDE.isdisjoint(payload):
        return
    if not in_event and _is_event_without_version(payload):
        raise _without_version()
    if payload.keys() >= _CHANGE:
        fix = "unwrap it (ExtractNewRecordState, or the outbox router), send the row's output alone"
        raise Refused(Reason.UNKNOWN_FORMAT, f"op, source, after: are a change event's: {fix}")
    lost = _LOST_BESIDE & payload.keys() - _own(payload, in_event=in_event)
    if lost:
        fix = "put the model's output alone into `response`"
        names = ", ".join(sorted(lost))
        raise Refused(Reason.MISSING, f"{names}: would be lost beside the output itself: {fix}")


def _own(payload: JsonObject, *, in_event: bool) -> set[str]:
    """Return the fields of our envelope that a payload may have by itself."""
    own = {"source", "correlation_id"} if in_event else set()
    if "choices" in payload:
        own |= {"source", "context"}
    return own | {"context"} if is_of_ollama(payload) else own


def _is_event_without_version(data: JsonObject) -> bool:
    return data.keys() >= {"type", "source", "data"} and "specversion" not in data


def _without_version() -> Refused:
    return Refused(Reason.MISSING, "specversion: is required of a CloudEvent: send 1.0")
