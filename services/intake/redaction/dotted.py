"""Finds IPv4 addresses and versions among dotted digits, which are no numbers of persons.

The rule: four groups of 0 to 255 between single points, without leading zeros and no part of more
(RFC 6943, the strict form), are an address; three to five groups after a word such as `version`, or
with a lone 0 behind the first, are a version; and known roots begin an object identifier. None is
one after a word that announces a number (`tel`, `NIK`), or after +.
"""

import re

_RUN = re.compile(r"[0-9]+(?:[.][0-9]+){2,}")
_ROOTS = ("1.3.6.1.", "1.2.840.", "2.16.840.")
_TAX_NUMBER = re.compile(r"[0-9]{2}[.][0-9]{3}[.][0-9]{3}[.][0-9][-.][0-9]{3}[.][0-9]{3}")
_PORT = re.compile(r"(?::[0-9]{1,5}|/[0-9]{1,2})(?![0-9:/])")
_REVISION = re.compile(r"[-+][0-9]{1,4}(?![0-9-])")
_OCTETS, _OCTET_MAX = 4, 255
_GROUPS_MAX, _DIGITS_MAX = 5, 5
_WORDS_BEFORE = 24
_VERSION = re.compile(
    r"(?:(?<![a-z])v|\b(?:ver|version|versi|release|rilis|build|kernel)[.:=]?)[ \t]?$",
    re.IGNORECASE | re.ASCII,
)
_ANNOUNCED = re.compile(
    r"(?:\b|_)(?:tel|telp|telepon|telpon|tlp|tlf|phone|mobile|cell|fax|hp|wa|whatsapp|call|hubungi"
    r"|nik|e?-?ktp|npwp|card|kartu|visa|mastercard|no|nomor|number)[.:=#/ \t]{0,4}$",
    re.IGNORECASE | re.ASCII,
)
"""Ends with a word that announces a number."""


def without_dotted(digits: str) -> str:
    """Return a text of the same length in which signs stand for addresses and versions.

    Example: `from 10.0.0.1, 0812-3456-7890` is `from ||||||||, 0812-3456-7890`.
    """
    if "." not in digits:
        return digits
    parts, at = [], 0
    for run in _RUN.finditer(digits):
        end = _end_of(run, digits)
        if end is not None:
            parts += [digits[at : run.start()], "|" * (end - run.start())]
            at = end
    return "".join([*parts, digits[at:]]) if parts else digits


def _end_of(run: re.Match[str], text: str) -> int | None:
    """Return where an address or a version ends, with its port or revision; None for a number."""
    start = run.start()
    before = text[max(0, start - _WORDS_BEFORE) : start]
    if before.endswith("+") or _ANNOUNCED.search(before) or _TAX_NUMBER.match(text, start):
        return None
    groups = run[0].split(".")
    if _is_address(groups):
        tail = _PORT.match(text, run.end())
    elif run[0].startswith(_ROOTS) or _is_version(groups, before):
        tail = _REVISION.match(text, run.end())
    else:
        return None
    return run.end() if tail is None else tail.end()


def _is_address(groups: list[str]) -> bool:
    return len(groups) == _OCTETS and all(
        len(group) <= 3 and int(group) <= _OCTET_MAX and (group == "0" or group[0] != "0")
        for group in groups
    )


def _is_version(groups: list[str], before: str) -> bool:
    if len(groups) > _GROUPS_MAX or max(map(len, groups)) > _DIGITS_MAX:
        return False
    if "0" in groups[1:] and not before.endswith(("(", "[")):
        return True
    whole = groups[0] == "0" or groups[0][0] != "0"
    return whole and _VERSION.search(before) is not None
