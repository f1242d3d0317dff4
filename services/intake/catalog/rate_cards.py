"""What a rate card of the catalog may say, and the quote that a task begins with."""

from typing import Annotated

from pydantic import Field

from services.intake.catalog.fields import is_absent
from shared.contracts.currencies import EXPONENTS
from shared.contracts.events.asked import PaidUnit
from shared.contracts.events.parts import Currency, MinorUnits, Quote
from shared.contracts.question import CatalogPart


class RateCard(CatalogPart):
    """What one answer earns, whatever it is: minor units (cents) of an ISO 4217 currency.

    `per` pays `amount_minor` for each unit of what is shown, at least `minimum_minor`; an output of
    more than `units_max` is refused.
    Example: `{currency: USD, amount_minor: 40, per: audio_minute, minimum_minor: 10, units_max: 5}`
    pays 60 cents for 90 seconds, and 10 for one second.
    """

    currency: Currency
    amount_minor: MinorUnits
    per: Annotated[PaidUnit | None, Field(exclude_if=is_absent)] = None
    minimum_minor: Annotated[MinorUnits | None, Field(exclude_if=is_absent)] = None
    units_max: Annotated[int | None, Field(ge=1, le=1_000_000, exclude_if=is_absent)] = None


def quote_of(card: RateCard) -> Quote:
    """Return what an answer earns; by the unit that is the minimum, and a task says its own."""
    return Quote(
        amount_minor=card.amount_minor if card.per is None else card.minimum_minor or 0,
        currency=card.currency,
        exponent=EXPONENTS[card.currency],
    )
