"""The Redis keys of payout; every key of a pool shares one slot."""

from shared.contracts.events.model import Event


def slot(pool: str) -> str:
    """Hash tag that all keys of a pool share."""
    return f"{{payout:{pool}}}"


def slot_of(event: Event) -> str:
    """Hash tag of the keys that an event belongs to."""
    return slot(event.pool)


def job(pool: str, task_id: str) -> str:
    """Hash, the aggregate of one task's money; expires 32 days after its last confirmation.

    `line:<worker>`: assignment, amount in minor units, currency and exponent, with spaces between;
    `confirmed:<worker>`: the line that became payable; `verdict_at`: when the verdict was reached.
    No value is over 64 bytes: Redis keeps a hash of small ones in half the room.
    Example: `line:w-7` = `a-3 250 USD 2`.
    """
    return f"{slot(pool)}:job:{task_id}"


def account(pool: str, name: str) -> str:
    """Hash with `amount_minor`, the sum of the entries on this account; kept for ever."""
    return f"{slot(pool)}:account:{name}"
