"""Writes Avro's logical types as text: exact, and in the words of RFC 3339 where it is a time.

A decimal is its digits (`12.50`), a date `2026-11-30`, a time `19:00:00.123`, a timestamp that in
UTC (`2026-11-30T19:00:00.123Z`), a local one without the `Z`; a UUID in 16 bytes is its text. Any
other logical type is read as the type below it, as the specification says.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

_PRECISION_MAX = 1_000
_DECIMAL_BYTES_MAX = 1_000
_DAY_SECONDS = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = {"millis": 3, "micros": 6, "nanos": 9}

InJson = Callable[[Any], str]
"""Writes a number or bytes as text. Raises ValueError or OverflowError for what no such type is."""


class BadSchemaError(Exception):
    """The schema contradicts itself, or nests or holds what none may."""


def _decimal(schema: Any) -> InJson:
    scale, precision = schema.get("scale", 0), schema["precision"]
    if not 0 <= scale <= precision <= _PRECISION_MAX:
        raise BadSchemaError

    def in_json(raw: bytes) -> str:
        if len(raw) > _DECIMAL_BYTES_MAX:
            raise ValueError
        unscaled = int.from_bytes(raw, signed=True)
        digits = str(abs(unscaled)).zfill(scale + 1)
        if len(digits.lstrip("0")) > precision:
            raise ValueError
        text = f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits
        return f"-{text}" if unscaled < 0 else text

    return in_json


def _date(_: Any) -> InJson:
    return lambda days: (_EPOCH.date() + timedelta(days=days)).isoformat()


def _time(digits: int, _: Any) -> InJson:
    def in_json(count: int) -> str:
        seconds, fraction = divmod(count, 10**digits)
        if not 0 <= seconds < _DAY_SECONDS:
            raise ValueError
        return f"{(_EPOCH + timedelta(seconds=seconds)):%H:%M:%S}.{fraction:0{digits}d}"

    return in_json


def _timestamp(digits: int, end: str, _: Any) -> InJson:
    def in_json(count: int) -> str:
        seconds, fraction = divmod(count, 10**digits)
        moment = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)
        return f"{moment.isoformat()}.{fraction:0{digits}d}{end}"

    return in_json


def _uuid(schema: Any) -> InJson:
    if schema["size"] != 16:
        raise BadSchemaError
    return lambda raw: str(UUID(bytes=raw))


LOGICAL: Mapping[tuple[str, str], Callable[[Any], InJson]] = {
    ("decimal", "bytes"): _decimal,
    ("decimal", "fixed"): _decimal,
    ("date", "int"): _date,
    ("time-millis", "int"): partial(_time, 3),
    ("time-micros", "long"): partial(_time, 6),
    ("uuid", "fixed"): _uuid,
    **{
        (f"timestamp-{unit}", "long"): partial(_timestamp, digits, "Z")
        for unit, digits in _DIGITS.items()
    },
    **{
        (f"local-timestamp-{unit}", "long"): partial(_timestamp, digits, "")
        for unit, digits in _DIGITS.items()
    },
}
"""By the logical type's name and the type below it."""
