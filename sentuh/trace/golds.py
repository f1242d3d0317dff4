"""Words for a gold in the story of its task: what was shown, to whom, and what is right."""

from shared.contracts.events.golds import GoldPlaced
from shared.contracts.events.second_stage import OutputComposed


def shown(event: OutputComposed) -> tuple[str, str]:
    """Return what qa sent of its own accord, and why. Example: a gold for w-1 and w-2."""
    people = ", ".join(event.only_for)
    why = f"to learn how reliable {people} are; nobody else is asked, and upstream asked nothing"
    return f"sent the gold {event.ref.correlation_id}", why


def placed(event: GoldPlaced) -> tuple[str, str]:
    """Return the name of the gold that a task is, and how often it was asked."""
    times = "once" if event.number == 1 else f"{event.number} times"
    return (
        f"noted that this is the gold {event.gold_id}",
        f"asked {times} by now, this time included",
    )
