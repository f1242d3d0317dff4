"""Dead letters: listing refused records with the reason, and sending them to their topics again.

A refused record is published byte for byte as it came, and its dead letter stays as it is: a
service that reads the record again recognises it by the record's own id.
"""

from sentuh.dead_letters.choice import Choice, since
from sentuh.dead_letters.dead_letter_reader import counts_of, dead_letters_in, read_dead_letters
from sentuh.dead_letters.publishing import publish
from sentuh.dead_letters.replay import Going, ReplayPlan, plan, rights_to_replay
from sentuh.dead_letters.saved import as_json, plan_as_json, read_saved
from sentuh.dead_letters.table import show, show_counts, show_plan, show_published

__all__ = [
    "Choice", "Going", "ReplayPlan", "as_json", "counts_of", "dead_letters_in", "plan",
    "plan_as_json", "publish", "read_dead_letters", "read_saved", "rights_to_replay", "show",
    "show_counts", "show_plan", "show_published", "since",
]  # fmt: skip
