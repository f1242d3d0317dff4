"""What the model was asked, as text a person can read beside its answer."""

import json

from pydantic import JsonValue

from shared.contracts.errors import Reason, Refused

_FIELDS = ("inputs", "input", "prompt", "text", "question")


def text_of(request: JsonValue, context: JsonValue) -> str | None:
    """Request, then context, as one text; None where neither was sent.

    Text is taken as it is, chat messages as one paragraph each, an object with one of the usual
    fields (`inputs`, `prompt`, ...) by that field; anything else is shown as the JSON it is.
    Raises Refused for text that is blank.
    """
    parts = [_readable(part) for part in (request, context) if part is not None]
    if any(not part.strip() for part in parts):
        raise Refused(Reason.EMPTY_PAYLOAD, "request: the text is blank: send it, or leave it out")
    return "\n\n".join(parts) or None


def _readable(said: JsonValue) -> str:
    if isinstance(said, str):
        return said
    if isinstance(said, dict):
        return _of_object(said)
    return _dialogue(said) or _as_json(said)


def _of_object(said: dict[str, JsonValue]) -> str:
    dialogue = _dialogue(said.get("messages"))
    if dialogue is not None:
        return dialogue
    for field in _FIELDS:
        found = said.get(field)
        if isinstance(found, str):
            return found
    return _as_json(said)


def _dialogue(messages: JsonValue) -> str | None:
    """Chat messages as `role: text`; None where it is no list of messages."""
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


def _as_json(said: JsonValue) -> str:
    return json.dumps(said, ensure_ascii=False)
