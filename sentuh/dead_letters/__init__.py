"""Dead letters: which there are and why, and sending what was refused to its topic again.

Nothing marks a letter as sent again: what was refused goes out byte for byte as it came, and who
reads it knows what it has had before by the record's own id.
"""

from sentuh.dead_letters.choice import Choice, since
from sentuh.dead_letters.letter_reader import counts_of, letters_of, read_letters
from sentuh.dead_letters.publishing import publish
from sentuh.dead_letters.replay import Going, ReplayPlan, plan, wanted
from sentuh.dead_letters.saved import as_json, read_saved
from sentuh.dead_letters.table import show, show_counts, show_plan, show_published

__all__ = [
    "Choice", "Going", "ReplayPlan", "as_json", "counts_of", "letters_of", "plan", "publish",
    "read_letters", "read_saved", "show", "show_counts", "show_plan", "show_published", "since",
    "wanted",
]  # fmt: skip
