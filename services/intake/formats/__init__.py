"""Finds the format of a model's payload (one file for each format) and reads it."""

from collections.abc import Callable, Mapping

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import (
    hf_text_classification,
    openai_chat,
    other_formats,
    sentuh_output,
    sklearn_proba,
    whisper_verbose_json,
)
from services.intake.formats.payload import Format
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Output

FORMATS: Mapping[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (
        hf_text_classification, openai_chat, sentuh_output, sklearn_proba, whisper_verbose_json,
    )
}  # fmt: skip
_KNOWN = ", ".join(sorted(FORMATS))


def choose(declared: str | None, payload: JsonValue) -> Format:
    """Return the format named `declared`, or without one the format that the payload looks like.

    Raises Refused for an unknown name, or if the payload looks like no format or several: a guess
    could be wrong, and nobody would notice.
    Example: `choose(None, {"object": "chat.completion", ...})` is `openai.chat`.
    """
    if declared is not None:
        if declared in FORMATS:
            return FORMATS[declared]
        raise Refused(Reason.UNKNOWN_FORMAT, f"format: use one of {_KNOWN}")
    alike = [candidate for candidate in FORMATS.values() if candidate.recognises(payload)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        names = " and ".join(candidate.name for candidate in alike)
        raise Refused(Reason.AMBIGUOUS_FORMAT, f"format: it looks like {names}: declare it")
    raise Refused(Reason.UNKNOWN_FORMAT, f"format: {_unknown(payload)}")


def _unknown(payload: JsonValue) -> str:
    if _is_batch(payload):
        fix = "send one record for each output"
        if isinstance(payload, list) and len(payload) == 1:
            return f"it is one output within a list: {fix}, without the list"
        return f"it looks like several outputs together: {fix}"
    named = other_formats.name_of(payload)
    if named is not None:
        return f"it looks like {named}; the formats taken are {_KNOWN}: convert it"
    return f"it looks like none of {_KNOWN}: convert it, or declare `format` in our envelope"


def _is_batch(payload: JsonValue) -> bool:
    """Whether the payload is several outputs: a list of them, or an object with one list only.

    A list in the field `outputs` always counts. In another field each item must be our envelope or
    a CloudEvent, since other items may be parts of a single output, such as segments.
    Example: `{"outputs": [1, 2]}` does, `{"segments": [{"start": 0}]}` does not.
    """
    if isinstance(payload, dict):
        [(name, items), *more] = payload.items() or [("", None)]
        return not more and _all(items, lambda item: name == "outputs" or _is_wrapped(item))
    return _all(payload, lambda item: _is_wrapped(item) or _is_known(item))


def _all(items: JsonValue, what: Callable[[JsonValue], bool]) -> bool:
    return isinstance(items, list) and bool(items) and all(map(what, items))


def _is_wrapped(item: JsonValue) -> bool:
    """Whether the item is in our envelope (field `response`) or a CloudEvent (`specversion`)."""
    return isinstance(item, dict) and ("response" in item or "specversion" in item)


def _is_known(item: JsonValue) -> bool:
    return isinstance(item, dict) and any(known.recognises(item) for known in FORMATS.values())


def read_output(envelope: Envelope) -> Output:
    """Return the output of an envelope in the common form for all formats.

    Raises Refused if the payload's format is unknown or the payload breaks it.
    """
    return choose(envelope.format, envelope.payload).read(envelope)
