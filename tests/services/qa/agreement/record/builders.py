"""Records, ballots and strategies that the tests of agreement on records share."""

from typing import Any

from hypothesis import strategies as st

from services.qa.agreement.record import RecordTally, tally
from services.qa.agreement.terms import Ballot
from shared.contracts.question import Answer
from shared.contracts.questions.record import (
    ChoiceField,
    DateField,
    NumberField,
    RecordQuestion,
    TextField,
)

INVOICE = RecordQuestion(
    fields=(
        TextField(name="seller"),
        NumberField(name="total", decimals=2),
        ChoiceField(name="currency", options=("EUR", "IDR")),
        DateField(name="paid_on", required=False),
    )
)
VALUES: dict[str, list[Answer]] = {
    "seller": ["Kopi Pagi", "KOPI PAGI", "Kopi Pogi", "Toko Maju Jaya"],
    "total": ["12.50", "12.60", "1250.00"],
    "currency": ["EUR", "IDR"],
    "paid_on": [None, "2026-03-01", "2026-03-02"],
}
Votes = tuple[list[Ballot[Answer]], dict[str, float]]


def a_record(
    seller: str = "Kopi Pagi", total: str = "12.50", currency: str = "IDR", **more: Answer
) -> Answer:
    """A record as it is counted."""
    return {"seller": seller, "total": total, "currency": currency, **more}


def ballots_of(*records: Any) -> list[Ballot[Answer]]:
    """One ballot per record, each of a worker of their own."""
    return [Ballot(f"a-{at}", f"w-{at}", record) for at, record in enumerate(records)]


def counted(*records: Answer, weight: float = 0.82) -> RecordTally:
    """What records of people of one weight lead to."""
    ballots = ballots_of(*records)
    return tally(ballots, INVOICE, {one.assignment_id: weight for one in ballots})


@st.composite
def votes(draw: st.DrawFn, least: int = 1) -> Votes:
    """Ballots about the invoice, and their weights."""
    drawn = st.fixed_dictionaries({n: st.sampled_from(v) for n, v in VALUES.items()})
    records = draw(st.lists(drawn, min_size=least, max_size=7))
    ballots = ballots_of(
        *({name: value for name, value in record.items() if value} for record in records)
    )
    weights = {one.assignment_id: round(draw(st.floats(0, 1)), 6) for one in ballots}
    return ballots, weights
