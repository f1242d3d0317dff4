"""Turns the model's request into text that a person can read beside the model's answer."""

import json

from pydantic import JsonValue

from shared.contracts.errors import Reason, Refused

_FIELDS = ("inputs", "input", "prompt", "text", "question")


def text_of(request: JsonValue, context: JsonValue) -> str | None:
    """Return request and context as one text, or None if neither was sent.

    Text is taken as it is. Chat messages become one paragraph each. Of an object with one of the
    usual fields (`inputs`, `prompt`, ...) that field is taken. All else is shown as JSON. Raises
    Refused for blank text.
    Example: `[{"role": "user", "content": "Hi"}]` gives `user: Hi`.
    """
    if request is None and context is None:
        return None
    sent = {"request": request, "context": context}
    parts = {name: readable(part) for name, part in sent.items() if part is not None}
    for name, part in parts.items():
        if not part.strip():
            fix = "the text is blank: send it, or leave it out"
            raise Refused(Reason.EMPTY_PAYLOAD, f"{name}: {fix}")
    return "\n\n".join(parts.values()) or None


def readable(part: JsonValue) -> str:
    """Return one of the two as text, by the rules of `text_of`; blank text as it is."""
    if isinstance(part, str):
        return part
    if isinstance(part, dict):
        return _of_object(part)
    return _dialogue(part) or _as_json(part)


def _of_object(part: dict[str, JsonValue]) -> str:
    dialogue = _dialogue(part.get("messages"))
    if dialogue is not None:
        return dialogue
    for field in _FIELDS:
        value = part.get(field)
        text = value if isinstance(value, str) else _dialogue(value)
        if text is not None:
            return text
    return _as_json(part)


def _dialogue(messages: JsonValue) -> str | None:
    """Return chat messages as paragraphs `role: text`; None if the value is no list of messages."""
    if not isinstance(messages, list) or not messages:
        return None
    lines: list[str] = []
    for message in messages:
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            return None
        lines.append(f"{message['role']}: {_content(message.get('content'))}")
    return "\n\n".join(lines)


def _content(content: JsonValue) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return "" if content is None else _as_json(content)
    return " ".join(_piece(piece) for piece in content)


def _piece(piece: JsonValue) -> str:
    if isinstance(piece, dict) and isinstance(piece.get("text"), str):
        return str(piece["text"])
    kind = piece.get("type") if isinstance(piece, dict) else None
    return f"[{kind}]" if isinstance(kind, str) else "[?]"


def _as_json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)
