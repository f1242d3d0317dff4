"""Packs the records that an event led to, as Redis keeps them until they are published."""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

import msgpack

from shared.contracts.compressed import compressed, restored
from shared.contracts.record import Outgoing

_PACKER = msgpack.Packer(use_bin_type=True)
"""Shared: making a packer takes as long as packing."""
_TOKEN_FOLLOWS = b'"token":"'
_TOKEN = re.compile(rb'"token":"[A-Za-z0-9_-]{1,64}\.([A-Za-z0-9_-]{40,})')
"""The claims of an offer's token: as JSON in base64, in which nothing can be found again."""


def pack(records: Sequence[Outgoing]) -> bytes:
    """Return these records packed and compressed, to be kept in Redis until they are published.

    They hold every byte that will be published, and nothing that has to be looked up: another
    build, or one with other keys, publishes the same.
    """
    return compressed(packed(records))


def unpack(kept: bytes) -> tuple[Outgoing, ...]:
    """Return the records that `pack` has packed into these bytes, each byte as it was.

    Raises ValueError where this build does not know the form in which they were packed.
    """
    return tuple(
        Outgoing(topic, key, _joined(value), tuple((name, raw) for name, raw in headers))
        for topic, key, value, headers in msgpack.unpackb(restored(kept))
    )


def packed(records: Sequence[Outgoing]) -> bytes:
    """Return these records in bytes, ready to be compressed."""
    split = [(topic, key, _split(value), headers) for topic, key, value, headers in records]
    return bytes(_PACKER.pack(split))


def _split(value: bytes | None) -> bytes | tuple[bytes, bytes, bytes] | None:
    """Return a value in three parts if it holds a token: its claims as JSON, and what is around.

    The claims stand in the value once more, and in the next record: as JSON they take next to no
    room when compressed. A token that would not come back byte for byte stays as it is.
    """
    # Most values hold none: to find a few bytes takes a tenth of a search by pattern.
    match = _TOKEN.search(value) if value and _TOKEN_FOLLOWS in value else None
    if value is None or match is None:
        return value
    try:
        stated = urlsafe_b64decode(match[1] + b"==")
    except binascii.Error:
        return value
    if _base64(stated) != match[1]:
        return value
    return value[: match.start(1)], stated, value[match.end(1) :]


def _joined(value: bytes | Sequence[bytes] | None) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    before, stated, after = value
    return before + _base64(stated) + after


def _base64(stated: bytes) -> bytes:
    return urlsafe_b64encode(stated).rstrip(b"=")
