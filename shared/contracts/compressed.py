"""Compresses what Redis keeps for a while, with a dictionary of what services write every time.

Names of fields and headers make up most of a record. The dictionary holds one record of every
event that services publish, so that a compressed record holds only what is particular to it.
"""

from functools import cache
from pathlib import Path

import zstandard

FORM = 1
"""The first byte of what is compressed: which dictionary it needs. Raised with a new dictionary;
the old one stays for as long as a build that is taken over from may have left something behind.
"""
BYTES_MAX = 128 * 1024 * 1024
"""More than the largest decision: a lane's hundred letters of 704 KiB each."""
_LEVEL = 1
"""Higher levels take two to three times as long and save 1 to 4 %; those below 0 save a fifth of
the time and take a quarter more room.
"""
_FOR_SMALL = {"window_log": 17, "hash_log": 12, "min_match": 6}
"""Most records come to 1 to 4 KB: a larger table only pushes others out of the processor's cache.
The window holds the dictionary and a lane's hundred letters, which repeat each other.
"""


def compressed(raw: bytes) -> bytes:
    """Return these bytes compressed, the number of the form first; `restored` undoes it.

    Raises ValueError for more than BYTES_MAX bytes. Example: an offer of 1,500 bytes takes some
    350.
    """
    if len(raw) > BYTES_MAX:
        raise ValueError(f"{len(raw)} bytes are too many to be kept")
    return bytes((FORM,)) + _compressor(FORM).compress(raw)


def restored(kept: bytes) -> bytes:
    """Return the bytes of which `compressed` made these.

    Raises ValueError where they are of another form, or would become more than BYTES_MAX.
    """
    form, frame = (kept[0], kept[1:]) if kept else (0, b"")
    if form != FORM:
        raise ValueError(f"form {form} is not known to this build, which knows form {FORM}")
    try:
        # The size that the frame states is what room is made for, so it is looked at first.
        if not 0 <= zstandard.frame_content_size(frame) <= BYTES_MAX:
            raise ValueError("it states no size, or one that is too large")
        return _decompressor(form).decompress(frame)
    except zstandard.ZstdError as failure:
        raise ValueError(f"it cannot be restored: {failure}") from failure


def dictionary(form: int) -> bytes:
    """Return the bytes of the dictionary of this form."""
    return Path(__file__).with_name(f"dictionary_{form}.bin").read_bytes()


@cache
def _loaded(form: int) -> zstandard.ZstdCompressionDict:
    loaded = zstandard.ZstdCompressionDict(
        dictionary(form), dict_type=zstandard.DICT_TYPE_RAWCONTENT
    )
    loaded.precompute_compress(compression_params=_parameters())
    return loaded


@cache
def _compressor(form: int) -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(compression_params=_parameters(), dict_data=_loaded(form))


@cache
def _parameters() -> zstandard.ZstdCompressionParameters:
    return zstandard.ZstdCompressionParameters.from_level(_LEVEL, write_dict_id=0, **_FOR_SMALL)


@cache
def _decompressor(form: int) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=_loaded(form))
