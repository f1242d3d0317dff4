"""Takes golds as operators list them, and refuses what no gold can be."""

from datetime import datetime

from services.qa.golds.kept import listed_ids
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.golds import GOLDS_MAX, GoldListed
from shared.contracts.record import Record
from shared.pattern.service import Decision
from shared.state.store import Hash


def checked(event: GoldListed, _: Record) -> GoldListed:
    """Return a gold as it was sent. Raises Refused for one without a right answer."""
    if event.truth is None:
        fix = "truth: nothing is no answer: name the right one, as people give it"
        raise Refused(Reason.BAD_ANSWER, fix)
    return event


def take_listed(event: GoldListed, shelf: Hash, _: datetime) -> Decision:
    """Return the decision that refuses a gold for which there is no room; its fold keeps others.

    `shelf` holds the golds of its task type, this one too. Example: the gold number 1,001.
    """
    asked = listed_ids(shelf)[:GOLDS_MAX]
    if event.gold_id in asked:
        return Decision.done()
    fix = f"gold_id: the task type has {GOLDS_MAX} golds already: take others back, then send it"
    return Decision.refuse(Reason.TOO_LARGE, fix)
