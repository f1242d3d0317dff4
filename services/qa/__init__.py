"""Qa: combines several people's answers to a task into one verdict with a probability.

Consumes: `tasks` (the rules of each task) and `assignments` (answers and closings).
Journal: `verdicts`: each verdict, and each request for one more answer.
Owns: the answers of each task until its verdict, and each worker's reliability by task type.
Guarantees: one verdict per model output, also for outputs that nobody was asked about; a verdict
names every answer that arrived, says with which weight it counted, and can be recomputed from that
alone; a late answer is named and never counted.
"""

from shared.contracts.card import Card
from shared.contracts.topics import ASSIGNMENTS, TASKS, VERDICTS

CARD = Card(
    service="qa",
    consumes=(TASKS, ASSIGNMENTS),
    also_folds=(TASKS, ASSIGNMENTS),
    journal=VERDICTS,
    state_version=2,  # raise it where a key, a field or a packing of what Redis holds changes
)
