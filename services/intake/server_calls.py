"""Turns the call of a model server into text that a person can read beside the server's reply.

KServe V1 is `{"instances": [...]}`, V2 (Open Inference Protocol) `{"inputs": [{"name", "datatype",
"shape", "data"}]}`; KServe's servers of language models take what OpenAI's take.
"""

import json
from collections.abc import Iterator

from pydantic import JsonValue

from services.intake.asked import readable
from shared.contracts.strictjson import JsonObject

REQUEST_BYTES_MAX = 32 * 1024
"""A longer request is not kept: with it and the largest response a task would still be published.

Cut off it would be worse: half a card number is none that redaction finds.
"""
NOT_SHOWN = f"[The request is not shown: it is longer than {REQUEST_BYTES_MAX:,} bytes.]"
"""What people see in place of a request that was too long."""
NUMBERS_MAX = 32
"""So many numbers of one list are shown, such as a row of features; nobody reads the pixels."""
_NOT_TEXT = ("base64", "pillow_image")
"""Content types by which MLServer marks tensors whose text is encoded bytes."""


def is_too_long(text: str) -> bool:
    """Return whether a request takes more than REQUEST_BYTES_MAX bytes in a task's JSON."""
    return len(json.dumps(text, ensure_ascii=False).encode()) > REQUEST_BYTES_MAX


def text_of_call(call: JsonValue) -> str | None:
    """Return what a model server was asked as text; None if there is nothing a person could read.

    Text stays as it is, chat messages become paragraphs, a row of numbers is shown. Of more numbers
    and of base64 only the length is said. Several instances or tensors become a paragraph each.
    Example: `{"instances": ["Is this spam?"]}` gives `Is this spam?`.
    """
    parts = [part for part in _parts_of(call) if part.strip()]
    return "\n\n".join(parts) or None


def _parts_of(call: JsonValue) -> Iterator[str]:
    if not isinstance(call, dict):
        yield _instance(_brief(call))
    elif isinstance(call.get("instances"), list):
        instances = _brief(call["instances"])
        yield from map(_instance, instances if isinstance(instances, list) else [instances])
    elif _are_tensors(call.get("inputs")):
        tensors = [(one, list(_texts_of(one))) for one in _items(call["inputs"])]
        for tensor, texts in tensors:
            name = f"{_name_of(tensor)}: " if len(tensors) > 1 and texts else ""
            yield name + "\n\n".join(texts)
    else:
        yield _instance(_brief(call))


def _items(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _instance(value: JsonValue) -> str:
    while isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    if isinstance(value, list) and value and all(map(_is_number, value)):
        return ", ".join(map(json.dumps, value))
    if isinstance(value, dict):
        inner = value.get("inputs")
        asked = inner if isinstance(inner, dict) else value
        both = asked.get("question"), asked.get("context")
        if all(isinstance(text, str) for text in both):
            return "\n\n".join(map(str, both))
        return readable(asked)
    return readable(value)


def _are_tensors(inputs: JsonValue) -> bool:
    tensors = _items(inputs)
    return bool(tensors) and all(
        isinstance(one, dict) and "datatype" in one and "shape" in one for one in tensors
    )


def _name_of(tensor: JsonValue) -> str:
    return str(tensor.get("name")) if isinstance(tensor, dict) else ""


def _texts_of(tensor: JsonValue) -> Iterator[str]:
    """Yield what a tensor holds: each text of its own, its numbers together."""
    if not isinstance(tensor, dict) or tensor.get("data") is None:
        return
    data, parameters = tensor["data"], tensor.get("parameters")
    marked = parameters.get("content_type") if isinstance(parameters, dict) else None
    if marked in _NOT_TEXT:
        yield f"[{marked}]"
    elif isinstance(data, list) and all(isinstance(one, str) for one in data):
        yield from map(str, data)
    else:
        yield _instance(_brief(data))


def _brief(value: JsonValue) -> JsonValue:
    """Return JSON with long lists of numbers, and base64, replaced by how long they are."""
    return _counted(value)[0]


def _counted(value: JsonValue) -> tuple[JsonValue, int | None]:
    """Return JSON in brief, and how many numbers it is made of; None if it holds anything else.

    Each list is walked once: an image holds tens of thousands of them.
    """
    if isinstance(value, list):
        parts = [_counted(one) for one in value]
        counts = [count for _, count in parts if count is not None]
        total = sum(counts) if len(counts) == len(parts) else None
        if total is not None and total > NUMBERS_MAX:
            return f"[{total:,} numbers]", total
        return [brief for brief, _ in parts], total
    if isinstance(value, dict):
        encoded = _encoded(value)
        if encoded is not None:
            return f"[base64, {len(encoded):,} characters]", None
        return {name: _brief(one) for name, one in value.items()}, None
    return value, 1 if _is_number(value) else None


def _encoded(value: JsonObject) -> str | None:
    """Return the base64 of an object as KServe V1 sends bytes: `{"b64": "..."}`; else None."""
    encoded = value.get("b64")
    return encoded if isinstance(encoded, str) and len(value) == 1 else None


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
