"""Pay in money that ISO 4217 does not have is refused, and none of it is lost without a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payout.checks import quoted_in_money
from services.payout.service import build
from shared.contracts import envelope
from shared.contracts.currencies import EXPONENTS
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.parts import Quote
from shared.contracts.record import Record
from shared.contracts.topics import Names
from tests.services.payout.in_memory import a_verdict
from tests.support.builders import an_answer
from tests.support.in_memory import InMemory, header, record_of

WRONG = [
    pytest.param("IDR", 0, "quote.exponent", id="rupiah as formatting libraries write it"),
    pytest.param("HUF", 0, "quote.exponent", id="forint as formatting libraries write it"),
    pytest.param("IQD", 0, "quote.exponent", id="dinar without its three"),
    pytest.param("JPY", 2, "quote.exponent", id="yen with cents"),
    pytest.param("USD", 4, "quote.exponent", id="tenths of a cent"),
    pytest.param("KWD", 2, "quote.exponent", id="dinar with two"),
    pytest.param("DEM", 2, "quote.currency", id="no longer in use"),
    pytest.param("X" * 3, 0, "quote.currency", id="no currency"),
    pytest.param("XTS", 2, "quote.currency", id="for tests"),
    pytest.param("BTC", 4, "quote.currency", id="no currency of a state"),
    pytest.param("RMB", 2, "quote.currency", id="what people call CNY"),
]


def an_answered_record(currency: str, exponent: int) -> Record:
    quote = Quote(amount_minor=150, currency=currency, exponent=exponent)
    answered = an_answer("w-1").model_copy(update={"quote": quote})
    sent = envelope.encode(answered, Names(), source="router", cause="c", traceparent="0" * 55)
    return record_of(sent)


@pytest.mark.parametrize(("currency", "exponent", "field"), WRONG)
def test_it_becomes_a_dead_letter_and_nothing_is_owed(
    currency: str, exponent: int, field: str
) -> None:
    payout = InMemory(build(names=Names()))
    payout.hear_records(an_answered_record(currency, exponent))
    payout.hear(a_verdict(), an_answer("w-2"))

    (dead_letter,) = payout.dead_letters
    assert payout.reasons() == ["invalid_field"]
    assert header(dead_letter, "dl_detail").startswith(f"{field}: ")
    assert [line.worker_id for line in payout.of(EarningAccrued)] == ["w-2"]
    assert [line.worker_id for line in payout.of(EarningConfirmed)] == ["w-2"]


@given(st.sampled_from(sorted(EXPONENTS)), st.integers(0, 4))
def test_exactly_the_decimals_of_each_currency_are_paid(currency: str, exponent: int) -> None:
    record = an_answered_record(currency, exponent)
    quote = Quote(amount_minor=150, currency=currency, exponent=exponent)
    answered = an_answer("w-1").model_copy(update={"quote": quote})

    if exponent == EXPONENTS[currency]:
        assert quoted_in_money(answered, record) is answered
    else:
        with pytest.raises(Refused) as refused:
            quoted_in_money(answered, record)
        assert refused.value.reason is Reason.INVALID_FIELD
