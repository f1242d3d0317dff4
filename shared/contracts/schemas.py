"""JSON Schema of every event's value, by `ce_type`: what we write, closed."""

from collections.abc import Mapping

from pydantic import BaseModel, JsonValue

from shared.contracts.events import BY_TYPE
from shared.contracts.strictjson import JsonObject

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, JsonObject]:
    """Return the schema of each event type, closed: services write no field that is not in it.

    Readers must ignore fields they do not know. A field may be added to a version, but never taken
    away or given another meaning. A field without a value is left out of the JSON.
    """
    return {
        event_type: schema_of(event_type, model) for event_type, model in sorted(BY_TYPE.items())
    }


def schema_of(event_type: str, model: type[BaseModel]) -> JsonObject:
    """Return the closed schema of one model, titled with its event type."""
    about: JsonObject = {"$schema": DIALECT, "$id": f"urn:sentuh:{event_type}"}
    return about | closed(model.model_json_schema()) | {"title": event_type}


def closed(described: JsonObject) -> JsonObject:
    """Return the same schema, but no object in it allows fields that are not named."""
    schema = _closed(described)
    return schema if isinstance(schema, dict) else {}


def _closed(node: JsonValue) -> JsonValue:
    if isinstance(node, list):
        return [_closed(part) for part in node]
    if not isinstance(node, Mapping):
        return node
    copy: JsonObject = {name: _closed(part) for name, part in node.items()}
    if node.get("type") == "object" and ("properties" in node or "patternProperties" in node):
        copy["additionalProperties"] = False
    return copy
