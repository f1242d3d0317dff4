"""Takes an output out of what Kafka Connect's JsonConverter wraps round it."""

from pydantic import JsonValue

from shared.contracts.controls import refuse_controls
from shared.contracts.errors import Refused
from shared.contracts.strictjson import parse
from shared.contracts.wrapped import refuse_connect

_WRAPPING = {"schema", "payload"}
_JSON_IN_TEXT = "io.debezium.data.Json"
"""The schema's name by which Debezium says that a text is JSON, as an outbox table's column is."""


def without_connect(value: JsonValue) -> JsonValue:
    """Return the payload of `{schema, payload}`, or the value itself if it is not wrapped so.

    Text is taken out only where its schema says that it is JSON. Raises Refused for other text, and
    for a payload that is missing.
    Example: `{"schema": {"type": "struct", ...}, "payload": {"id": "o-1"}}` is `{"id": "o-1"}`.
    """
    if not isinstance(value, dict) or len(value) != len(_WRAPPING) or value.keys() != _WRAPPING:
        return value
    schema, payload = value["schema"], value["payload"]
    if isinstance(payload, (dict, list)) and (schema is None or isinstance(schema, dict)):
        return payload
    name = schema.get("name") if isinstance(schema, dict) else None
    if isinstance(payload, str) and name == _JSON_IN_TEXT:
        return _parsed(payload)
    refuse_connect(value)
    return value


def _parsed(text: str) -> JsonValue:
    raw = text.encode()
    try:
        inner = parse(raw)
        refuse_controls(raw, inner)
    except Refused as refused:
        raise refused.within("payload: ") from None
    return inner
