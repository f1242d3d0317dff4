"""Finds phone numbers, international ones and those of some countries (Google's libphonenumber)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from services.intake.redaction.digit_runs import LIKE, Group
from services.intake.redaction.numbering import is_valid_number

PARSED_MAX = 300
"""Of one text: what is left then and looks like a phone number is taken for one, unchecked."""
_SIGNS = "+(["
_BEGIN = r"[+(\[]{0,2}"
_LIKE = re.compile(rf"{_BEGIN}{LIKE.pattern}")
_NO_DIGITS = re.compile(r"[^0-9]+")
_GROUP = re.compile(rf"{_BEGIN}[0-9]+")
_DATE = re.compile(
    r"(?:[0-9]{1,2}[-./ ][0-9]{1,2}[-./ ][0-9]{4}|[0-9]{4}[-./ ][0-9]{2}[-./ ][0-9]{2})"
)
_MIN, _PLAIN_MIN, _MAX = 8, 9, 15
"""Digits at least, at least without + or 0 before them, and at most (E.164)."""


def phones_in(text: str, regions: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Yield start and end of each phone number in a text whose digits are ASCII.

    A number that is no international one must be valid in one of the regions (`ID`, `US`).
    """
    left = iter(range(PARSED_MAX))
    for run in _LIKE.finditer(text):
        if not run[0].isdecimal():
            yield from _in_groups(text, run, regions=regions, left=left)
        elif _may_be_one(run[0]) and (next(left, None) is None or _is_phone(run[0], regions)):
            yield run.span()


def _may_be_one(digits: str) -> bool:
    return (_MIN if digits[0] == "0" else _PLAIN_MIN) <= len(digits) <= _MAX


def _in_groups(
    text: str, run: re.Match[str], *, regions: tuple[str, ...], left: Iterator[int]
) -> Iterator[tuple[int, int]]:
    groups = [
        Group(group[0].lstrip(_SIGNS), *group.span())
        for group in _GROUP.finditer(text, *run.span())
    ]
    taken = -1
    for first in range(len(groups)):
        for last in _worth_asking(text, groups, first):
            if last <= taken:
                break
            if next(left, None) is None:
                taken = len(groups) - 1
            elif _is_phone(text[groups[first].start : groups[last].end], regions):
                taken = last
            else:
                continue
            yield groups[first].start, groups[taken].end
            break
        if taken == len(groups) - 1:
            break


def _worth_asking(text: str, groups: list[Group], first: int) -> Iterator[int]:
    """Yield, longest number first, its last group, where the library is worth asking.

    It takes its time. A number begins with +, a bracket or 0, or else is in one piece,
    or stands alone; a date is none.
    """
    start = groups[first].start
    begins = text[start] in _SIGNS or text[start] == "0"
    edge = first == 0 or text[start - 1].isspace()
    if not begins and not edge and len(groups[first].digits) < _PLAIN_MIN:
        return
    for last in _ends(groups, first, _MIN if begins else _PLAIN_MIN):
        end = groups[last].end
        if text[start] in _SIGNS or (
            (begins or last == first or _stands_alone(text, groups, first, last))
            and not _DATE.match(text, start, end)
        ):
            yield last


def _stands_alone(text: str, groups: list[Group], first: int, last: int) -> bool:
    """Whether these groups are no part of more: by wide gaps, or by blanks if none is in them.

    Example: `415-555-2671` in `1. 415-555-2671 12`.
    """
    start, end = groups[first].start, groups[last].end
    before = "" if first == 0 else text[groups[first - 1].end : start]
    after = "" if last == len(groups) - 1 else text[end : groups[last + 1].start]
    if all(not gap or len(gap) > 1 or gap == "\n" for gap in (before, after)):
        return True
    blanks = all(not gap or gap.isspace() for gap in (before, after))
    return blanks and not any(map(str.isspace, text[start:end]))


def _ends(groups: list[Group], first: int, digits_min: int) -> list[int]:
    """Return, longest first, the last groups of the numbers of a possible length."""
    count, ends = 0, []
    for at in range(first, len(groups)):
        count += len(groups[at].digits)
        if count > _MAX:
            break
        if count >= digits_min:
            ends.append(at)
    return ends[::-1]


@lru_cache(maxsize=4096)
def _is_phone(raw: str, regions: tuple[str, ...]) -> bool:
    digits = _NO_DIGITS.sub("", raw)
    if "+" in raw[:2] or digits.startswith("00"):
        return is_valid_number(digits.removeprefix("00"), None)
    return any(is_valid_number(digits, region) for region in regions)
