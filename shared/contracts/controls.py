"""Finds control characters in text that outsiders send; newline, tab and CR LF are none."""

import re
from collections.abc import Iterator

from pydantic import JsonValue

from shared.contracts.errors import Reason, Refused

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
_HEX = rb"u00(?:[01][0-9a-fA-F]|7[fF]|[89][0-9a-fA-F])"
_ESCAPED = re.compile(rb"\\" + _HEX)
_ANY_ESCAPED = re.compile(rb"\\(?:" + _HEX + rb"|[bf]|r(?!\\n))")
_NEXT_LINES = re.compile(rb"\xc2[\x80-\x9f]")
_LITTLE_BYTES = 4_096
_NOT_KEPT = frozenset({"logprobs", "top_logprobs", "tokens"})
"""Fields of single tokens, of which only numbers are read: half a line break may be a token.

In what the model was given they are shown like any other field.
"""
_SHOWN = (".request", ".context")
_NAMES = frozenset({
    "answer", "audio", "body", "choices", "classes", "confidence", "content", "context",
    "data", "format", "id", "inputs", "input", "label", "labels", "language", "media",
    "message", "messages", "model", "model_version", "name", "outputs", "output", "payload",
    "prompt", "question", "reason", "request", "response", "role", "segments", "source",
    "summary", "task_type", "text", "transcript", "type", "value", "words",
})  # fmt: skip
"""Names of fields that a message may repeat: any other could hold what a sender wants kept."""


def refuse_controls(raw: bytes, value: JsonValue) -> None:
    """Raise Refused with the place if a text in `value` holds a control character.

    `raw` is the JSON text that `value` was read from: one scan of it spares the walk in nearly all
    records. Newline, tab and a carriage return before a newline are taken. Example: a NUL in the
    prompt is refused as "request.prompt: holds the control character U+0000 ...".
    """
    # The scan may be wrong (an escaped backslash before a b), the walk is not.
    if _may_hold(raw):
        for place, character in _controls_in(value, ""):
            where, number = place.removeprefix(".") or "value", f"U+{ord(character):04X}"
            fix = "leave it out (of these only newline and tab are taken)"
            detail = f"{where}: holds the control character {number}: {fix}"
            raise Refused(Reason.INVALID_FIELD, detail)


def has_controls(text: str) -> bool:
    """Return whether a text holds a control character; newline, tab and CR LF are none."""
    return _CONTROL.search(text) is not None


def _may_hold(raw: bytes) -> bool:
    """Return whether a control character may be in this JSON text, escaped or as it is."""
    if b"\\" in raw and _may_hold_escaped(raw):
        return True
    return b"\x7f" in raw or (b"\xc2" in raw and _NEXT_LINES.search(raw) is not None)


def _may_hold_escaped(raw: bytes) -> bool:
    # A pattern is quicker over little text, and several searches for one word each over much.
    if len(raw) < _LITTLE_BYTES:
        return _ANY_ESCAPED.search(raw) is not None
    return (
        b"\\b" in raw
        or b"\\f" in raw
        or raw.count(b"\\r") != raw.count(b"\\r\\n")
        or (b"\\u00" in raw and _ESCAPED.search(raw) is not None)
    )


def _controls_in(value: JsonValue, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        match = _CONTROL.search(value)
        if match:
            yield place, match[0]
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _controls_in(item, f"{place}[{at}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in _NOT_KEPT and not any(shown in place for shown in _SHOWN):
                continue
            inner = f"{place}.{name if name in _NAMES else '*'}"
            yield from _controls_in(name, inner)
            yield from _controls_in(item, inner)
