"""Takes from a history what is about one task: words about a verdict look no further."""

from sentuh.history.collect import History
from shared.contracts.events.ratings import WorkerRated


def of_task(history: History, task_id: str) -> History:
    """Return the events about this task and no other, and all ratings of people."""
    alone = History(history.names, cut=history.cut)
    for kind, published in history.events.items():
        alone.events[kind] = [
            one
            for one in published
            if isinstance(one.event, WorkerRated) or getattr(one.event, "task_id", None) == task_id
        ]
    return alone
