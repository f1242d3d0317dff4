"""A catalog's shape: what is missing, strange, or of the wrong kind, and how to mend it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from services.intake.catalog.file import Fault, FieldPath, Value
from services.intake.catalog.rows import Catalog, RateCard, row_type
from shared.contracts.fields import fields_at
from shared.contracts.questions import KINDS

R = TypeVar("R", bound=BaseModel)
_LOST = object()
"""In place of a field of which nothing is sound."""

_PATTERNS: Mapping[str, str] = {
    "currency": "use the three capital letters of ISO 4217, as USD",
    "pool": "use lower-case letters, digits and -, as main",
    "question": "write a question",
    **{field: fix for kind in KINDS.values() for field, fix in kind.row.FIXES.items()},
}
_NAMES = "use lower-case letters, digits and . _ : -, as image.digits"
_MENDED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "less_than_equal": lambda bound: f"write {bound['le']:g} or less",
    "less_than": lambda bound: f"write less than {bound['lt']:g}",
    "greater_than_equal": lambda bound: f"write {bound['ge']:g} or more",
    "greater_than": lambda bound: f"write more than {bound['gt']:g}",
    "int_type": lambda _: "write a whole number, as 5",
    "int_from_float": lambda _: "write a whole number, as 5",
    "float_type": lambda _: "write a number, as 0.9",
    "finite_number": lambda _: "write a number, as 0.9",
    "literal_error": lambda known: f"write one of: {known['expected']}",
    "string_type": lambda _: "write text",
    "string_too_long": lambda bound: f"write at most {bound['max_length']} characters",
    "too_long": lambda bound: f"list at most {bound['max_length']}",
    "too_short": lambda bound: f"list at least {bound['min_length']}",
    "tuple_type": lambda _: "write a list, as [a, b]",
    "dict_type": lambda _: "write what is in it below, as name: value",
    "model_type": lambda _: "write its fields below it, as name: value",
}


def shape_of(data: Value) -> tuple[Catalog, list[Fault]]:
    """The catalog and every fault of its shape.

    Where there are faults, what has none makes the catalog: so that what it means can be looked at
    all the same. A field with a fault is left out of its row.
    """
    try:
        return Catalog.model_validate_json(json.dumps(data)), []
    except ValidationError as error:
        faults = list(_faults(data, error))
        return _sound(data, faults), faults


def _faults(data: Value, error: ValidationError) -> Iterator[Fault]:
    found = error.errors(include_url=False)
    for fault in found:
        loc = fault["loc"]
        if not any(other["loc"][: len(loc)] == loc != other["loc"] for other in found):
            yield tuple(part for part in loc if part != "[key]"), *_told(data, fault)


def _sound(data: Value, faults: Sequence[Fault]) -> Catalog:
    broken = [path for path, *_ in faults]

    def rows(section: str, class_of: Callable[[Value], type[R]]) -> dict[str, R]:
        return {
            name: _sound_row(class_of(row), row, _below(_below(broken, section), name))
            for name, row in rows_of(data, section).items()
            if isinstance(row, dict) and (section, name, "kind") not in broken
        }

    cards, types = rows("rate_cards", lambda _: RateCard), rows("task_types", row_type)
    return Catalog.model_construct(skills={}, rate_cards=cards, task_types=types)


def _below(paths: Iterable[FieldPath], name: str) -> list[FieldPath]:
    """Where below this field the faults are; in the field itself is nowhere below it."""
    return [path[1:] for path in paths if path[:1] == (name,)]


def _sound_row(kind: type[R], row: Mapping[str, Value], broken: Sequence[FieldPath]) -> R:
    found: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        if name in row:
            found[name] = _sound_field(field, row[name], _below(broken, name))
    sound = {name: value for name, value in found.items() if value is not _LOST}
    return kind.model_construct(**sound)


def _sound_field(field: FieldInfo, value: Value, broken: Sequence[FieldPath]) -> Any:
    """The field as it will be, or what of it has no fault; of a list nothing: places would move.

    Of what is named by its sender all names stay: that a name leads nowhere is a fault of its own.
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


def _told(data: Value, found: ErrorDetails) -> tuple[str, str]:
    kind, loc, given = found["type"], found["loc"], found["input"]
    last = str(loc[-1]) if loc else ""
    if kind == "missing":
        return "is missing", "add it"
    if kind == "extra_forbidden":
        near = get_close_matches(last, _fields_at(data, loc), 1)
        return "is not known here", f"did you mean {near[0]}?" if near else "remove it"
    if kind == "string_type" and isinstance(given, (bool, int, float)):
        return f"YAML reads this as {type(given).__name__}, not text", "put it in quotes"
    if kind == "string_pattern_mismatch":
        return "is not written as it must be", _PATTERNS.get(last, _NAMES)
    message, mended = found["msg"], _MENDED.get(kind)
    fix = mended(found.get("ctx", {})) if mended else "correct it"
    return message[0].lower() + message[1:], fix


def _fields_at(data: Value, loc: FieldPath) -> Sequence[str]:
    """Return the fields there are at a path; those of a task type are its kind's."""
    if loc[0] != "task_types" or len(loc) == 1:
        return fields_at(Catalog, loc)
    row = rows_of(data, "task_types").get(str(loc[1]))
    return fields_at(row_type(row), loc[2:])


def rows_of(data: Value, section: str) -> Mapping[str, Value]:
    """What a section of the file holds, sound or not: a name that is there is known."""
    rows = data.get(section) if isinstance(data, dict) else None
    return rows if isinstance(rows, dict) else {}
