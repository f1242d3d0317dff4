"""Takes off what serializers put before JSON: a byte order mark, a schema registry's prefix."""

from shared.contracts.errors import Reason, Refused

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OPENING_BYTES = (b"\xef", b"\x00", b"\x01", b"\x03")
"""First bytes of a mark, and of what registries' serializers write (Confluent, Apicurio, AWS)."""
_PREFIX_BYTES = 5
"""A zero byte, then the schema's number in 4 bytes."""
_BRACKETS = (b"{", b"[")


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
