"""Finds the field names of a model, all of them or those at a path, for hints in error messages."""

from collections.abc import Sequence
from functools import cache

from pydantic import BaseModel, JsonValue

JsonObject = dict[str, JsonValue]
Loc = Sequence[int | str]


def fields_at(model: type[BaseModel], loc: Loc) -> Sequence[str]:
    """Return the field names allowed where a path ends; none where the path leads nowhere.

    Example: for the path `("media", "urll")` the fields of `media`: data, ref, type.
    """
    whole = _schema(model)
    node: JsonValue = whole
    for part in loc[:-1]:
        node = _below(_resolved(node, whole), part)
    properties = _resolved(node, whole).get("properties")
    return sorted(properties) if isinstance(properties, dict) else ()


@cache
def names_in(model: type[BaseModel]) -> frozenset[str]:
    """Return every field name of a model and of the models in it."""
    return frozenset(_properties(_schema(model)))


@cache
def _schema(model: type[BaseModel]) -> JsonObject:
    return model.model_json_schema()


def _properties(schema: object) -> set[str]:
    if isinstance(schema, list):
        return {name for part in schema for name in _properties(part)}
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties")
    names = {str(name) for name in own} if isinstance(own, dict) else set()
    return names.union(*(_properties(part) for part in schema.values()))


def _below(node: JsonObject, part: int | str) -> JsonValue:
    properties, patterns = node.get("properties"), node.get("patternProperties")
    if isinstance(properties, dict) and part in properties:
        return properties[str(part)]
    if isinstance(patterns, dict) and patterns:
        return next(iter(patterns.values()))
    return node.get("additionalProperties") or node.get("items")


def _resolved(node: JsonValue, whole: JsonObject) -> JsonObject:
    """Return the object schema a node stands for; of alternatives the first that is a model."""
    if not isinstance(node, dict):
        return {}
    options, ref, defs = node.get("anyOf"), node.get("$ref"), whole.get("$defs")
    if isinstance(options, list):
        models = (option for option in options if isinstance(option, dict) and "$ref" in option)
        return _resolved(next(models, {}), whole)
    if isinstance(ref, str) and isinstance(defs, dict):
        return _resolved(defs[ref.rpartition("/")[2]], whole)
    return node
