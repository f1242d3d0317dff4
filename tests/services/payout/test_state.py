"""A quote is kept in a few words, from which it is made again."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from services.payout.state import packed, unpacked
from shared.contracts.events.asked import PaidUnit, Units
from shared.contracts.events.parts import Quote

AMOUNTS = st.integers(0, 10**12)
UNITS = st.builds(
    Units,
    per=st.sampled_from(get_args(PaidUnit)),
    count=st.integers(0, 10**9),
    rate_minor=AMOUNTS,
    minimum_minor=AMOUNTS,
)
QUOTES = st.builds(
    Quote,
    amount_minor=AMOUNTS,
    currency=st.sampled_from(["USD", "JPY"]),
    exponent=st.integers(0, 4),
    units=st.none() | UNITS,
)


@given(QUOTES)
def test_what_is_packed_is_unpacked_the_same(quote: Quote) -> None:
    assert unpacked(packed(quote)) == quote


def test_quote_for_an_answer_is_packed_as_ever() -> None:
    quote = Quote(amount_minor=250, currency="USD", exponent=2)
    assert packed(quote) == "250 USD 2"
