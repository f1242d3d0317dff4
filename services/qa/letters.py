"""Writes numbers as letters that sort as the numbers do, so that the newest entries are highest."""

from datetime import UTC, datetime

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
