"""Says for each event which Redis keys the router loads before it decides.

Each constant (`created`, `due`, ...) is one `Loading`: `reads` returns the loads to make, `state`
turns the loaded values into the decision's input, and `aggregates` returns the keys of the hashes
whose revision number the commit compares with the loaded one. A `Read` describes a load and can
follow references: one call to Redis loads a task and every worker who holds it.
Example: for VerdictReached the task's hash is loaded, and all workers who hold a seat of it (were
offered the task and have neither answered nor lost it).
"""

from collections.abc import Sequence
from functools import lru_cache

from services.router import keys, lanes, to_state
from services.router.state import (
    Due,
    Lane,
    Response,
    Rules,
    SeatAndWorker,
    Task,
    TaskAndHolders,
    TaskAndWorkers,
)
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.timers import LaneDue
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.pattern.service import Loading
from shared.state.changes import Read, hash_of, lowest, page, set_of


def _task_key(event: TaskCreated | ReviewRequested) -> tuple[str]:
    return (keys.task(event.pool, event.task_id),)


def no_aggregate(_: object) -> tuple[()]:
    """Return no keys: the commit compares no revision, only the conditions the decision returns."""
    return ()


# --- the keys of one task or one worker ----------------------------------------------------------


def task_reads(pool: str, task_id: str) -> Read:
    """Return one Read (run by the caller) for a task's hash and for the hash of its rules.

    The rules are the part of a policy that many tasks share; the task's field `rules` names them.
    """
    return hash_of(keys.task(pool, task_id), field="rules", then=_rules_reads(pool))


@lru_cache(maxsize=1024)
def each_task_reads(pool: str) -> tuple[Read, Read]:
    """Return two Reads to follow, as `then=`, for each task id that another Read will find.

    One is for the task's hash and the hash of its rules, one for its content (the output to judge).
    """
    prefix = keys.each_task(pool)
    return hash_of(prefix, field="rules", then=_rules_reads(pool)), hash_of(prefix, ":content")


@lru_cache(maxsize=1024)
def _rules_reads(pool: str) -> tuple[Read]:
    return (hash_of(keys.each_rules(pool)),)


def worker_reads(pool: str, worker_id: str) -> tuple[Read, Read]:
    """Return two Reads (run by the caller) for a worker's hash and for the hash of their places.

    A place is one unit of the worker's capacity: it is free, or it holds one assignment.
    """
    return hash_of(keys.worker(pool, worker_id)), hash_of(keys.places(pool, worker_id))


@lru_cache(maxsize=1024)
def each_worker_reads(pool: str) -> tuple[Read, Read]:
    """Return two Reads (requests to Redis) to pass as `then=` to a Read that loads worker ids.

    For each id they load the hash (profile, presence) and the places (units of capacity), and of
    the worker's own lane the first task that waits.
    """
    prefix = keys.each_worker(pool)
    # Of who never had one nothing is loaded: the field is missing.
    own = lowest(keys.each_lane(pool) + keys.OWN, ":waiting", take=1, then=each_task_reads(pool))
    return hash_of(prefix), hash_of(prefix, ":places", field=keys.OWNER, then=(own,))


def worker_and_waiting_reads(pool: str, worker_id: str) -> tuple[Read, ...]:
    """Return Reads (run by the caller) for a worker and for the tasks that wait for such a worker.

    They name the worker's two hashes, the set of their lanes (one lane for each requirement that
    the worker meets), and the SHARED_LOOK longest waiting tasks of each of these lanes.
    Example: a worker in two lanes: at most 16 tasks, each with its rules and content.
    """
    waiting = lowest(
        keys.each_lane(pool), ":waiting", take=lanes.SHARED_LOOK, then=each_task_reads(pool)
    )
    own_lanes = set_of(keys.lanes_of_worker(pool, worker_id), then=(waiting,))
    return (*worker_reads(pool, worker_id), own_lanes)


# --- a task and the workers who could take it ----------------------------------------------------


def _created_reads(event: TaskCreated) -> Sequence[Read]:
    pool, rules = event.pool, Rules.of(event.policy)
    # The store adds up `take` over a batch, but takes the margin once: with a margin for every
    # record a batch of 100 tasks would load 300 workers for nothing.
    candidates = lowest(
        keys.free(pool, rules.lane),
        take=rules.answers_min,
        spare=lanes.MARGIN,
        then=each_worker_reads(pool),
    )
    return (
        task_reads(pool, event.task_id),
        hash_of(keys.rules(pool, rules.digest)),
        set_of(keys.filled(pool)),
        candidates,
    )


created: Loading[TaskCreated, TaskAndWorkers] = Loading(
    reads=_created_reads, state=to_state.created, aggregates=_task_key
)
"""How to load what `queue_task` decides on when a TaskCreated event arrives.

The task's hash (empty if the task is new), its rules, the names of the lanes whose search for
workers is complete, and `answers_min` + MARGIN workers whom the task's lane (waiting tasks and free
workers of one requirement) lists as free, longest idle first. The commit compares the task's
revision. Example: a policy with `answers_min` 2 loads 5 free workers.
"""


def _reviewed_reads(event: ReviewRequested) -> Sequence[Read]:
    pool = event.pool
    # The event does not name the task's lane, so every lane of its type is looked at.
    free = lowest(
        keys.each_lane(pool), ":free", take=lanes.SHARED_LOOK, then=each_worker_reads(pool)
    )
    return (
        task_reads(pool, event.task_id),
        hash_of(keys.content(pool, event.task_id)),
        set_of(keys.lanes_of_type(pool, event.task_type), then=(free,)),
    )


