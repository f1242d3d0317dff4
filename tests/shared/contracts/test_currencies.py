"""The decimals of currencies."""

import pytest

from shared.contracts.currencies import EXPONENTS


@pytest.mark.parametrize(
    ("code", "exponent"), [("USD", 2), ("IDR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("ISK", 0)]
)
def test_exponent_is_that_of_iso_4217(code: str, exponent: int) -> None:
    assert EXPONENTS[code] == exponent


def test_every_code_is_three_capitals() -> None:
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in EXPONENTS)
