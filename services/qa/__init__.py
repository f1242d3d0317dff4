"""Qa: combines several people's answers to a task into one verdict with a probability.

Consumes: `tasks` (the rules of each task), `assignments` (answers and closings), `golds` (questions
whose answers are known), its own timers.
Journal: `verdicts`: each verdict, each request for one more answer or for a second stage; and
`placements`: which gold a task is, and whom it is for. What a second stage ranks and what a gold
shows goes to `model-outputs.qa`, and how reliable each worker is to `ratings`.
Owns: the answers of each task until its verdict, each worker's reliability by task type, and golds.
Guarantees: one verdict per model output, also for outputs that nobody was asked about; a verdict
names every answer that arrived, says with which weight it counted, and can be recomputed from that
alone; a late answer is named and never counted.
"""

from shared.contracts.card import Card
from shared.contracts.topics import (
    ASSIGNMENTS,
    GOLDS,
    MODEL_OUTPUTS_QA,
    PLACEMENTS,
    QA_TIMERS,
    RATINGS,
    TASKS,
    VERDICTS,
)

CARD = Card(
    service="qa",
    consumes=(TASKS, ASSIGNMENTS, GOLDS, QA_TIMERS),
    also_folds=(TASKS, ASSIGNMENTS, GOLDS),
    journal=VERDICTS,
    keeps=PLACEMENTS,
    tells=(MODEL_OUTPUTS_QA, RATINGS),
    timers=QA_TIMERS,
    state_version=5,  # raise it where a key, a field or a packing of what Redis holds changes
)
