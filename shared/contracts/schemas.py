"""JSON Schema of every event's value, by `ce_type`: what we write, closed."""

from collections.abc import Mapping

from pydantic import BaseModel, JsonValue

from shared.contracts.events import BY_TYPE
from shared.contracts.strictjson import JsonObject

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, JsonObject]:
    """Schema of each event type. No object takes a field that is not named: so we write them.

    Who reads our events ignores what they do not know: a field may be added to a version, never
    taken away or given another meaning. A field that has no value is left out.
    """
    return {
        event_type: schema_of(event_type, model) for event_type, model in sorted(BY_TYPE.items())
    }


def schema_of(event_type: str, model: type[BaseModel]) -> JsonObject:
    """Schema of one model, closed, under the name of its event type."""
    about: JsonObject = {"$schema": DIALECT, "$id": f"urn:sentuh:{event_type}"}
    return about | closed(model.model_json_schema()) | {"title": event_type}


def closed(described: JsonObject) -> JsonObject:
    """The same schema, in which no object takes a field that is not named."""
    found = _closed(described)
    return found if isinstance(found, dict) else {}


def _closed(node: JsonValue) -> JsonValue:
    if isinstance(node, list):
        return [_closed(part) for part in node]
    if not isinstance(node, Mapping):
        return node
    found: JsonObject = {name: _closed(part) for name, part in node.items()}
    if node.get("type") == "object" and ("properties" in node or "patternProperties" in node):
        found["additionalProperties"] = False
    return found
