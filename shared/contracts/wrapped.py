"""Recognises JSON that a converter or a second encoding has wrapped, and says how to undo it."""

from pydantic import JsonValue

from shared.contracts.errors import Reason, Refused

_CONNECT = {"schema", "payload"}


def refuse_connect(value: JsonValue) -> None:
    """Raise Refused for an object `{schema, payload}`, as Kafka Connect's JsonConverter writes it.

    Example: `{"schema": {"type": "string"}, "payload": "..."}` is refused, with the setting.
    """
    if not isinstance(value, dict) or len(value) != 2 or value.keys() != _CONNECT:
        return
    fix = "set value.converter.schemas.enable=false"
    if isinstance(value["payload"], str):
        fix = "set value.converter to org.apache.kafka.connect.storage.StringConverter"
    detail = f"schema and payload: are Kafka Connect's wrapping, send the payload alone: {fix}"
    raise Refused(Reason.UNSUPPORTED, detail)


def is_json_in_text(value: JsonValue) -> bool:
    """Return whether a value is text that itself looks like a JSON object or list.

    Example: the text `{"a": 1}` does: its sender encoded it twice.
    """
    return isinstance(value, str) and value.lstrip()[:1] in ("{", "[")
