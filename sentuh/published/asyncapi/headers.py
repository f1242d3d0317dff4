"""JSON Schema of the headers of records: CloudEvents in binary mode, and of dead letters."""

from collections.abc import Mapping

from sentuh.published.schemas import Contract
from shared.contracts.errors import Reason
from shared.contracts.strictjson import JsonObject
from shared.contracts.topics import MODEL_OUTPUTS

_TEXT: JsonObject = {"type": "string"}
_MOMENT: JsonObject = {"type": "string", "format": "date-time"}
_EVENT: Mapping[str, JsonObject] = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {**_TEXT, "description": "the same for every copy of the event"},
    "ce_source": _TEXT,
    "ce_time": _MOMENT,
    "ce_subject": {**_TEXT, "description": "the record's key"},
    "ce_causationid": {**_TEXT, "description": "`ce_id` of the event it answers"},
    "content-type": {"type": "string", "const": "application/json"},
    "traceparent": {**_TEXT, "description": "W3C trace context"},
}
_OUTPUT: Mapping[str, JsonObject] = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {**_TEXT, "description": "the output's id within its source"},
    "ce_source": {**_TEXT, "description": "who made the output"},
    "ce_time": _MOMENT,
    "ce_dataref": {**_TEXT, "format": "uri", "description": "media to show, as `media.ref`"},
    "ce_correlationid": {**_TEXT, "description": "comes back in the verdict's `ref`"},
    "ce_tasktype": {**_TEXT, "description": "as `task_type` in the value"},
    "ce_format": {**_TEXT, "description": "as `format` in the value"},
    "content-type": _TEXT,
    "traceparent": {**_TEXT, "description": "W3C trace context"},
}
_DEAD_LETTER: Mapping[str, JsonObject] = {
    "dl_id": {**_TEXT, "description": "follows from topic, partition and offset"},
    "dl_service": {**_TEXT, "description": "who refused it"},
    "dl_reason": {"type": "string", "enum": [reason.value for reason in Reason]},
    "dl_detail": {**_TEXT, "description": "one sentence with the fix"},
    "dl_topic": _TEXT,
    "dl_partition": {"type": "string", "pattern": "^[0-9]+$"},
    "dl_offset": {"type": "string", "pattern": "^[0-9]+$"},
}


def headers_of(contract: Contract) -> JsonObject:
    """Return the schema of a record's headers: all are required of a service, `ce_type` of others.

    An output needs none: source and id may stand in its value.
    Example: the headers of `task.created.v1` require `ce_id`.
    """
    named: JsonObject = {"ce_type": {"type": "string", "const": contract.event_type}}
    if contract.topic == MODEL_OUTPUTS:
        about = (
            "CloudEvents 1.0 in binary mode; or structured (`content-type` application/cloudevents"
            "+json, all in the value); or none, with `source` and `id` in the value"
        )
        return _schema({**named, **_OUTPUT}, [], about)
    required = ["ce_type"] if contract.topic.border else [*named, *_EVENT]
    return _schema({**named, **_EVENT}, required, "CloudEvents 1.0 in binary mode")


def dead_letter_headers() -> JsonObject:
    """Return the schema of the headers that a dead letter adds to those of its record."""
    return _schema(dict(_DEAD_LETTER), list(_DEAD_LETTER), "besides the record's own headers")


def _schema(properties: JsonObject, required: list[str], about: str) -> JsonObject:
    named: JsonObject = {"required": [*required]} if required else {}
    return {"type": "object", "description": about, "properties": properties, **named}
