"""Measures how long inline audio lasts, from its container: WAV, Ogg, MP4 and WebM.

The bytes come from strangers: every loop goes forward by at least a header at each turn, so it ends
within the at most 64 KiB; nothing is decoded, and no number in them decides how much is read or
kept. What cannot be measured is None, never an error: then the output must state its length.
Not read are MP3, AAC and FLAC, and recordings that a browser wrote while it recorded (WebM and
fragmented MP4), whose headers hold no length.
Sources: RIFF WAVE (Microsoft, 1994); RFC 3533 and RFC 7845 (Ogg, Opus in it), the Vorbis I
specification; ISO/IEC 14496-12 (MP4); RFC 8794 and RFC 9559 (EBML, Matroska).
"""

import math
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

DURATION_MS_MAX = 24 * 3_600_000
"""A day: more is no recording that a person is asked to hear."""
_OPUS_RATE = 48_000
_DEFAULT_SCALE_NS = 1_000_000
_UNKNOWN = -1
"""The size of an EBML element that says no size: it reaches to the end of what it is in."""


class _Piece(NamedTuple):
    """A named piece of a container, and its content as far as there is any."""

    name: bytes
    content: memoryview


def duration_ms(data: bytes) -> int | None:
    """Return the length in whole milliseconds, rounded down; None where it cannot be measured.

    None, too, for nothing, and for more than a day.
    Example: a WAV of 16,000 samples at 8,000 a second is 2,000.
    """
    for magic, at, measured in _CONTAINERS:
        if data[at : at + len(magic)] == magic:
            length = measured(memoryview(data))
            return length if length is not None and 0 < length <= DURATION_MS_MAX else None
    return None


def _of_wav(data: memoryview) -> int | None:
    """Return the length of what samples there are: a header may promise more than it brings."""
    bytes_a_second = 0
    for name, content in _riff_chunks(data[12:]):
        if name == b"fmt " and len(content) >= 16:
            bytes_a_second = struct.unpack_from("<I", content, 8)[0]
        if name == b"data" and bytes_a_second:
            return len(content) * 1000 // int(bytes_a_second)
    return None


def _riff_chunks(data: memoryview) -> Iterator[_Piece]:
    while len(data) >= 8:
        name, size = bytes(data[:4]), struct.unpack_from("<I", data, 4)[0]
        yield _Piece(name, data[8 : 8 + size])
        data = data[8 + size + size % 2 :]


def _of_ogg(data: memoryview) -> int | None:
    """Return the length of the first logical stream, by the position of its last page."""
    first, last = None, 0
    for serial, granule, content in _ogg_pages(data):
        if first is None:
            first = serial, content
        if serial == first[0] and 0 <= granule < 1 << 63:  # all ones: no packet ends on the page
            last = max(last, granule)
    rate, skipped = _rate_of(first[1]) if first else (0, 0)
    return max(0, last - skipped) * 1000 // rate if rate else None


def _ogg_pages(data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Yield serial number, granule position and content of each page."""
    while len(data) >= 27 and bytes(data[:4]) == b"OggS":
        granule, serial = struct.unpack_from("<QI", data, 6)
        lengths = data[27 : 27 + data[26]]
        begins = 27 + data[26]
        ends = begins + sum(lengths)
        yield serial, granule, data[begins:ends]
        data = data[ends:]


def _rate_of(header: memoryview) -> tuple[int, int]:
    """Return granules a second and granules before the first sound; (0, 0) for another codec."""
    if bytes(header[:8]) == b"OpusHead" and len(header) >= 12:
        return _OPUS_RATE, struct.unpack_from("<H", header, 10)[0]
    if bytes(header[:7]) == b"\x01vorbis" and len(header) >= 16:
        return struct.unpack_from("<I", header, 12)[0], 0
    return 0, 0


def _of_mp4(data: memoryview) -> int | None:
    """Return the movie's length, or for a movie in fragments that of its fragments together."""
    movie = _box(data, b"moov")
    if movie is None or not (header := _box(movie, b"mvhd")):
        return None
    version = header[0]
    if version > 1 or len(header) < 20 + 12 * version:
        return None
    scale, length = struct.unpack_from(">IQ" if version == 1 else ">II", header, 12 + 8 * version)
    if not length and (extended := _box(movie, b"mvex")) is not None:
        length = _fragments(_box(extended, b"mehd"))
    unknown = (1 << 64) - 1 if version == 1 else (1 << 32) - 1
    return length * 1000 // scale if scale and length and length != unknown else None


def _fragments(header: memoryview | None) -> int:
    if header is None or len(header) < (12 if header[:1].tobytes() == b"\x01" else 8):
        return 0
    return int(struct.unpack_from(">Q" if header[0] == 1 else ">I", header, 4)[0])


def _box(data: memoryview, wanted: bytes) -> memoryview | None:
    """Return the content of the first box of this name; None where there is none."""
    while len(data) >= 8:
        size, name = struct.unpack_from(">I4s", data)
        begins = 8
        if size == 1 and len(data) >= 16:
            size, begins = struct.unpack_from(">Q", data, 8)[0], 16
        ends = len(data) if size == 0 else size
        if ends < begins:
            return None
        if name == wanted:
            return data[begins:ends]
        data = data[ends:]
    return None


def _of_webm(data: memoryview) -> int | None:
    info = _element(_element(data, b"\x18\x53\x80\x67"), b"\x15\x49\xa9\x66")
    scale, length = _element(info, b"\x2a\xd7\xb1"), _element(info, b"\x44\x89")
    if length is None or len(length) not in {4, 8}:
        return None
    units = struct.unpack(">f" if len(length) == 4 else ">d", length)[0]
    nanoseconds = int.from_bytes(scale[:8], "big") if scale is not None else _DEFAULT_SCALE_NS
    milliseconds = units * nanoseconds / 1_000_000
    return int(milliseconds) if math.isfinite(milliseconds) else None


def _element(data: memoryview | None, wanted: bytes) -> memoryview | None:
    """Return the content of the first EBML element of this id; None where there is none."""
    while data:
        name = _vint_length(data, 4)
        size = _vint_length(data[name:], 8)
        if not name or not size:
            return None
        length = _vint_value(data[name : name + size])
        begins = name + size
        ends = len(data) if length == _UNKNOWN else begins + length
        if data[:name] == wanted:
            return data[begins:ends]
        data = data[ends:]
    return None


def _vint_length(data: memoryview, longest: int) -> int:
    """Return the number of bytes of the variable-length number here; 0 for none that is whole."""
    length = 9 - data[0].bit_length() if data else 0
    return length if 0 < length <= longest and length <= len(data) else 0


def _vint_value(data: memoryview) -> int:
    """Return the number without the bit that marks its length; all ones are _UNKNOWN."""
    bits = 7 * len(data)
    value = int.from_bytes(data, "big") & ((1 << bits) - 1)
    return _UNKNOWN if value == (1 << bits) - 1 else value


_CONTAINERS: tuple[tuple[bytes, int, Callable[[memoryview], int | None]], ...] = (
    (b"WAVE", 8, _of_wav),
    (b"OggS", 0, _of_ogg),
    (b"ftyp", 4, _of_mp4),
    (b"\x1a\x45\xdf\xa3", 0, _of_webm),
)
"""What stands where in a container's first bytes, and how it is measured.

The bytes are asked and not the stated media type: a wrong one is common, and shows itself only to
the worker.
"""
