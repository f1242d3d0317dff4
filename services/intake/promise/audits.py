"""How many of the outputs above the threshold people see all the same, in powers of one half.

Whoever sees all of the unsure outputs and 1 of 16 of the sure ones must not count them alike. The
weight of a lesson is how rarely its kind is seen. Powers of one half keep the weights few, so that
what was learned are integers; they are bounded, so that no single verdict is worth more than 64.
"""

from math import ceil, floor, log2

HALVINGS_MAX = 6


def halvings(audit_share: float) -> int:
    """Return how often 1 is halved for an audit of at least this share; at most 6 times.

    Example: a share of 0.05 is 4 halvings, so that 1 output of 16 is audited.
    """
    if audit_share <= 0:
        return HALVINGS_MAX
    return max(0, min(HALVINGS_MAX, floor(-log2(audit_share))))


def times_beside(audit_share: float, draw: float, *, audited: bool) -> int | None:
    """Return how often a verdict's weight is halved beside a gate of a fixed threshold and share.

    In shadow the operator's gate decides what people see, and its share need not be a power of one
    half. So of the audited outputs those alone teach that an audit of the next smaller power would
    have drawn too; the others return None, and all do where the share is below 1 of 64.
    Example: a share of 0.05 teaches by 1 output of 32, and each below the threshold is halved 5
    times.
    """
    if audit_share < rate(HALVINGS_MAX):
        return None
    times = max(0, ceil(-log2(audit_share)))
    if not audited:
        return times
    return 0 if draw < rate(times) else None


def rate(times: int) -> float:
    """Return the share that is audited after this many halvings."""
    return 0.5**times
