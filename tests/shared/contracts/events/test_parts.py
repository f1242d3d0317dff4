"""Amounts read as people write them."""

import pytest

from shared.contracts.events.parts import Quote


@pytest.mark.parametrize(
    ("amount", "exponent", "shown"),
    [(25, 2, "0.25 USD"), (1200, 2, "12.00 USD"), (7, 0, "7 USD"), (5, 3, "0.005 USD")],
)
def test_amounts_are_shown_with_their_exponent(amount: int, exponent: int, shown: str) -> None:
    assert str(Quote(amount_minor=amount, currency="USD", exponent=exponent)) == shown
