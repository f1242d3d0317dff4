"""Reads JSON from outsiders strictly: refuses text that `json` and pydantic accept, with a reason.

Both accept equal keys (and take the last), NaN, 1e400 and lone surrogates; one of them accepts
UTF-16, and each fails in its own way on deep nesting. Here each of these raises Refused. Example:
`{"a": 1, "a": 2}` is refused with the reason DUP_KEY.
"""

import json
import math
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NoReturn

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import ErrorDetails

from shared.contracts.errors import Reason, Refused
from shared.contracts.fields import fields_at, names_in
from shared.contracts.fixes import taken_by
from shared.contracts.framing import unframed
from shared.contracts.not_json import why_not_json
from shared.contracts.wrapped import is_json_in_text

JsonObject = dict[str, JsonValue]

DEPTH_MAX = 64

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A string, closed or not: an open one takes the rest, so that scanning stays linear."""
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
_BLANKS = " \t\n\r"
"""What JSON takes as blanks; Python's `strip` alone takes others off too."""
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_EXTRA = "extra_forbidden"
_OURS = frozenset(reason.value for reason in Reason) - {"missing", _EXTRA, "json_invalid"}
"""Kinds only our own validators raise, with the fix as message."""
_REASONS: Mapping[str, Reason] = {
    **{reason.value: reason for reason in Reason},
    "missing": Reason.MISSING,
    _EXTRA: Reason.EXTRA_FORBIDDEN,
    "json_invalid": Reason.JSON_INVALID,
    "string_unicode": Reason.JSON_INVALID,
}
_FIXES: Mapping[Reason, str] = {
    Reason.MISSING: "is required: send it",
    Reason.JSON_INVALID: "send JSON text in UTF-8",
}
_NOT_A_MODEL = frozenset({"model_type", "model_attributes_type", "dict_type"})
_OF_AN_ID = frozenset({"string_pattern_mismatch", "string_too_long", "string_too_short"})


def parse(raw: bytes, *, depth_max: int = DEPTH_MAX) -> JsonValue:
    """Return the value of JSON text in UTF-8: an object, a list or a plain value.

    A byte order mark and a schema registry's prefix before it are stepped over. Raises Refused if
    the text is no valid JSON (also for NaN and 1e400), nests deeper than `depth_max`, or has an
    object with two equal keys. Example: `parse(b"[1, 2]")` is `[1, 2]`.
    """
    raw = unframed(raw)
    _refuse_depth(raw, depth_max)
    try:
        text = raw.decode("utf-8").strip(_BLANKS)
        value, end = _DECODER.raw_decode(text)
        if b"\\u" in raw and _SURROGATE.search(raw):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except ValueError:
        raise _no_json(raw) from None
    except RecursionError:
        raise _too_deep(depth_max) from None
    if end < len(text):
        raise _no_json(raw)
    checked: JsonValue = value
    return checked


def parse_object(raw: bytes, *, depth_max: int = DEPTH_MAX) -> JsonObject:
    """Return the object that JSON text in UTF-8 holds.

    Raises Refused if the text is no valid JSON, nests deeper than `depth_max`, has two equal keys
    in one object, or is no object. Example: `parse_object(b'{"a": 1}')` is `{"a": 1}`.
    """
    value = parse(raw, depth_max=depth_max)
    if isinstance(value, dict):
        return value
    detail = "value: it must be one JSON object: send { ... }"
    if is_json_in_text(value):
        detail = "value: it is text that holds JSON: encode it once, send the object itself"
    raise Refused(Reason.NOT_OBJECT, detail)


def refusal(
    error: ValidationError,
    model: type[BaseModel] | None = None,
    sent: JsonValue = None,
    *,
    whole: str = "value",
) -> Refused:
    """Return the first error that pydantic found as a Refused that names the field and the fix.

    It repeats nothing that was sent, not even a field's name, unless `model` has that field. `sent`
    is the value that was validated: a field in it is not suggested in place of a misspelt one, and
    `whole` is what its sender calls it. A validator may raise `PydanticCustomError` with a reason
    as its type and the fix as message.
    Example: "media.ref: send a string".
    """
    faults = error.errors(include_url=False, include_input=False)
    fault = faults[0]
    kind, loc = fault["type"], fault["loc"]
    field = _path(kind, loc, model) or whole
    reason = _reason(kind, loc, fault["msg"])
    more = f" ({len(faults) - 1} more fields are wrong)" if len(faults) > 1 else ""
    fix = _unknown(loc, model, sent) if kind == _EXTRA else _fix(fault, reason)
    if kind in _NOT_A_MODEL and model is not None and loc:
        fix += _with_fields(model, loc)
    return Refused(reason, f"{field}: {fix}{more}")


