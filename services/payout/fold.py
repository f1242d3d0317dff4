"""Turns each event into changes of payout's state in Redis, at first and when it is rebuilt.

A fold is a function that returns guarded changes for an event: writes that Redis makes only if
their guards (conditions on fields) hold, so that no event moves money twice.
Example: an EarningAccrued event that is applied twice changes the accounts once.
"""

from collections.abc import Iterable

from services.payout import CARD, keys
from services.payout.state import packed
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.service import Folds
from shared.state.changes import Change, Write, absent, forget, increment, put, put_fields

ENDING_KEPT_SECONDS = CARD.ending_kept_seconds

folds = Folds()


@folds.of(EarningAccrued)
def accrued(event: EarningAccrued) -> Iterable[Change]:
    """Yield the change that stores a worker's earning and adds its entries to the accounts."""
    job = keys.job(event.pool, event.task_id)
    line = f"{event.assignment_id} {packed(event.quote)}"
    name = keys.line(event.worker_id)
    yield Change(
        aggregate=job,
        guards=(absent(job, name),),
        writes=(put_fields(job, {name: line}), *_entries(event)),
    )


@folds.of(EarningConfirmed)
def confirmed(event: EarningConfirmed) -> Iterable[Change]:
    """Yield the change that marks an earning as payable and adds its entries to the accounts."""
    job = keys.job(event.pool, event.task_id)
    name = keys.confirmed(event.worker_id)
    yield Change(
        aggregate=job,
        guards=(absent(job, name),),
        writes=(
            put_fields(job, {name: event.line_id}),
            *_entries(event),
            forget(job, int(event.at.timestamp()) + ENDING_KEPT_SECONDS),
        ),
    )


@folds.of(VerdictReached)
def verdict(event: VerdictReached) -> Iterable[Change]:
    """Yield the change that stores when people reached the verdict.

    A verdict that is the model's own answer gives no change: nobody earned anything.
    """
    if event.by == "model":
        return
    job = keys.job(event.pool, event.task_id)
    yield Change(
        aggregate=job,
        guards=(absent(job, "verdict_at"),),
        writes=(
            put(job, verdict_at=event.at.isoformat()),
            forget(job, int(event.at.timestamp()) + ENDING_KEPT_SECONDS),
        ),
    )


def _entries(event: EarningAccrued | EarningConfirmed) -> Iterable[Write]:
    return (
        increment(keys.account(event.pool, entry.account), {"amount_minor": entry.amount_minor})
        for entry in event.entries
    )
