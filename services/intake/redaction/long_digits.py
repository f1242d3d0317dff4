"""Finds numbers in digits in one piece that are more than a number has.

The rule: such a piece is another number (an order's, a time's), and is left alone, but where it is
nothing but numbers written one after the other, or where the word before it says what it begins or
ends with. Then it is redacted whole.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from services.intake.redaction.numbers import is_nik, is_npwp, is_payment_card
from shared.contracts.events.redacted import RedactedKind

DIGITS_MIN = 17
DIGITS_MAX = 64
"""A longer piece is none that people wrote."""
_PIECE = re.compile(rf"(?<![0-9])[0-9]{{{DIGITS_MIN},{DIGITS_MAX}}}(?![0-9])")
_Check = Callable[[str], bool]
_NUMBERS: Mapping[RedactedKind, tuple[_Check, tuple[int, ...], re.Pattern[str]]] = {
    "nik": (is_nik, (16,), re.compile(r"(?:\b|_)(?:nik|ktp|ektp)\W{0,3}$", re.IGNORECASE)),
    "npwp": (is_npwp, (16, 15), re.compile(r"(?:\b|_)npwp\W{0,3}$", re.IGNORECASE)),
    "payment_card": (
        is_payment_card,
        (16, 15, 19, 14),
        re.compile(r"(?:\b|_)(?:card|cc|kartu|visa|mastercard|amex)\W{0,3}$", re.IGNORECASE),
    ),
}
_WORD_BEFORE = 16


def long_digits_in(
    digits: str, kinds: frozenset[RedactedKind]
) -> Iterator[tuple[int, int, RedactedKind]]:
    """Yield start, end and kind of each long piece that holds numbers of these kinds.

    Example: `NIK 317101170845000199` is one of a `nik`, and 317101170845000199 alone is none.
    """
    for piece in _PIECE.finditer(digits):
        before = digits[max(0, piece.start() - _WORD_BEFORE) : piece.start()]
        kind = _announced(piece[0], before, kinds) or _row_of(piece[0], kinds)
        if kind is not None:
            yield piece.start(), piece.end(), kind


def _announced(piece: str, before: str, kinds: frozenset[RedactedKind]) -> RedactedKind | None:
    for kind, (check, lengths, words) in _NUMBERS.items():
        if kind in kinds and words.search(before):
            ends = (end for length in lengths for end in (piece[:length], piece[-length:]))
            if any(map(check, ends)):
                return kind
    return None


def _row_of(piece: str, kinds: frozenset[RedactedKind]) -> RedactedKind | None:
    """Return the kind of the first number of a piece that is a row of numbers; None if it is none.

    From the end: what the rest behind each place is known when the place is asked.
    """
    first_at: dict[int, RedactedKind | None] = {len(piece): None}
    for at in range(len(piece) - 1, -1, -1):
        for kind, (check, lengths, _) in _NUMBERS.items():
            if kind in kinds and any(
                at + length in first_at and check(piece[at : at + length]) for length in lengths
            ):
                first_at.setdefault(at, kind)
    return first_at.get(0)
