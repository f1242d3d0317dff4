"""Finds e-mail addresses and IBAN.

E-mail: RFC 5321 and 6531, as they are written in practice: letters of any script, no comments.
IBAN: ISO 13616, by country, length and check digits (python-stdnum).
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from stdnum import iban, numdb

from services.intake.redaction.digit_runs import APART_MAX, SEPARATOR

_UNSEEN = r"[\u00ad\u200b-\u200d\u2060\ufeff]*"
SIGNS = "@\uff20\ufe6b"
_AT = re.compile(rf"{_UNSEEN}(?:[{SIGNS}]|%40){_UNSEEN}")
_LOCAL = frozenset("._%+-'&*~!#$^{}|`\u2019")
_DOMAIN = re.compile(r"\w[\w-]*(?:\.\w[\w-]*)*\.(?:xn--[\w-]+|[^\W\d_]{2,})", re.IGNORECASE)
_ADDRESS = re.compile(r"\[(?:[0-9.]+|IPv6:[0-9a-fA-F:.]+)\]")
_APART = rf"{SEPARATOR}{{0,{APART_MAX}}}"
_IBAN_BEGIN = re.compile(
    rf"(?:(?<![A-Za-z0-9])|(?<=IBAN))[A-Za-z]{{2}}{_APART}[0-9]{{2}}{_APART}[A-Za-z0-9]{{2}}"
)
_IBAN_HINT = re.compile(
    "[0-9](?<![0-9]{2})(?:"
    + "|".join(rf"(?<=([A-Za-z]{{2}}){SEPARATOR * apart}[0-9])" for apart in range(APART_MAX + 1))
    + ")[0-9]"
)
"""Digits behind two letters: it begins with a digit, which the engine looks for ten times as fast.
"""
_ALNUM = re.compile(rf"{_APART}[A-Za-z0-9]")
_PART = re.compile(r"([0-9]+)!")


def may_hold_email(text: str) -> bool:
    """Return whether a text may hold an e-mail address; quick, and true too often."""
    if "@" in text or "%40" in text:
        return True
    return not text.isascii() and any(sign in text for sign in SIGNS)


def may_hold_iban(text: str) -> bool:
    """Return whether a text, its digits ASCII, may hold an IBAN; quick, and true too often."""
    return any(
        _iban_length(hint[hint.lastindex or 0].upper()) is not None
        for hint in _IBAN_HINT.finditer(text)
    )


def emails_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each e-mail address in a text."""
    floor = 0
    for sign in _AT.finditer(text):
        start = _local_start(text, sign.start(), floor)
        domain = _DOMAIN.match(text, sign.end()) or _ADDRESS.match(text, sign.end())
        if domain is not None and start < sign.start():
            yield start, domain.end()
            floor = domain.end()


def _local_start(text: str, end: int, floor: int) -> int:
    """Return where the part before the sign begins: in quotes, or of letters, digits and signs."""
    if end - 1 > floor and text[end - 1] == '"':
        quote = text.rfind('"', max(floor, end - 66), end - 1)
        return end if quote < 0 else quote
    start = end
    while start > floor and (text[start - 1].isalnum() or text[start - 1] in _LOCAL):
        start -= 1
    while start < end and text[start] in _LOCAL:
        start += 1
    return start


def ibans_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each IBAN in a text whose digits are ASCII."""
    for begin in _IBAN_BEGIN.finditer(text):
        length = _iban_length(begin[0][:2].upper())
        end = None if length is None else _end_of(text, begin.start(), length)
        if end is not None and _is_iban(text[begin.start() : end]):
            yield begin.start(), end


def _end_of(text: str, at: int, length: int) -> int | None:
    """Return where so many letters and digits end, with few separators before each."""
    for _ in range(length):
        match = _ALNUM.match(text, at)
        if match is None:
            return None
        at = match.end()
    return at


def _is_iban(text: str) -> bool:
    return iban.is_valid("".join(filter(str.isalnum, text)).upper(), check_country=False)


@lru_cache(maxsize=1024)
def _iban_length(country: str) -> int | None:
    """Return how long the IBAN of a country are; None for a country that has none."""
    _, facts = numdb.get("iban").info(country)[0]
    bban = facts.get("bban")
    return 4 + sum(map(int, _PART.findall(bban))) if bban else None