def _no_json(raw: bytes) -> Refused:
    return Refused(Reason.JSON_INVALID, f"value: {why_not_json(raw)}")


def _refuse_depth(raw: bytes, depth_max: int) -> None:
    if raw.count(b"[") + raw.count(b"{") <= depth_max:
        return
    depth = 0
    for bracket in _STRING.sub(b"", raw).translate(None, _NO_BRACKET):
        depth += 1 if bracket in b"[{" else -1
        if depth > depth_max:
            raise _too_deep(depth_max)


def _too_deep(depth_max: int) -> Refused:
    return Refused(
        Reason.TOO_DEEP, f"value: it nests deeper than {depth_max}: flatten its lists and objects"
    )


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        raise Refused(Reason.DUP_KEY, "value: an object has the same key twice: send each key once")
    return unique


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("beyond every float")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_finite, parse_constant=_no_constant
)


def _reason(kind: str, loc: tuple[int | str, ...], message: str) -> Reason:
    if kind in _NOT_A_MODEL and not loc:
        return Reason.NOT_OBJECT
    if kind == "value_error" and "time out of range" in message:
        return Reason.TIME_OUT_OF_RANGE
    if kind in _OF_AN_ID and loc and _is_id(loc[-1]):
        return Reason.BAD_ID
    return _REASONS.get(kind, Reason.INVALID_FIELD)


def _is_id(name: int | str) -> bool:
    return isinstance(name, str) and (name in {"source", "pool"} or name.endswith("id"))


def _path(kind: str, loc: tuple[int | str, ...], model: type[BaseModel] | None) -> str:
    """Return the path of the field that is wrong, without names that the model does not have.

    Example: `media.inline.type`.
    """
    named = loc[:-1] if kind == _EXTRA else loc
    allowed = names_in(model) if model else frozenset(named[:1])
    shown = [str(part) for part in named if isinstance(part, int) or part in allowed]
    return ".".join(shown)


def _fix(fault: ErrorDetails, reason: Reason) -> str:
    kind, message = fault["type"], fault["msg"]
    if kind in _OURS or reason is Reason.TIME_OUT_OF_RANGE:
        return message.removeprefix("Value error, ")
    taken = taken_by(kind, fault.get("ctx", {}))
    if taken is not None:
        return f"send {taken}"
    return _FIXES.get(reason, "breaks the contract: correct it by its schema (sentuh schemas)")


def _with_fields(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    """Return the fields of the object that belongs there. Example: " with scale and value"."""
    *most, last = fields_at(model, (*loc, "")) or ("",)
    return f" with {', '.join(most)} and {last}" if most else f" with {last}" if last else ""


def _unknown(loc: tuple[int | str, ...], model: type[BaseModel] | None, sent: JsonValue) -> str:
    """Return the fix for a field that the model does not have, without repeating the field's name.

    A field with a similar name is suggested. If that field was sent too, it cannot be meant, and is
    named only so that the sender finds the other. Example: "did you mean ref? else leave it out".
    """
    near = get_close_matches(str(loc[-1]), fields_at(model, loc) if model else (), 1)
    like, fix = "", "leave it out"
    if near and near[0] in _object_at(sent, loc[:-1]):
        like = f", much like {near[0]}"
    elif near:
        fix = f"did you mean {near[0]}? else leave it out"
    return f"has a field the contract does not know{like}: {fix}"


def _object_at(sent: JsonValue, loc: tuple[int | str, ...]) -> JsonObject:
    """Return the object at the path `loc` in the value that was sent, or an empty one."""
    for part in loc:
        if isinstance(sent, dict):
            sent = sent.get(str(part))
        elif isinstance(sent, list) and isinstance(part, int) and part < len(sent):
            sent = sent[part]
    return sent if isinstance(sent, dict) else {}
