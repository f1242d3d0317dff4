"""The fields of a record: what each kind of field takes, and the one form of each value."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from math import isfinite
from operator import not_
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.combining import TOO_MANY, has_pile
from shared.contracts.labels import nfc
from shared.contracts.options import by_form
from shared.contracts.part import Part
from shared.contracts.question import Answer

TEXT_CHARACTERS_MAX = 10_000
WHOLE_DIGITS_MAX, DECIMALS_MAX = 15, 10
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)
_DAY = re.compile(DAY, re.ASCII)
_NOT_SHOWN = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Categories of characters that nobody can read: controls, surrogates, private, unassigned."""
_SEEN = frozenset("LMNPS")
"""Letters, marks, numbers, punctuation and symbols: of these a text must have one."""


def _is_absent(value: object) -> bool:
    return value is None


def _is_true(value: object) -> bool:
    return value is True


class _Field(Part):
    """What all fields have: a name, whether it may be left out, and how sure it must be.

    `confidence` is the probability at which no more answers are asked for this field's sake; None
    stands for that of the whole task.
    """

    name: str
    required: Annotated[bool, Field(exclude_if=_is_true)] = True
    confidence: Annotated[float | None, Field(exclude_if=_is_absent)] = None

    def value_key(self, value: Answer) -> str:
        """Return the text by which values are compared: those that mean the same have one."""
        return str(value)


class ChoiceField(_Field):
    """One of some options."""

    kind: Literal["choice"] = "choice"
    options: tuple[str, ...]

    def problem_with(self, value: Answer) -> str | None:
        """Return what to do about a value that is none of the options."""
        if not isinstance(value, str):
            return "send one of the field's options as text, in quotes, exactly"
        known = nfc(value) in by_form(self.options)
        return None if known else "send one of the field's options, exactly"

    def canonical(self, value: Answer) -> Answer:
        """Return the option, in whichever of Unicode's forms the value was written."""
        options, value = by_form(self.options), str(value)
        return options[value if value in options else nfc(value)]


class TextField(_Field):
    """Text that people can read. Case matters only where `case` says so."""

    kind: Literal["text"] = "text"
    characters_max: int = 200
    case: Annotated[bool, Field(exclude_if=not_)] = False

    def problem_with(self, value: Answer) -> str | None:
        """Return what to do about what is no text, or none that people can read."""
        if not isinstance(value, str):
            return "send text, in quotes"
        if not value.strip():
            empty = "send what stands there" if self.required else "leave the field out"
            return f"it is empty; {empty}"
        if len(value) > self.characters_max:
            return f"send at most {self.characters_max:,} characters"
        shown = value.translate({ord("\n"): " ", ord("\t"): " "})
        if not shown.isprintable() and any(map(_is_not_shown, shown)):
            return "send text without control characters; newlines and tabs are taken"
        if has_pile(value):
            return TOO_MANY
        seen = value.isascii() or any(unicodedata.category(one)[0] in _SEEN for one in value)
        return None if seen else "send text that can be seen: it has invisible characters alone"

    def canonical(self, value: Answer) -> Answer:
        """Return the text in Unicode's form NFC, with single blanks and none around it."""
        return " ".join(unicodedata.normalize("NFC", str(value)).split())

    def value_key(self, value: Answer) -> str:
        """Return the text, without regard to case where case does not matter."""
        return str(value) if self.case else str(value).casefold()


class NumberField(_Field):
    """A decimal number, from `low` to `high`, with at most `decimals` decimals.

    It may be sent as a JSON number or, unless `as_text` is false, as text: "12.50".
    """

    kind: Literal["number"] = "number"
    low: Annotated[float | None, Field(exclude_if=_is_absent)] = None
    high: Annotated[float | None, Field(exclude_if=_is_absent)] = None
    decimals: Annotated[int | None, Field(exclude_if=_is_absent)] = None
    as_text: Annotated[bool, Field(exclude_if=_is_true)] = True

    def problem_with(self, value: Answer) -> str | None:
        """Return what to do about what is no number, or none that the rules allow."""
        if isinstance(value, str) and not self.as_text:
            return "send a JSON number, without quotes"
        number = _decimal(value)
        if number is None:
            form = 'a number, as 12.5 or "12.50"' if self.as_text else "a number, as 12.5"
            return f"send {form}: digits, a point before decimals, no separators, not NaN"
        most = DECIMALS_MAX if self.decimals is None else self.decimals
        if abs(number) >= 10**WHOLE_DIGITS_MAX or number != round(number, most):
            return f"send at most {WHOLE_DIGITS_MAX} digits before the point and {most} after it"
        below = self.low is not None and number < Decimal(repr(self.low))
        if below or (self.high is not None and number > Decimal(repr(self.high))):
            return f"send a number {self._range}"
        return None

    def canonical(self, value: Answer) -> Answer:
        """Return the number as text with all its decimals, or a JSON number where it must be one.

        Example: with two decimals `12.5`, `"12.5"` and `"012.50"` are all `"12.50"`.
        """
        number = _decimal(value)
        if number is None:
            return value
        number = number.normalize() + 0  # the sum makes 0 of -0
        if not self.as_text:
            whole = number == number.to_integral_value()
            return int(number) if whole else float(number)
        return f"{number if self.decimals is None else round(number, self.decimals):f}"

    @property
    def _range(self) -> str:
        low = "" if self.low is None else f"from {self.low:.15g} "
        return low + ("on" if self.high is None else f"up to {self.high:.15g}")


class DateField(_Field):
    """A day, from `first` to `last`, as ISO 8601 writes it: 2026-03-01."""

    kind: Literal["date"] = "date"
    first: Annotated[str | None, Field(exclude_if=_is_absent)] = None
    last: Annotated[str | None, Field(exclude_if=_is_absent)] = None

    def problem_with(self, value: Answer) -> str | None:
        """Return what to do about what is no day, or none that the rules allow."""
        if not isinstance(value, str):
            return 'send a day as text, in quotes: "2026-03-01"'
        if not is_day(value):
            return "send a day that there is, as YYYY-MM-DD"
        # Days written so are in the order of their texts.
        if self.first is not None and value < self.first:
            return f"send a day that is not before {self.first}"
        if self.last is not None and value > self.last:
            return f"send a day that is not after {self.last}"
        return None

    def canonical(self, value: Answer) -> Answer:
        """Return the day, which has no other form."""
        return value


AnyField = Annotated[ChoiceField | TextField | NumberField | DateField, Field(discriminator="kind")]
FIELDS: Mapping[str, type[_Field]] = {
    "choice": ChoiceField,
    "text": TextField,
    "number": NumberField,
    "date": DateField,
}
"""The class of the fields of each kind."""


def is_day(text: str) -> bool:
    """Whether a text is a day that there is, as YYYY-MM-DD."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _decimal(value: Answer) -> Decimal | None:
    """Return the number that a value is; None where it is none."""
    if isinstance(value, str):
        return Decimal(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    # A float's shortest text is what its sender wrote: 12.5, not its 53 binary digits.
    return Decimal(repr(value)) if isinstance(value, float) and isfinite(value) else None


def _is_not_shown(letter: str) -> bool:
    return unicodedata.category(letter) in _NOT_SHOWN
