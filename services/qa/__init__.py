"""Qa: when enough people have agreed, on what, and how sure we may be."""

from shared.contracts.card import Card
from shared.contracts.topics import ASSIGNMENTS, TASKS, VERDICTS

CARD = Card(
    service="qa",
    consumes=(TASKS, ASSIGNMENTS),
    also_folds=(TASKS, ASSIGNMENTS),
    journal=VERDICTS,
    form=1,  # raise it where a key, a field or a packing of what Redis holds changes
)
"""Owns each task's votes and each worker's reliability. Guarantees: one verdict per model output,
also for those the gate let stand, that names every vote known, says what each counted for, and
can be recomputed from that alone; late answers are in it and never counted."""
