"""Finds what is to be redacted in a text, and replaces it by its kind, as `[email]`.

On the safe side: a number that could be one of a kind is taken for it. IPv4 addresses and versions
are none (`dotted`), nor are parts of longer digits in one piece but where `long_digits` says so.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from services.intake.redaction import addresses, numbers, phones
from services.intake.redaction.digit_runs import DIGIT, LIKE, as_ascii, runs_in
from services.intake.redaction.dotted import without_dotted
from services.intake.redaction.long_digits import long_digits_in
from shared.contracts.events.redacted import RedactedKind


class Redacting(NamedTuple):
    """What to redact: kinds, and the countries whose national phone numbers are known."""

    kinds: frozenset[RedactedKind]
    phone_regions: tuple[str, ...]


class Piece(NamedTuple):
    """A piece of a text, from the code point `start` up to, and without, `end`."""

    start: int
    end: int
    kind: RedactedKind


NUMBERS: frozenset[RedactedKind] = frozenset({"nik", "npwp", "payment_card"})
_TOLD_BY_FORM: frozenset[RedactedKind] = frozenset({"email", "iban"})
_MADE = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9A-HJKMNP-TV-Z]{26}")
"""UUID and ULID: they hold numbers by chance."""
_WORD = re.compile(r"[^\W_]+")
_HASH = re.compile(r"[0-9a-fA-F]{12,}")
_HASH_LETTERS_MIN = 0.125
"""Of a hash some three in eight are letters; of a number with a letter before it hardly any."""


def may_hold_any(text: str) -> bool:
    """Return whether anything could be redacted in a text; quick, and true too often."""
    if addresses.may_hold_email(text):
        return True
    digits = as_ascii(text)
    if DIGIT.search(digits) is None:
        return False
    return LIKE.search(digits) is not None or addresses.may_hold_iban(digits)


def pieces_in(text: str, redacting: Redacting) -> list[Piece]:
    """Return the pieces to redact in a text, in their order; none overlaps another.

    Of two that overlap the whole is one piece, of the kind that is more certain.
    """
    every: list[Piece] = []
    kinds = redacting.kinds
    if "email" in kinds and addresses.may_hold_email(text):
        every += [Piece(start, end, "email") for start, end in addresses.emails_in(text)]
    digits = as_ascii(text)
    if DIGIT.search(digits) is None:
        return _apart(every)
    if "iban" in kinds and addresses.may_hold_iban(digits):
        every += [Piece(start, end, "iban") for start, end in addresses.ibans_in(digits)]
    if LIKE.search(digits) is None:
        return _apart(every)
    digits = without_dotted(digits)
    if kinds & NUMBERS:
        every += [Piece(*piece) for piece in numbers.numbers_in(runs_in(digits), kinds)]
        every += [Piece(*piece) for piece in long_digits_in(digits, kinds)]
    if "phone" in kinds:
        phone_numbers = phones.phones_in(digits, redacting.phone_regions)
        every += [Piece(start, end, "phone") for start, end in phone_numbers]
    return _apart(every)


def kinds_in_name(text: str, redacting: Redacting) -> list[RedactedKind]:
    """Return what a name holds that cannot be replaced in it, such as an id or a URL.

    UUIDs, ULIDs and hexadecimal hashes hold numbers by chance, which do not count.
    Example: `https://example.com/scans/ana@example.com.png` holds an `email`.
    """
    every: set[RedactedKind] = set()
    for written in {text, unquote(text)}:
        named = _MADE.sub(lambda match: "|" * len(match[0]), written)
        every |= {
            piece.kind
            for piece in pieces_in(named, redacting)
            if piece.kind in _TOLD_BY_FORM or not _is_in_a_hash(named, piece)
        }
    return sorted(every)


def _is_in_a_hash(text: str, piece: Piece) -> bool:
    word = next((w for w in _WORD.finditer(text) if w.start() <= piece.start < w.end()), None)
    if word is None or piece.end > word.end() or not _HASH.fullmatch(word[0]):
        return False
    return sum(map(str.isalpha, word[0])) >= _HASH_LETTERS_MIN * len(word[0])


def replaced(text: str, pieces: Sequence[Piece]) -> str:
    """Return the text with each piece replaced by its kind in brackets."""
    parts, at = [], 0
    if not pieces:
        return text
    for piece in pieces:
        parts += [text[at : piece.start], f"[{piece.kind}]"]
        at = piece.end
    return "".join([*parts, text[at:]])


def moved(offset: int, pieces: Sequence[Piece], *, is_end: bool) -> int:
    """Return where an offset of the text is after it was redacted.

    One within a piece goes to its beginning, and the end of a span to its end: what a span covered
    in part it covers as a whole then.
    """
    shift = 0
    for piece in pieces:
        if piece.start >= offset:
            break
        shown = len(piece.kind) + 2
        if offset < piece.end:
            return piece.start + shift + (shown if is_end else 0)
        shift += shown - (piece.end - piece.start)
    return offset + shift


def _apart(every: list[Piece]) -> list[Piece]:
    """Return the pieces in order, overlapping ones joined; of the kinds the first found wins."""
    if len(every) < 2:
        return every
    ranked = sorted(enumerate(every), key=lambda numbered: (numbered[1].start, numbered[0]))
    apart: list[tuple[int, Piece]] = []
    for rank, piece in ranked:
        if apart and piece.start < apart[-1][1].end:
            last_rank, last = apart[-1]
            kind = last.kind if last_rank <= rank else piece.kind
            joined = Piece(last.start, max(last.end, piece.end), kind)
            apart[-1] = (min(last_rank, rank), joined)
        else:
            apart.append((rank, piece))
    return [piece for _, piece in apart]
