"""The formats intake reads, one file each, and which of them a payload is in."""

from collections.abc import Mapping

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import (
    hf_text_classification,
    openai_chat,
    sentuh_output,
    sklearn_proba,
    whisper_verbose_json,
)
from services.intake.formats.payload import Format
from shared.errors import Reason, Refused
from shared.events.parts import Output

FORMATS: Mapping[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (
        hf_text_classification, openai_chat, sentuh_output, sklearn_proba, whisper_verbose_json,
    )
}  # fmt: skip
_KNOWN = ", ".join(sorted(FORMATS))


def choose(declared: str | None, payload: JsonValue) -> Format:
    """The declared format, whatever the payload looks like; else the only one it looks like.

    Raises Refused where none or more than one would do: a guess could be wrong, and nobody would
    see it.
    """
    if declared is not None:
        if declared in FORMATS:
            return FORMATS[declared]
        raise Refused(Reason.UNKNOWN_FORMAT, f"format: use one of {_KNOWN}")
    found = [candidate for candidate in FORMATS.values() if candidate.recognises(payload)]
    if len(found) == 1:
        return found[0]
    if found:
        names = " and ".join(candidate.name for candidate in found)
        raise Refused(Reason.AMBIGUOUS_FORMAT, f"it looks like {names}: declare `format`")
    detail = f"it looks like none of {_KNOWN}: convert it, or declare `format` in our envelope"
    if _is_batch(payload):
        detail = "it looks like several outputs together: send one record for each output"
    raise Refused(Reason.UNKNOWN_FORMAT, detail)


def _is_batch(payload: JsonValue) -> bool:
    """A list of outputs, alone or under some name; under `outputs` alone, of whatever."""
    if isinstance(payload, dict) and payload.keys() == {"outputs"}:
        return isinstance(payload["outputs"], list)
    held = payload.values() if isinstance(payload, dict) else [payload]
    return any(isinstance(items, list) and items and all(map(_is_output, items)) for items in held)


def _is_output(item: JsonValue) -> bool:
    """Our envelope, a CloudEvent, or a payload in a format we know."""
    if not isinstance(item, dict):
        return False
    wrapped = "response" in item or "specversion" in item
    return wrapped or any(known.recognises(item) for known in FORMATS.values())


def read_output(envelope: Envelope) -> Output:
    """The output in canonical form; raises Refused."""
    return choose(envelope.format, envelope.payload).read(envelope)
