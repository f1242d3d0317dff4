"""Router: the right task to the right person, held under a lease until it ends.

Consumes: `tasks`, `workers`, `presence`, `responses`, `verdicts`, and its own timers.
Journal: `assignments`: who was asked, and how each seat ended. Offers go to `offers`.
Owns: tasks with their seats, workers with their places, deadlines, and lanes, an index over both.
Guarantees: nobody holds more than their capacity or gets a task twice or unqualified; a task never
has more seats than it wants; each seat ends once; no answer that was on time is called late.
"""

from shared.contracts.card import Card
from shared.contracts.topics import (
    ASSIGNMENTS,
    OFFERS,
    PRESENCE,
    RESPONSES,
    ROUTER_TIMERS,
    TASKS,
    VERDICTS,
    WORKERS,
)

CARD = Card(
    service="router",
    consumes=(TASKS, WORKERS, PRESENCE, RESPONSES, VERDICTS, ROUTER_TIMERS),
    also_folds=(WORKERS, PRESENCE, VERDICTS),
    journal=ASSIGNMENTS,
    tells=(OFFERS,),
    timers=ROUTER_TIMERS,
    state_version=1,  # raise it where a key, a field or a packing of what Redis holds changes
)
