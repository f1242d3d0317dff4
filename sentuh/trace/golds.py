"""Words for a gold in the story of its task: what was shown, and to whom."""

from shared.contracts.events.second_stage import OutputComposed


def shown(event: OutputComposed) -> tuple[str, str]:
    """Return what qa sent of its own accord, and why. Example: a gold for w-1 and w-2."""
    people = ", ".join(event.only_for)
    why = f"to learn how reliable {people} are; nobody else is asked, and upstream asked nothing"
    return f"sent the gold {event.ref.correlation_id}", why
