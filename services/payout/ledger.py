"""Double entries: every event moves money between accounts and sums to zero."""

from shared.contracts.events.earnings import Entry
from shared.contracts.events.parts import Quote


def requester(pool: str, currency: str) -> str:
    """The account that pays for a pool's work: it falls below zero by what it owes."""
    return f"requester/{pool}/{currency}"


def pending(worker_id: str, currency: str) -> str:
    """What a worker has delivered and whose verdict is still out."""
    return f"worker/{worker_id}/pending/{currency}"


def payable(worker_id: str, currency: str) -> str:
    """What can be paid to a worker now."""
    return f"worker/{worker_id}/payable/{currency}"


def accrue(pool: str, worker_id: str, quote: Quote) -> tuple[Entry, ...]:
    """From the requester to the worker's pending account."""
    return _move(requester(pool, quote.currency), pending(worker_id, quote.currency), quote)


def confirm(worker_id: str, quote: Quote) -> tuple[Entry, ...]:
    """From the worker's pending to the worker's payable account."""
    return _move(pending(worker_id, quote.currency), payable(worker_id, quote.currency), quote)


def _move(source: str, target: str, quote: Quote) -> tuple[Entry, ...]:
    amount = quote.amount_minor
    return (Entry(account=source, amount_minor=-amount), Entry(account=target, amount_minor=amount))