reviewed: Loading[ReviewRequested, TaskAndWorkers] = Loading(
    reads=_reviewed_reads, state=to_state.reviewed, aggregates=_task_key
)
"""How to load what `raise_wanted` decides on when qa asks for more answers (ReviewRequested).

The task with its rules and content, and the first SHARED_LOOK free workers of every lane (waiting
tasks and free workers of one requirement) in which tasks of this type wait. The commit compares the
task's revision. Example: the type has two lanes: at most 16 workers are loaded.
"""


# --- a task and the workers who hold its seats ---------------------------------------------------


def _holder_reads(pool: str, task_id: str) -> Sequence[Read]:
    lanes_of_holder = set_of(keys.each_worker(pool), ":lanes")
    holder = (*each_worker_reads(pool), lanes_of_holder)
    holders = hash_of(keys.task(pool, task_id), field=keys.SEAT, then=holder)
    return task_reads(pool, task_id), holders


judged: Loading[VerdictReached, TaskAndHolders] = Loading(
    reads=lambda event: _holder_reads(event.pool, event.task_id) if event.by == "people" else (),
    state=to_state.judged,
    aggregates=lambda event: (
        (keys.task(event.pool, event.task_id),) if event.by == "people" else ()
    ),
)
"""How to load what `close_judged` decides on when a VerdictReached event arrives.

If people reached the verdict: the task, its rules, and each worker who holds a seat of it (was
offered it and has not ended it), with their lanes; the commit compares the task's revision. If the
verdict is the model's own answer, nothing is loaded or compared: there was no task.
Example: a task that w-1 and w-2 still hold loads the task and both workers.
"""

due: Loading[Due, TaskAndHolders] = Loading(
    reads=lambda due: _holder_reads(due.event.pool, due.event.task_id),
    state=to_state.due,
    aggregates=lambda due: (keys.task(due.event.pool, due.event.task_id),),
)
"""How to load what `end_overdue` decides on when one of a task's deadlines has passed.

The task, its rules, and each worker who holds a seat of it (was offered it and has not ended it),
with their lanes. The commit compares the task's revision.
Example: w-1 did not accept in time: the task and w-1 are loaded.
"""


# --- a response ----------------------------------------------------------------------------------


def _answered_task_key(response: Response) -> tuple[str]:
    return (keys.task(response.pool, response.claims.task_id),)


seat: Loading[Response, Task] = Loading(
    reads=lambda response: (task_reads(response.pool, response.claims.task_id),),
    state=to_state.answered_task,
    aggregates=_answered_task_key,
)
"""How to load the task and its rules, for `accept_seat` to decide when an offer is accepted.

The task's hash also holds the offer. The commit compares the task's revision.
"""


def _next_reads(response: Response) -> Sequence[Read]:
    pool, claims = response.pool, response.claims
    # The token names the lane its task waited in: the worker's next task is most likely there.
    next_task = lowest(
        keys.waiting(pool, claims.lane), take=1, spare=lanes.NEXT, then=each_task_reads(pool)
    )
    return (
        next_task,
        task_reads(pool, claims.task_id),
        hash_of(keys.late(pool, claims.assignment_id)),
        *worker_and_waiting_reads(pool, claims.worker_id),
    )


seat_and_next: Loading[Response, SeatAndWorker] = Loading(
    reads=_next_reads, state=to_state.seat_and_next, aggregates=_answered_task_key
)
"""How to load the task that a worker answers or declines, and tasks to offer them next.

The offered task, a late answer kept for it, the worker with their lanes (a lane: waiting tasks and
free workers of one requirement), and waiting tasks: of the lane that the offer's token names one
for each response of a batch and NEXT more for the batch; of each lane of the worker SHARED_LOOK.
The commit compares the task's revision.
Example: a batch with 20 answers to offers of one lane loads 24 waiting tasks of that lane.
"""


# --- a lane --------------------------------------------------------------------------------------


def _lane_reads(event: LaneDue) -> Sequence[Read]:
    pool, lane = event.pool, event.lane
    workers, requirement = each_worker_reads(pool), hash_of(keys.lanes(pool))
    if event.fill:
        one_page = page(keys.workers(pool), event.after, take=lanes.FILL_PAGE, then=workers)
        return requirement, one_page
    return (
        requirement,
        lowest(keys.waiting(pool, lane), take=lanes.PAIRS_MAX, then=each_task_reads(pool)),
        lowest(keys.free(pool, lane), take=lanes.PAIRS_MAX, then=workers),
        lowest(keys.fit(pool, lane), take=lanes.FIT_LOOK, then=workers),
        lowest(keys.stuck(pool, lane), take=lanes.PAIRS_MAX),
    )


lane: Loading[LaneDue, Lane] = Loading(
    reads=_lane_reads, state=to_state.lane, aggregates=no_aggregate
)
"""How to load what `look_over_lane` decides on when a lane was announced (LaneDue).

With `fill` in the event: the lane's requirement and the next FILL_PAGE workers of the pool. Else:
the requirement, the first PAIRS_MAX waiting tasks and free workers, FIT_LOOK workers listed as
qualified, and PAIRS_MAX ids of tasks that no registered worker could take. The commit compares no
revision. Example: 3 waiting tasks and 2 free workers are all loaded.
"""
