"""Router: offers each task to qualified workers, and ends each offer in time.

Consumes: `tasks`, `workers`, `presence`, `responses`, `verdicts`, `ratings`, and its own timers.
Journal: `assignments`: who was offered which task, and how each offer ended. Offers go to `offers`.
Owns: tasks with the offers that workers hold of them, workers with their capacity, deadlines, and
lanes (indexes of waiting tasks and free workers, one for each requirement).
Guarantees: nobody holds more than their capacity or gets a task twice or unqualified; a task is
never held by more workers than it wants; each offer ends once; no answer on time is called late.
"""

from shared.contracts.card import Card
from shared.contracts.topics import (
    ASSIGNMENTS,
    OFFERS,
    PRESENCE,
    RATINGS,
    RESPONSES,
    ROUTER_TIMERS,
    TASKS,
    VERDICTS,
    WORKERS,
)

CARD = Card(
    service="router",
    consumes=(TASKS, WORKERS, PRESENCE, RESPONSES, VERDICTS, RATINGS, ROUTER_TIMERS),
    also_folds=(WORKERS, PRESENCE, VERDICTS, RATINGS),
    journal=ASSIGNMENTS,
    tells=(OFFERS,),
    timers=ROUTER_TIMERS,
    state_version=6,  # raise it where a key, a field or a packing of what Redis holds changes
)
