"""The JSON Schemas say what is on the wire."""

import json
import re
from collections.abc import Iterator

import pytest
from pydantic import JsonValue

from shared.contracts.events import BY_TYPE
from shared.contracts.schemas import DIALECT, schemas
from shared.contracts.strictjson import JsonObject
from tests.contracts.samples import sample

SCHEMAS = schemas()
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": int | float,
    "boolean": bool,
    "null": type(None),
}


def objects(node: JsonValue) -> Iterator[JsonObject]:
    """Every object schema with named fields."""
    parts = node if isinstance(node, list) else node.values() if isinstance(node, dict) else []
    if isinstance(node, dict) and isinstance(node.get("properties"), dict):
        yield node
    for part in parts:
        yield from objects(part)


def fits(value: JsonValue, schema: JsonValue, whole: JsonObject) -> bool:
    """Whether a value has the shape a schema gives it: types, fields, items, alternatives."""
    assert isinstance(schema, dict)
    if "$ref" in schema:
        defs = whole["$defs"]
        assert isinstance(defs, dict)
        return fits(value, defs[str(schema["$ref"]).rpartition("/")[2]], whole)
    if isinstance(ways := schema.get("anyOf"), list):
        return any(fits(value, way, whole) for way in ways)
    if schema.keys() <= {"title", "default"}:
        return True  # any JSON
    if not isinstance(value, TYPES[str(schema.get("type"))]):
        return False
    if isinstance(value, list):
        return all(fits(part, schema["items"], whole) for part in value)
    return not isinstance(value, dict) or _fields_fit(value, schema, whole)


def _fields_fit(value: JsonObject, schema: JsonObject, whole: JsonObject) -> bool:
    required = schema.get("required", [])
    assert isinstance(required, list)
    return set(value) >= set(required) and all(
        any(fits(part, way, whole) for way in _ways(name, schema)) for name, part in value.items()
    )


def _ways(name: str, schema: JsonObject) -> Iterator[JsonValue]:
    named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    assert isinstance(named, dict)
    assert isinstance(patterns, dict)
    if name in named:
        yield named[name]
    yield from (part for pattern, part in patterns.items() if re.search(pattern, name))
    if isinstance(others := schema.get("additionalProperties"), dict):
        yield others


def test_every_event_has_its_schema() -> None:
    assert list(SCHEMAS) == sorted(BY_TYPE)
    for event_type, schema in SCHEMAS.items():
        assert schema["$schema"] == DIALECT
        assert schema["title"] == event_type


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_no_object_takes_a_field_that_is_not_named(event_type: str) -> None:
    assert [n for n in objects(SCHEMAS[event_type]) if n["additionalProperties"] is not False] == []


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_what_was_written_fits_its_schema(event_type: str) -> None:
    schema, value = SCHEMAS[event_type], sample(event_type).value

    assert fits(value, schema, schema)
    assert not fits(value | {"is_admin": True}, schema, schema)
    assert not fits({name: part for name, part in value.items() if name != "at"}, schema, schema)


def test_schemas_are_json() -> None:
    assert json.loads(json.dumps(SCHEMAS)) == SCHEMAS
