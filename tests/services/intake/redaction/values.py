"""Made-up values of every kind that can be redacted, as people write them."""

from collections.abc import Callable, Mapping

from hypothesis import strategies as st
from stdnum import iban, luhn

from shared.contracts.events.redacted import RedactedKind

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = st.text("0123456789", min_size=40, max_size=40)


def _grouped(digits: str, sizes: tuple[int, ...], separator: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return separator.join([*parts, digits[at:]] if at < len(digits) else parts)


def _card(digits: str, separator: str) -> str:
    number = "4" + digits[:14]
    return _grouped(number + luhn.calc_check_digit(number), (4, 4, 4), separator)


def _nik(digits: str, separator: str) -> str:
    day, month = 1 + int(digits[0:2]) % 28, 1 + int(digits[2:4]) % 12
    woman = 40 * (int(digits[4]) % 2)
    number = f"3171{digits[5:7]}{day + woman:02d}{month:02d}{digits[7:9]}{digits[9:13]}"
    return _grouped(number, (6, 6), separator)


def _npwp(digits: str, separator: str) -> str:
    number = digits[:8] + luhn.calc_check_digit(digits[:8]) + digits[8:14]
    return _grouped(number, (2, 3, 3, 1, 3), separator or ".")


def _iban(digits: str, separator: str) -> str:
    number = f"DE{iban.calc_check_digits('DE00' + digits[:18])}{digits[:18]}"
    return _grouped(number, (4, 4, 4, 4, 4), separator)


def _phone(digits: str, separator: str) -> str:
    begin = ("+62", "0")[int(digits[0]) % 2]
    gap = separator if begin == "+62" else ""
    return (
        f"{begin}{gap}812{separator}{1 + int(digits[1]) % 9}{digits[2:5]}{separator}{digits[5:9]}"
    )


def _email(digits: str, separator: str) -> str:
    word = "".join(_LETTERS[int(digit)] for digit in digits[:6])
    return f"{word}{'.' if separator else '_'}{digits[6:9]}@{word[::-1]}.example"


MAKE: Mapping[RedactedKind, Callable[[str, str], str]] = {
    "email": _email,
    "phone": _phone,
    "payment_card": _card,
    "iban": _iban,
    "nik": _nik,
    "npwp": _npwp,
}


@st.composite
def values(draw: st.DrawFn) -> tuple[RedactedKind, str]:
    """Draw a kind, and a value of it in groups or in one piece."""
    kind = draw(st.sampled_from(sorted(MAKE)))
    return kind, MAKE[kind](draw(_DIGITS), draw(st.sampled_from(["", " ", "-", "."])))
