"""Checks an answer's quote before payout decides on it: only money that exists is owed."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.contracts.currencies import EXPONENTS
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.model import Event
from shared.contracts.record import Record

_FIX = "correct it in the catalog's rate card, and pay this answer by hand"


def by_event() -> Mapping[type[Event], Callable[[Any, Record], Any]]:
    """Return the check for each type of event that needs one: answers, for their quote."""
    return {AssignmentAnswered: quoted_in_money}


def quoted_in_money(answered: AssignmentAnswered, _: Record) -> AssignmentAnswered:
    """Return the answer if ISO 4217 has its quote's currency with these decimals.

    Raises Refused otherwise, whoever wrote the quote: paid with other decimals it would be ten or
    a hundred times as much. Example: 150 USD with the exponent 0 is refused.
    """
    quote = answered.quote
    decimals = EXPONENTS.get(quote.currency)
    if decimals is None:
        detail = f"quote.currency: is no currency of ISO 4217: {_FIX}"
        raise Refused(Reason.INVALID_FIELD, detail)
    if decimals != quote.exponent:
        detail = f"quote.exponent: is not the {decimals} of ISO 4217: {_FIX}"
        raise Refused(Reason.INVALID_FIELD, detail)
    return answered
