"""Checks what each offer pays against its task: the rate card's amount, or units times the rate.

The amount is computed here a second time, in decimal numbers and without the services' own way.
"""

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from sentuh.audit.report import Violation
from sentuh.history.collect import History
from shared.contracts.events.asked import Units
from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.parts import Quote
from shared.contracts.events.tasks import TaskCreated

DIGITS = 60
"""Of the numbers here: more than the largest rate times the largest count has."""


def each_offer_pays_its_task(history: History) -> Iterator[Violation]:
    """Yield offers whose quote is not what their task's rate card and units come to."""
    for published in history.of(AssignmentOffered):
        offer = published.event
        task = history.tasks.get(offer.task_id)
        if task is None:
            continue
        due = _due(task)
        if offer.quote != due:
            detail = f"offered at {_in_words(offer.quote)}; its task comes to {_in_words(due)}"
            yield Violation(f"{offer.task_id} {offer.worker_id} {offer.assignment_id}", detail)


def _due(task: TaskCreated) -> Quote:
    units = task.asked.units if task.asked else None
    if units is None:
        return task.policy.quote
    return task.policy.quote.model_copy(update={"amount_minor": _amount(units), "units": units})


def _amount(units: Units) -> int:
    with localcontext(prec=DIGITS):
        count = Decimal(units.count) / (60_000 if units.per == "audio_minute" else 1)
        earned = (count * units.rate_minor).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    return max(int(earned), units.minimum_minor)


def _in_words(quote: Quote) -> str:
    return f"{quote.amount_minor} minor units of {quote.currency}{quote.by_units}"
