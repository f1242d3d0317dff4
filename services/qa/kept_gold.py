"""Says how the gold that a task is stands in qa's state until its verdict."""

import json

from services.qa.state import Gold


def gold_kept(gold: Gold) -> str:
    """Return the value of a task's field `keys.GOLD`: a JSON list of the gold's id and its truth.

    Example: `Gold("g-1", "cat")` gives `["g-1","cat"]`.
    """
    return json.dumps([gold.gold_id, gold.truth], ensure_ascii=False, separators=(",", ":"))


def gold_of(kept: str) -> Gold:
    """Return the gold that `gold_kept` wrote."""
    return Gold(*json.loads(kept))
