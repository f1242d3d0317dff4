"""Takes off what serializers put before JSON: a byte order mark, a schema registry's prefix.

Tells by which schema a value is written: its id is in the prefix, or in a header beside the value.
"""

from typing import NamedTuple
from uuid import UUID

from shared.contracts.errors import Reason, Refused
from shared.contracts.record import Record

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OPENING_BYTES = (b"\xef", b"\x00", b"\x01", b"\x03")
"""First bytes of a mark, and of what registries' serializers write (Confluent, Apicurio, AWS)."""
_PREFIX_BYTES = 5
"""A zero byte, then the schema's number in 4 bytes."""
_GUID_PREFIX_BYTES = 17
"""A byte of one, then the schema's UUID."""
_BRACKETS = (b"{", b"[")
SCHEMA_HEADER = "__value_schema_id"
"""The header in which Confluent's serializers write what else is the prefix."""

SchemaId = int | str
"""A schema's number in its registry, or its UUID as text, which is the same in every registry."""


class FramedValue(NamedTuple):
    """A value that is written by a schema: the schema's id, and the bytes without it."""

    schema_id: SchemaId
    body: bytes


def framed_value(record: Record) -> FramedValue | None:
    """Return the schema that a record names, and the bytes written by it; None if it names none.

    A header goes before a prefix. Whether such a schema exists is not known here.
    Example: `00 00 00 00 07` before a value is the id 7.
    """
    raw = record.value or b""
    for name, held in record.headers:
        if name == SCHEMA_HEADER and (schema := _schema_in(held)) is not None:
            return FramedValue(schema[0], raw)
    if raw[:1] not in (b"\x00", b"\x01") or is_wide(raw) or not raw.strip(b"\x00"):
        return None
    schema = _schema_in(raw)
    return None if schema is None else FramedValue(schema[0], raw[schema[1] :])


def _schema_in(raw: bytes) -> tuple[SchemaId, int] | None:
    """Return the schema's id at the beginning of some bytes, and how many it takes."""
    if raw[:1] == b"\x00" and len(raw) >= _PREFIX_BYTES:
        return int.from_bytes(raw[1:_PREFIX_BYTES], "big"), _PREFIX_BYTES
    if raw[:1] == b"\x01" and len(raw) >= _GUID_PREFIX_BYTES:
        return str(UUID(bytes=raw[1:_GUID_PREFIX_BYTES])), _GUID_PREFIX_BYTES
    return None


def unframed(raw: bytes) -> bytes:
    """Return a value without the byte order mark or the registry's prefix before its JSON.

    Raises Refused for a prefix that something else than JSON follows. Example: five bytes
    `00 00 00 00 01` before `{"a": 1}` are stepped over.
    """
    first = raw[:1]
    if first == b"{" or first not in _OPENING_BYTES:
        return raw
    if first == b"\xef":
        return raw.removeprefix(_BYTE_ORDER_MARK)
    return _without_prefix(raw)


def _without_prefix(raw: bytes) -> bytes:
    # First, since UTF-16 and UTF-32 begin with a zero byte, too, and would be taken for a prefix.
    if is_wide(raw) or not raw.strip(b"\x00"):
        return raw
    if raw[0] == 0 and raw[_PREFIX_BYTES : _PREFIX_BYTES + 1] in _BRACKETS:
        return raw[_PREFIX_BYTES:]
    fix = "send plain JSON in UTF-8, without a registry's serializer (no Avro, no Protobuf)"
    raise Refused(
        Reason.JSON_INVALID, f"value: it begins with the bytes of a schema registry: {fix}"
    )


def is_wide(raw: bytes) -> bool:
    """Return whether JSON seems to be in UTF-16 or UTF-32: every other byte of its start is zero.

    Example: `{"a"` in UTF-16 is `7b 00 22 00`, or `00 7b 00 22`.
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:4] == b"\x00\x00\xfe\xff":
        return True
    little = raw[:1] != b"\x00" and raw[1:2] == b"\x00" == raw[3:4]
    big = raw[:1] == b"\x00" == raw[2:3] and raw[1:2] in _BRACKETS
    widest = raw[:3] == b"\x00\x00\x00" == raw[4:7] and raw[3:4] in _BRACKETS
    return little or big or widest
