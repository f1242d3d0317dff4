"""Finds digits as people write them: in groups, apart by blanks, points, hyphens or slashes."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

SEPARATOR = (
    r"[ \t\r\n._/~\-\u00a0\u00ad\u00b7\u2000-\u200f\u2010-\u2015\u202f\u2060\u2212\u3000\ufeff]"
)
APART_MAX = 3
"""So many separators may stand between two digits of a number, as in `4111 - 1111`."""
DIGITS_MIN = 12
"""Fewer digits are no payment card, NIK or NPWP."""
_LIKE_DIGITS_MIN = 7
DIGIT = re.compile("[0-9]")
RUN = re.compile(rf"[0-9](?:{SEPARATOR}{{0,{APART_MAX}}}[0-9]){{{DIGITS_MIN - 1},}}")
LIKE = re.compile(rf"[0-9](?:(?:{SEPARATOR}|[()\[\]]){{0,4}}[0-9]){{{_LIKE_DIGITS_MIN - 1},}}")
"""What could be such a number, or a phone number with brackets in it; true too often."""
_GROUP = re.compile(r"[0-9]+")
_FOREIGN = re.compile(r"(?![0-9])\d")


class Group(NamedTuple):
    """Digits in one piece, and where they stand in the text."""

    digits: str
    start: int
    end: int


class DigitRun(NamedTuple):
    """Groups of digits that could be one number, or several beside each other."""

    groups: tuple[Group, ...]


class Window(NamedTuple):
    """Some groups of a run that follow each other, as one number."""

    digits: str
    start: int
    end: int
    last: int


def as_ascii(text: str) -> str:
    """Return a text of the same length with the digits of all scripts written as 0 to 9.

    Example: `\uff14\uff11` (of full width) is `41`.
    """
    return text if text.isascii() else _FOREIGN.sub(_ascii, text)


def _ascii(match: re.Match[str]) -> str:
    return str(unicodedata.decimal(match[0]))


def runs_in(text: str) -> Iterator[DigitRun]:
    """Yield the runs of digits in a text whose digits are ASCII."""
    for match in RUN.finditer(text):
        start, end = match.span()
        if match[0].isdecimal():
            yield DigitRun((Group(match[0], start, end),))
            continue
        groups = _GROUP.finditer(text, start, end)
        yield DigitRun(tuple([Group(group[0], *group.span()) for group in groups]))


def windows(run: DigitRun, first: int, *, digits_min: int, digits_max: int) -> list[Window]:
    """Return the numbers of so many digits that begin at a group, longest first."""
    digits, start = "", run.groups[first].start
    some: list[Window] = []
    for at in range(first, len(run.groups)):
        group = run.groups[at]
        digits += group.digits
        if len(digits) > digits_max:
            break
        if len(digits) >= digits_min:
            some.append(Window(digits, start, group.end, at))
    return some[::-1]
