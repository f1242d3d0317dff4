"""Explain: why a verdict is what it is, from topics alone.

Who was believed how much and why, why asking stopped, and what would have changed it. What each
vote did is recounted by the audit's second implementation, never by qa's own.
"""

from sentuh.explain.explaining import explained
from sentuh.explain.explanation import Explanation
from sentuh.explain.reading import read_history
from sentuh.explain.table import parts, show
from shared.connect.access import KafkaAccess
from shared.contracts.topics import Names

__all__ = ["Explanation", "explain", "explained", "parts", "show"]


async def explain(where: KafkaAccess | str, names: Names, task_id: str) -> Explanation:
    """Explain the verdict on a task; SettingError if it is unknown, still open, or not kept."""
    return explained(task_id, await read_history(where, names, task_id))
