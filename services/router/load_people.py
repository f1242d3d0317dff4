"""Says which Redis keys the router loads for what is said about people, before it decides.

Presences and profiles are loaded from their pool; what no pool is known for, from the root slot
(`{router}`, the keys that belong to no pool).
"""

from collections.abc import Sequence

from services.router import keys, to_state, to_state_people
from services.router.load import (
    each_task_reads,
    no_aggregate,
    worker_and_waiting_reads,
    worker_reads,
)
from services.router.spread import OfWorker, PresenceDropped, PresenceKept
from services.router.state import WorkerAndHeld, WorkerAndLanes
from services.router.state.people import PresenceAndCrowd, Whereabouts, WhereaboutsAndCrowd
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.ratings import WorkerRated
from shared.contracts.events.timers import KeptDue, PresenceTaken, WorkerLeft
from shared.pattern.service import Loading
from shared.state.changes import Read, count_of, hash_of, lowest, set_of

SPARE = 20
"""Strangers loaded beyond one for each presence of a batch: they are put out if there are many."""


def _present_reads(event: PresenceChanged | PresenceTaken) -> Sequence[Read]:
    strangers, each = keys.unprofiled(event.pool), hash_of(keys.each_worker(event.pool))
    return (
        lowest(strangers, take=1, spare=SPARE, then=(each,)),
        count_of(strangers),
        hash_of(keys.lanes(event.pool)),
        *worker_and_waiting_reads(event.pool, event.worker_id),
    )


present: Loading[PresenceChanged | PresenceTaken, PresenceAndCrowd] = Loading(
    reads=_present_reads, state=to_state_people.present, aggregates=no_aggregate
)
"""How to load what `serve_worker` decides on when a worker comes or goes (PresenceChanged).

The worker, their lanes (one for each requirement and kind they meet), and the SHARED_LOOK longest
waiting tasks of each; the needs of every lane of the pool, looked through where the worker's app
shows other kinds of questions than before; how many workers of the pool have a presence and no
profile, and the first of them. The commit compares no revision, only the conditions that the
decision returns.
"""

profiled: Loading[WorkerProfiled, WorkerAndLanes] = Loading(
    reads=lambda event: (
        hash_of(keys.lanes(event.pool)),
        set_of(keys.lanes_of_worker(event.pool, event.worker_id)),
        *worker_reads(event.pool, event.worker_id),
    ),
    state=to_state.profiled,
    # A lane that is added meanwhile must list this worker too: its addition is a conflict here.
    aggregates=lambda event: (keys.lanes(event.pool),),
)
"""How to load what `list_in_lanes` decides on when a worker's profile changes.

The worker, the lanes that list them, and the requirement of every lane of the pool (one lane for
each requirement). The commit compares the revision of the pool's hash of lanes.
"""


def _left_reads(event: WorkerLeft) -> Sequence[Read]:
    pool, worker_id = event.pool, event.worker_id
    return (
        hash_of(keys.places(pool, worker_id), field=keys.TURN, then=each_task_reads(pool)),
        hash_of(keys.worker(pool, worker_id)),
        set_of(keys.lanes_of_worker(pool, worker_id)),
    )


left: Loading[WorkerLeft, WorkerAndHeld] = Loading(
    reads=_left_reads, state=to_state_people.left, aggregates=no_aggregate
)
"""How to load what `leave_pool` decides on when a worker leaves a pool (WorkerLeft).

The worker, the lanes that list them, and of each of their places the task offered in it last.
"""

kept: Loading[PresenceKept | PresenceDropped, WhereaboutsAndCrowd] = Loading(
    reads=lambda event: (
        lowest(keys.all_kept(), take=1, spare=SPARE, then=(hash_of(keys.each_kept()),)),
        count_of(keys.all_kept()),
        *whereabouts_reads(event.worker_id),
    ),
    state=to_state_people.kept,
    aggregates=no_aggregate,
)
"""How to load what `keep_presence` decides on when a presence names an unknown pool.

Where the worker is listed, how many such presences are kept, and the first to arrive.
"""


rated: Loading[WorkerRated, None] = Loading(
    reads=lambda event: (hash_of(keys.worker(event.pool, event.worker_id)),),
    state=lambda _event, _view: None,
    aggregates=no_aggregate,
)
"""How to load what a rating changes: the worker. Its decision needs nothing of it."""


def whereabouts_reads(worker_id: str) -> tuple[Read, Read]:
    """Return Reads (run by the caller) for what is kept of a worker and where they are listed."""
    return hash_of(keys.kept(worker_id)), hash_of(keys.listed(worker_id))


whereabouts: Loading[OfWorker | KeptDue, Whereabouts] = Loading(
    reads=lambda event: whereabouts_reads(event.worker_id),
    state=to_state_people.whereabouts,
    aggregates=no_aggregate,
)
"""How to load where a worker is listed, and the presence of theirs that waits for a pool."""
