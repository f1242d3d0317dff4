"""Labels that people may write: one line of any script, with its joiners and nothing invisible.

Every label is held to this one rule: an option of the catalog, an alias, and what a model calls a
class. Labels are kept as they were sent and compared in Unicode's form NFC, in which `é` is one
character, whether it was written as one or as `e` and an accent.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, JsonValue, WithJsonSchema
from pydantic_core import PydanticCustomError

LABEL_CHARACTERS_MAX = 200
"""Most characters of a label that a model gives; an option has a bound of its own."""
_NFC_CHARACTERS_MAX = 2_000
"""Several times as many as a label has, with every accent apart. Of a whole text of accents the
form would take many seconds to make, and it could be no label.
"""
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Hangul fillers: letters by their category, and blank all the same."""
_SUSPECT = re.compile("[\u115f\u1160\u3164\uffa0]")
_HIDDEN = frozenset({"Cf", "Cs", "Co", "Zl", "Zp"})
_VIRAMA = 9  # the combining class of the sign that takes an Indic consonant's vowel
_SCHEMA: dict[str, JsonValue] = {
    "type": "string",
    "minLength": 1,
    "maxLength": LABEL_CHARACTERS_MAX,
    "description": "one line of any script, without control or invisible characters",
}


def nfc(label: str) -> str:
    """Return the form in which labels are compared; a text too long for any stays as it is."""
    if label.isascii() or len(label) > _NFC_CHARACTERS_MAX:
        return label
    return unicodedata.normalize("NFC", label)


def look(label: str) -> str:
    """Return a text that is the same for labels that people could take for one another.

    They differ in case, in blanks or in joiners only. Example: `Not spam` and `not  SPAM`.
    """
    shown = nfc(label).replace(_ZWNJ, "").replace(_ZWJ, "")
    return " ".join(shown.casefold().split())


def problem_with_label(label: str) -> str | None:
    """Return what to do about a label that nobody should be shown; None for a good one.

    Refused are control characters, invisible ones (zero-width spaces, byte order marks, marks and
    overrides of direction), and labels that are blank. The joiners U+200C and U+200D are letters'
    neighbours in Persian, Hindi and emoji, and taken where they change what is seen.
    Example: "leave out the character at place 3 (U+202E), which is invisible".
    """
    if len(label) > LABEL_CHARACTERS_MAX:
        return f"send at most {LABEL_CHARACTERS_MAX} characters"
    if not label.isprintable() or (not label.isascii() and _SUSPECT.search(label)):
        for at, letter in enumerate(label):
            kind = _kind(letter)
            if kind and not (letter in (_ZWNJ, _ZWJ) and _joins(label, at)):
                return f"leave out the character at place {at + 1} (U+{ord(letter):04X}), {kind}"
    return None if label.strip() else "write a label: it is blank"


def _kind(letter: str) -> str | None:
    """Return why a character may stand in no label; None where it may."""
    category = unicodedata.category(letter)
    if category == "Cc":
        return "which is a control character"
    hidden = category in _HIDDEN or letter in _FILLERS or ord(letter) & 0xFFFE == 0xFFFE
    return "which is invisible" if hidden else None


def _joins(label: str, at: int) -> bool:
    """Whether the joiner at this place changes how its neighbours are written.

    Between two ASCII characters it changes nothing, and would make two labels of one look. After a
    virama, and for U+200D after an Arabic letter, the next neighbour may be anything.
    Example: in "\u0628\u06cc\u200c\u0637" the third character joins.
    """
    before, after = label[at - 1 : at], label[at + 1 : at + 2]
    if not before:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return True
    if label[at] == _ZWJ and unicodedata.bidirectional(before) == "AL":
        return True
    seen = bool(after) and all(unicodedata.category(one)[0] in "LMNS" for one in (before, after))
    return seen and not (before.isascii() and after.isascii())


@lru_cache(maxsize=1024)
def _checked(label: str) -> str:
    problem = problem_with_label(label)
    if problem is not None:
        raise PydanticCustomError("invalid_field", "{problem}", {"problem": problem})
    return label


LabelText = Annotated[str, AfterValidator(_checked), WithJsonSchema(_SCHEMA)]
"""A label that people may write, as it was sent."""
