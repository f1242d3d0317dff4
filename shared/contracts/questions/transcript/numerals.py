"""Numbers written out in English and Indonesian, read as digits so that `25` equals `twenty five`.

The grammar is that of cardinal numbers below a trillion; English years of two pairs are read too.
Example: `numeral(("nineteen", "forty", "five", "men"), 0, "en")` is `("1945", 3)`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_Part = tuple[int, int] | None
"""A value, and the index after its last word; None where no number begins."""


@dataclass(frozen=True)
class _Numerals:
    """The words of one language: units, teens and tens by value, and what multiplies them."""

    below: Mapping[str, int]
    tens: Mapping[str, int]
    hundreds: Mapping[str, int]
    scales: Mapping[str, int]
    teen: str = ""  # after a unit it adds ten, as Indonesian `belas`
    ten: str = ""  # after a unit it multiplies by ten, as Indonesian `puluh`
    hundred: str = ""
    filler: str = ""  # may stand after a hundred, as English `and`
    years: bool = False


def _counted(words: str, first: int = 0, step: int = 1) -> dict[str, int]:
    return {word: first + step * at for at, word in enumerate(words.split())}


_LANGUAGES: Mapping[str, _Numerals] = {
    "en": _Numerals(
        below=_counted(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen"
            " fourteen fifteen sixteen seventeen eighteen nineteen"
        ),
        tens=_counted("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
        hundreds={},
        scales={"thousand": 10**3, "million": 10**6, "billion": 10**9},
        hundred="hundred",
        filler="and",
        years=True,
    ),
    "id": _Numerals(
        below={
            **_counted("nol satu dua tiga empat lima enam tujuh delapan sembilan"),
            "sepuluh": 10,
            "sebelas": 11,
        },
        tens={},
        hundreds={"seratus": 100},
        scales={"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "milyar": 10**9},
        teen="belas",
        ten="puluh",
        hundred="ratus",
    ),
}
_THOUSAND = {"id": "seribu"}
_DIGITS_MAX = 12
"""Of a number in digits: a longer one is no cardinal below a trillion, but a code to be compared.

Python refuses to read, or to write, one of thousands of digits, which a transcript may hold.
"""
LANGUAGES = frozenset(_LANGUAGES)
"""The languages of which numbers written out are read."""


def numeral(words: Sequence[str], at: int, language: str) -> tuple[str, int] | None:
    """Return the number that begins at this word, as digits, and how many words it takes.

    None where no number begins there, and where it is written in digits already.
    Example: `numeral(("dua", "puluh", "lima"), 0, "id")` is `("25", 3)`.
    """
    rules = _LANGUAGES[language]
    if words[at] == _THOUSAND.get(language):
        words = [*words[:at], "satu", "ribu", *words[at + 1 :]]
        inner = _number(words, at, rules)
        return None if inner is None else (str(inner[0]), inner[1] - at - 1)
    part = _number(words, at, rules)
    if part is None or (part[1] == at + 1 and words[at].isdecimal()):
        return None
    return str(part[0]), part[1] - at


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""


def _number(words: Sequence[str], at: int, rules: _Numerals) -> _Part:
    part = _below_thousand(words, at, rules)
    if part is None:
        return None
    value, after = part
    year = _second_pair(words, part, rules)
    if year is not None:
        return year
    total, below = 0, 10**12
    while (scale := rules.scales.get(_word(words, after), below)) < below:
        total, below = total + value * scale, scale
        value, after = 0, after + 1
        follows = _below_thousand(words, after, rules)
        if follows is None:
            break
        value, after = follows
    return total + value, after


def _second_pair(words: Sequence[str], part: tuple[int, int], rules: _Numerals) -> _Part:
    """Return a year of two pairs; None for any other number."""
    value, after = part
    if not rules.years or not 11 <= value <= 20:
        return None
    second = _below_hundred(words, after, rules)
    if second is None or second[0] < 10 or _word(words, second[1]) in rules.scales:
        return None
    return 100 * value + second[0], second[1]


def _below_thousand(words: Sequence[str], at: int, rules: _Numerals) -> _Part:
    first = _word(words, at)
    if first in rules.hundreds:
        return _after_hundred(words, (rules.hundreds[first], at + 1), rules)
    if first.isdecimal():
        return (int(first), at + 1) if len(first) <= _DIGITS_MAX else None
    part = _below_hundred(words, at, rules)
    if part is None or _word(words, part[1]) != rules.hundred or not part[0]:
        return part
    return _after_hundred(words, (100 * part[0], part[1] + 1), rules)


def _after_hundred(words: Sequence[str], part: tuple[int, int], rules: _Numerals) -> _Part:
    value, after = part
    skipped = after + (_word(words, after) == rules.filler != "")
    rest = _below_hundred(words, skipped, rules)
    return part if rest is None or not rest[0] else (value + rest[0], rest[1])


def _below_hundred(words: Sequence[str], at: int, rules: _Numerals) -> _Part:
    first, second = _word(words, at), _word(words, at + 1)
    if first in rules.tens:
        unit = rules.below.get(second, 0)
        return (rules.tens[first] + unit, at + 2) if 1 <= unit <= 9 else (rules.tens[first], at + 1)
    if first not in rules.below:
        return None
    unit = rules.below[first]
    if 1 <= unit <= 9 and second and second == rules.teen:
        return 10 + unit, at + 2
    if 1 <= unit <= 9 and second and second == rules.ten:
        last = rules.below.get(_word(words, at + 2), 0)
        # `dua puluh lima`, but not the first of `dua puluh lima ratus`, which nobody says.
        return (10 * unit + last, at + 3) if 1 <= last <= 9 else (10 * unit, at + 2)
    return unit, at + 1
