"""Double entries sum to zero."""

from hypothesis import given
from hypothesis import strategies as st

from services.payout import ledger
from shared.contracts.events.parts import Quote

quotes = st.builds(
    Quote, amount_minor=st.integers(0, 10**12), currency=st.just("USD"), exponent=st.integers(0, 4)
)


@given(quotes)
def test_every_movement_sums_to_zero(quote: Quote) -> None:
    for entries in (ledger.accrue("main", "w-1", quote), ledger.confirm("w-1", quote)):
        assert sum(entry.amount_minor for entry in entries) == 0


@given(quotes)
def test_accrued_and_confirmed_leaves_nothing_pending(quote: Quote) -> None:
    entries = (*ledger.accrue("main", "w-1", quote), *ledger.confirm("w-1", quote))
    sums: dict[str, int] = {}
    for entry in entries:
        sums[entry.account] = sums.get(entry.account, 0) + entry.amount_minor
    assert sums["worker/w-1/pending/USD"] == 0
    assert sums["worker/w-1/payable/USD"] == quote.amount_minor
    assert sums["requester/main/USD"] == -quote.amount_minor
