"""Amounts read as people write them."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.events.asked import Asked, PaidUnit, Units
from shared.contracts.events.parts import Quote


@pytest.mark.parametrize(
    ("amount", "exponent", "shown"),
    [(25, 2, "0.25 USD"), (1200, 2, "12.00 USD"), (7, 0, "7 USD"), (5, 3, "0.005 USD")],
)
def test_amounts_are_shown_with_their_exponent(amount: int, exponent: int, shown: str) -> None:
    assert str(Quote(amount_minor=amount, currency="USD", exponent=exponent)) == shown


@pytest.mark.parametrize(
    ("units", "shown"),
    [
        (Units(per="audio_minute", count=90_000, rate_minor=40), "1.5 audio minutes × 0.40 USD"),
        (
            Units(per="audio_minute", count=60_000, rate_minor=40, minimum_minor=10),
            "1 audio minute × 0.40 USD, at least 0.10 USD",
        ),
        (Units(per="word", count=12, rate_minor=3), "12 words × 0.03 USD"),
    ],
)
def test_quote_by_units_says_how_it_was_computed(units: Units, shown: str) -> None:
    quote = Quote(amount_minor=1, currency="USD", exponent=2).of_task(Asked(units=units))
    assert quote.by_units == f" ({shown})"


def test_quote_of_a_task_without_units_is_the_rate_cards() -> None:
    quote = Quote(amount_minor=25, currency="USD", exponent=2)
    assert quote.of_task(None) == quote.of_task(Asked()) == quote
    assert quote.by_units == ""


RATES = st.integers(0, 10**6)


@given(st.sampled_from(get_args(PaidUnit)), st.integers(0, 10**8), RATES, RATES)
def test_amount_is_the_units_times_the_rate_rounded_half_to_even_once(
    per: PaidUnit, count: int, rate: int, least: int
) -> None:
    units = Units(per=per, count=count, rate_minor=rate, minimum_minor=least)
    in_one = 60_000 if per == "audio_minute" else 1
    exact = Decimal(count * rate) / in_one
    assert units.amount_minor == max(least, int(exact.quantize(Decimal(1), ROUND_HALF_EVEN)))


@given(st.sampled_from(get_args(PaidUnit)), st.integers(0, 10**8), st.integers(0, 10**6), RATES)
def test_more_units_never_earn_less(per: PaidUnit, count: int, more: int, rate: int) -> None:
    fewer = Units(per=per, count=count, rate_minor=rate)
    assert fewer.model_copy(update={"count": count + more}).amount_minor >= fewer.amount_minor
