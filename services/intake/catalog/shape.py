"""Finds fields of a catalog that are missing, unknown or of the wrong type, each with its fix."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from services.intake.catalog.file import Fault, FieldPath, Value
from services.intake.catalog.label_maps import LabelMap
from services.intake.catalog.rate_cards import RateCard
from services.intake.catalog.rows import Catalog, row_type
from shared.contracts.fields import fields_at
from shared.contracts.fixes import taken_by
from shared.contracts.questions import KINDS

R = TypeVar("R", bound=BaseModel)
_LOST = object()
"""Stands for a field that is left out, since no part of it is valid."""

_PATTERNS: Mapping[str, str] = {
    "currency": "use the three capital letters of ISO 4217, as USD",
    "pool": "use lower-case letters, digits and -, as main",
    "question": "write a question",
    **{field: fix for kind in KINDS.values() for field, fix in kind.row.FIXES.items()},
}
_FIXES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "less_than_equal": lambda bound: f"write {bound['le']:g} or less",
    "less_than": lambda bound: f"write less than {bound['lt']:g}",
    "greater_than_equal": lambda bound: f"write {bound['ge']:g} or more",
    "greater_than": lambda bound: f"write more than {bound['gt']:g}",
    "int_type": lambda _: "write a whole number, as 5",
    "int_from_float": lambda _: "write a whole number, as 5",
    "float_type": lambda _: "write a number, as 0.9",
    "finite_number": lambda _: "write a number, as 0.9",
    "literal_error": lambda choice: f"write one of: {choice['expected']}",
    "string_type": lambda _: "write text",
    "string_too_long": lambda bound: f"write at most {bound['max_length']} characters",
    "string_too_short": lambda bound: f"write at least {bound['min_length']} characters",
    "too_long": lambda bound: f"list at most {bound['max_length']}",
    "too_short": lambda bound: f"list at least {bound['min_length']}",
    "tuple_type": lambda _: "write a list, as [a, b]",
    "dict_type": lambda _: "write what is in it below, as name: value",
    "model_type": lambda _: "write its fields below it, as name: value",
}


def shape_of(data: Value) -> tuple[Catalog, list[Fault]]:
    """Return the catalog and every fault of a single field in it.

    If there are faults, the catalog contains the valid fields only, so that further checks can be
    made on them: an operator then sees all problems of the file at once.
    Example: a task type whose `times` are text is returned without `times`.
    """
    try:
        return Catalog.model_validate_json(json.dumps(data)), []
    except ValidationError as error:
        faults = list(_faults(data, error))
        return _sound(data, faults), faults


def _faults(data: Value, error: ValidationError) -> Iterator[Fault]:
    errors = error.errors(include_url=False)
    for fault in errors:
        loc = fault["loc"]
        if not any(other["loc"][: len(loc)] == loc != other["loc"] for other in errors):
            yield tuple(part for part in loc if part != "[key]"), *_worded(data, fault)


def _sound(data: Value, faults: Sequence[Fault]) -> Catalog:
    broken = [path for path, *_ in faults]

    def rows(section: str, class_of: Callable[[Value], type[R]]) -> dict[str, R]:
        return {
            name: _sound_row(class_of(row), row, _below(_below(broken, section), name))
            for name, row in rows_of(data, section).items()
            if isinstance(row, dict) and (section, name, "kind") not in broken
        }

    cards, types = rows("rate_cards", lambda _: RateCard), rows("task_types", row_type)
    maps = rows("models", lambda _: LabelMap)
    return Catalog.model_construct(skills={}, rate_cards=cards, models=maps, task_types=types)


def _below(paths: Iterable[FieldPath], name: str) -> list[FieldPath]:
    """Return the rest of each path that begins with this field; () stands for the field itself."""
    return [path[1:] for path in paths if path[:1] == (name,)]


def _sound_row(kind: type[R], row: Mapping[str, Value], broken: Sequence[FieldPath]) -> R:
    fields: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        if name in row:
            fields[name] = _sound_field(field, row[name], _below(broken, name))
    sound = {name: value for name, value in fields.items() if value is not _LOST}
    return kind.model_construct(**sound)


def _sound_field(field: FieldInfo, value: Value, broken: Sequence[FieldPath]) -> Any:
    """Return the valid part of a field: the whole, some of its fields, or _LOST for none.

    `broken` holds the paths of faults below it. A list with a fault is left out whole: without one
    item the others would have other positions than in the file. A mapping by the operator's own
    names is kept whole, so that these names can be looked up.
    Example: `answers` with a wrong `min` is returned with `max` only.
    """
    if not broken:
        kind: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
        return kind.validate_json(json.dumps(value))
    if () in broken or not isinstance(value, dict):
        return _LOST
    inner = field.annotation
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return _sound_row(inner, value, broken)
    return value


def _worded(data: Value, error: ErrorDetails) -> tuple[str, str]:
    """Return what is wrong and how to correct it, in words for an operator."""
    kind, loc, value = error["type"], error["loc"], error["input"]
    last = str(loc[-1]) if loc else ""
    if kind == "missing":
        return "is missing", "add it"
    if kind == "extra_forbidden":
        near = get_close_matches(last, _fields_at(data, loc), 1)
        return "is not known here", f"did you mean {near[0]}?" if near else "remove it"
    if kind == "string_type" and isinstance(value, (bool, int, float)):
        return f"YAML reads this as {type(value).__name__}, not text", "put it in quotes"
    if kind == "invalid_field":  # a type of ours, whose message is the fix
        return "is not written as it must be", error["msg"]
    if kind == "string_pattern_mismatch":
        words = taken_by(kind, error["ctx"]) or "text, and not blanks alone"
        return "is not written as it must be", _PATTERNS.get(last, f"write {words}")
    context, fix_of = error.get("ctx", {}), _FIXES.get(kind)
    taken = taken_by(kind, context)
    fault = f"must be {taken}" if taken else "is not as it must be"
    if kind in {"too_long", "too_short"}:
        fault = f"lists {context['actual_length']}"
    return fault, fix_of(context) if fix_of else "correct it"


def _fields_at(data: Value, loc: FieldPath) -> Sequence[str]:
    """Return the field names that are valid at a path, of a task type those of its kind."""
    if loc[0] != "task_types" or len(loc) == 1:
        return fields_at(Catalog, loc)
    row = rows_of(data, "task_types").get(str(loc[1]))
    return fields_at(row_type(row), loc[2:])


def rows_of(data: Value, section: str) -> Mapping[str, Value]:
    """Return the rows of a section of the file by name, valid or not; none if it is no mapping."""
    rows = data.get(section) if isinstance(data, dict) else None
    return rows if isinstance(rows, dict) else {}
