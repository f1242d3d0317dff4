"""Names of payout's Redis keys; all keys of a pool share a hash tag, so one script can use them."""

from functools import lru_cache

from shared.contracts.events.model import Event
from shared.state.escaping import escaped

LINE = "line:"
"""Start of the field, in a job's hash, for what a worker earned: `line:<worker>`."""
CONFIRMED = "confirmed:"
"""Start of the field, in a job's hash, for an earning that is payable: `confirmed:<worker>`."""


def slot(pool: str) -> str:
    """Return the Redis hash tag in braces that all keys of a pool share: `{payout:main}`."""
    return f"{{payout:{pool}}}"


def slot_of(event: Event) -> str:
    """Return the Redis hash tag of the event's pool; all keys that the event can change bear it."""
    return slot(event.pool)


@lru_cache(maxsize=1024)
def job(pool: str, task_id: str) -> str:
    """Hash of the earnings by one task, with the revision that commits compare.

    `line:<worker>`: assignment, amount in minor units, currency and exponent, with spaces between,
    and where it is paid by the unit the unit, its count, the rate for it and the minimum;
    `confirmed:<worker>`: id of the earning, once it is payable; `verdict_at`: when the verdict was
    reached. Expires 64 days after its last confirmation. No value is over 64 bytes but of what is
    paid by the unit: Redis then stores a hash in half the memory.
    Example: `line:w-7` = `a-3 250 USD 2`, which is 2.50 USD.
    """
    return f"{slot(pool)}:job:{escaped(task_id)}"


def account(pool: str, name: str) -> str:
    """Hash with `amount_minor`, the balance of this account in minor units; never expires."""
    return f"{slot(pool)}:account:{escaped(name)}"


def line(worker_id: str) -> str:
    """Return the name of the field, in a job's hash, for what this worker earned."""
    return f"{LINE}{escaped(worker_id)}"


def confirmed(worker_id: str) -> str:
    """Return the name of the field, in a job's hash, for this worker's earning that is payable."""
    return f"{CONFIRMED}{escaped(worker_id)}"
