"""Finds payment cards, NIK and NPWP among digits, by their check digits or their parts.

Payment cards: ISO/IEC 7812, check digit by Luhn. NPWP: PMK 112/PMK.03/2022; its
ninth digit is Luhn's over the first eight, of sixteen digits it is a NIK or has a 0 before it, and
of a branch six digits follow. NIK: UU 24/2013 and the code list of Kemendagri; six digits of the
place, the date of birth (of women the day plus 40), four that count. There is no check digit.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from services.intake.redaction.digit_runs import DIGITS_MIN, DigitRun, Window, windows
from shared.contracts.events.redacted import RedactedKind

CHECKED_MAX = 5_000
"""Of one text: what is left of its digits then is redacted unchecked."""
_DIGITS_MAX = 22
_PROVINCES = frozenset(
    str(code)
    for block in ((11, 19), (21, 21), (31, 36), (51, 53), (61, 65), (71, 76), (81, 82), (91, 97))
    for code in range(block[0], block[1] + 1)
)
"""Of Kemendagri's list. python-stdnum knows those of the statistics office, which differ."""
_CARD_BEGINS: Mapping[int, tuple[str, ...]] = {
    12: ("5", "6"),
    13: ("4", "5", "6"),
    14: ("3", "5", "6"),
    15: ("3", "5", "6"),
}
_DOUBLED = str.maketrans("0123456789", "0246813579")
_LONG_CARD_BEGINS = ("2", "3", "4", "5", "6", "81", "82", "9792")
"""What cards of 16 to 19 digits begin with: ids of these lengths mostly begin with 1."""


def numbers_in(
    runs: Iterable[DigitRun], kinds: frozenset[RedactedKind]
) -> Iterator[tuple[int, int, RedactedKind]]:
    """Yield start, end and kind of each number of these kinds in runs of digits.

    Some overlap: what begins with digits that are no number's may hide one that begins later.
    """
    checks = [(kind, check) for kind, check in _CHECKS.items() if kind in kinds]
    left = CHECKED_MAX
    for run in runs:
        taken, at_last = -1, len(run.groups) - 1
        digits = sum([len(group.digits) for group in run.groups])
        for first, group in enumerate(run.groups):
            if taken == at_last or digits < DIGITS_MIN:
                break
            digits -= len(group.digits)
            every = windows(run, first, digits_min=DIGITS_MIN, digits_max=_DIGITS_MAX)
            if taken >= 0:
                every = [window for window in every if window.last > taken]
            left -= len(every)
            if left < 0:
                yield group.start, run.groups[-1].end, checks[-1][0]
                break
            window, kind = _first(every, checks)
            if window is not None and kind is not None:
                yield window.start, window.end, kind
                taken = window.last


def _first(
    every: list[Window], checks: list[tuple[RedactedKind, Callable[[str], bool]]]
) -> tuple[Window | None, RedactedKind | None]:
    for window in every:
        for kind, check in checks:
            if check(window.digits):
                return window, kind
    return None, None


def is_nik(digits: str) -> bool:
    """Return whether sixteen digits can be a NIK: a province, and a date of birth.

    Example: `3171011708450001`.
    """
    return len(digits) == 16 and digits[:2] in _PROVINCES and _is_birth(digits[6:12])


def _is_birth(digits: str) -> bool:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    return any(_is_date(century + year, month, day % 40) for century in (1900, 2000)) and day < 72


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_npwp(digits: str) -> bool:
    """Return whether digits can be an NPWP: of 15, of 16, or of a branch (22).

    Example: `013121660091000`.
    """
    if len(digits) == 15:
        return _is_checked(digits[:9])
    if len(digits) not in {16, 22}:
        return False
    number = digits[:16]
    return _is_checked(number[:10]) if number.startswith("0") else is_nik(number)


def is_payment_card(digits: str) -> bool:
    """Return whether digits can be a card's: their number, how they begin, and the check digit.

    Example: `4111111111111111`.
    """
    begins = _CARD_BEGINS.get(len(digits), _LONG_CARD_BEGINS)
    return 12 <= len(digits) <= 19 and digits.startswith(begins) and _is_checked(digits)


def _is_checked(digits: str) -> bool:
    """Whether the last digit is Luhn's over the others (ISO/IEC 7812-1, annex B)."""
    every_second = digits[-2::-2].translate(_DOUBLED)
    return sum(map(int, digits[::-2] + every_second)) % 10 == 0


_CHECKS: Mapping[RedactedKind, Callable[[str], bool]] = {
    "nik": is_nik,
    "npwp": is_npwp,
    "payment_card": is_payment_card,
}
"""In the order of how certain they are."""
