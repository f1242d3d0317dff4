"""Double entries: each event moves an amount from one account to another, so the sum is zero."""

from shared.contracts.events.earnings import Entry
from shared.contracts.events.parts import Quote


def requester(pool: str, currency: str) -> str:
    """Return the name of the account that pays for a pool's work in a currency.

    Its balance is negative by what was earned.
    """
    return f"requester/{pool}/{currency}"


def pending(worker_id: str, currency: str) -> str:
    """Return the name of a worker's account for earnings whose task has no verdict yet."""
    return f"worker/{worker_id}/pending/{currency}"


def payable(worker_id: str, currency: str) -> str:
    """Return the name of a worker's account for earnings that can be paid now."""
    return f"worker/{worker_id}/payable/{currency}"


def accrue(pool: str, worker_id: str, quote: Quote) -> tuple[Entry, ...]:
    """Return the entries that move an answer's pay from requester to worker's pending account."""
    return _move(requester(pool, quote.currency), pending(worker_id, quote.currency), quote)


def confirm(worker_id: str, quote: Quote) -> tuple[Entry, ...]:
    """Return the entries that move an answer's pay from the pending to the payable account."""
    return _move(pending(worker_id, quote.currency), payable(worker_id, quote.currency), quote)


def _move(source: str, target: str, quote: Quote) -> tuple[Entry, ...]:
    amount = quote.amount_minor
    return (
        Entry.made({"account": source, "amount_minor": -amount}),
        Entry.made({"account": target, "amount_minor": amount}),
    )
