"""Writes numbers as letters that sort as the numbers do, so that the newest entries are highest."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache

LETTERS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""In the order of their bytes, so that numbers of one length sort as texts do; six bits each."""
VALUES = {letter: value for value, letter in enumerate(LETTERS)}
SECONDS_BITS = 30
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
"""Seconds are counted from here to 2054, where the last is repeated."""


def letters_of(number: int, length: int) -> str:
    """Return the lowest `6 * length` bits of a number, the highest first."""
    return "".join(LETTERS[number >> 6 * place & 63] for place in reversed(range(length)))


def seconds_of(at: datetime) -> int:
    """Return a time as a number of SECONDS_BITS bits; a later one is higher."""
    return min(max(int((at - FIRST).total_seconds()), 0), (1 << SECONDS_BITS) - 1)


@lru_cache(maxsize=8192)
def hash_of_text(text: str, bits: int) -> int:
    """Return a number of so many bits that follows from a text, evenly spread (SHA-256)."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> (64 - bits)
