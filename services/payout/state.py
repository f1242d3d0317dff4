"""Values that payout decides on: the earnings by one task."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from shared.contracts.events.asked import Units
from shared.contracts.events.parts import Quote


@dataclass(frozen=True, slots=True)
class Line:
    """The money owed to one worker for one task, at the pay quoted in the offer."""

    assignment_id: str
    worker_id: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class Job:
    """The earnings by one task: owed (`lines`), by worker, and payable (`confirmed`, worker ids).

    verdict_at: when the task's verdict was reached, or None before it.
    """

    lines: Mapping[str, Line]
    confirmed: frozenset[str]
    verdict_at: datetime | None

    def with_line(self, line: Line) -> "Job":
        """Return a copy with this earning, too; if the worker has one already, that one stays."""
        return replace(self, lines={line.worker_id: line, **self.lines})

    def unconfirmed(self) -> tuple[Line, ...]:
        """Return the earnings that are not payable yet, sorted by worker id."""
        return tuple(
            line for worker, line in sorted(self.lines.items()) if worker not in self.confirmed
        )


def packed(quote: Quote) -> str:
    """Return a quote in a few words, as Redis keeps it: `unpacked` undoes it.

    Amount, currency and exponent; where it is paid by the unit also the unit, the count, the rate
    and the minimum. Example: `250 USD 2`, and by the unit `60 USD 2 audio_minute 90000 40 10`.
    """
    words = f"{quote.amount_minor} {quote.currency} {quote.exponent}"
    if (units := quote.units) is None:
        return words
    return f"{words} {units.per} {units.count} {units.rate_minor} {units.minimum_minor}"


@lru_cache(maxsize=1024)
def unpacked(text: str) -> Quote:
    """Return the quote that `packed` made this of; those of one rate card are often the same."""
    amount_minor, currency, exponent, *by_unit = text.split(" ")
    units = None
    if by_unit:
        names = ("per", "count", "rate_minor", "minimum_minor")
        units = Units.model_validate(dict(zip(names, by_unit, strict=True)))
    return Quote(
        amount_minor=int(amount_minor), currency=currency, exponent=int(exponent), units=units
    )
