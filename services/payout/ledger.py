"""Double entries: every event moves money from one account to another, and sums to zero."""

from shared.contracts.events.earnings import Entry
from shared.contracts.events.parts import Quote


def requester(pool: str, currency: str) -> str:
    """Return the account that pays for a pool's work; its balance is below zero by what it owes."""
    return f"requester/{pool}/{currency}"


def pending(worker_id: str, currency: str) -> str:
    """Return the account of what a worker has earned by answers that still await their verdict."""
    return f"worker/{worker_id}/pending/{currency}"


def payable(worker_id: str, currency: str) -> str:
    """Return the account of what can be paid to a worker now."""
    return f"worker/{worker_id}/payable/{currency}"


def accrue(pool: str, worker_id: str, quote: Quote) -> tuple[Entry, ...]:
    """Move a quote from the requester to the worker's pending account."""
    return _move(requester(pool, quote.currency), pending(worker_id, quote.currency), quote)


def confirm(worker_id: str, quote: Quote) -> tuple[Entry, ...]:
    """Move a quote from the worker's pending to the worker's payable account."""
    return _move(pending(worker_id, quote.currency), payable(worker_id, quote.currency), quote)


def _move(source: str, target: str, quote: Quote) -> tuple[Entry, ...]:
    amount = quote.amount_minor
    return (Entry(account=source, amount_minor=-amount), Entry(account=target, amount_minor=amount))
