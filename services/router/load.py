"""Loads of router: the keys each event needs, and the aggregate that guards the decision.

A load is one call: it starts from keys the event names and follows references, from a lane to the
tasks and workers it lists, from a task to the workers who hold its seats.
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
    WorkerAndLanes,
    WorkerAndTasks,
)
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.timers import LaneDue
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.pattern.service import Loading
from shared.state.changes import Read, hash_of, lowest, page, set_of


def _task_key(event: TaskCreated | ReviewRequested) -> tuple[str]:
    return (keys.task(event.pool, event.task_id),)


def _no_aggregate(_: object) -> tuple[()]:
    """Name no aggregate: the decision guards each fact it relies on by itself."""
    return ()


# --- the keys of one task or one worker ----------------------------------------------------------


def task_reads(pool: str, task_id: str) -> Read:
    """Return the read of one task and of the rules it names."""
    return hash_of(keys.task(pool, task_id), field="rules", then=_rules_reads(pool))


@lru_cache(maxsize=1024)
def each_task_reads(pool: str) -> tuple[Read, Read]:
    """Return the reads of every task that a lane lists: the task, its rules and its content."""
    prefix = keys.each_task(pool)
    return hash_of(prefix, field="rules", then=_rules_reads(pool)), hash_of(prefix, ":content")


@lru_cache(maxsize=1024)
def _rules_reads(pool: str) -> tuple[Read]:
    return (hash_of(keys.each_rules(pool)),)


def worker_reads(pool: str, worker_id: str) -> tuple[Read, Read]:
    """Return the reads of one worker and their places."""
    return hash_of(keys.worker(pool, worker_id)), hash_of(keys.places(pool, worker_id))


@lru_cache(maxsize=1024)
def each_worker_reads(pool: str) -> tuple[Read, Read]:
    """Return the reads of every worker that a lane or a task lists, with their places."""
    prefix = keys.each_worker(pool)
    return hash_of(prefix), hash_of(prefix, ":places")


def _worker_and_waiting_reads(pool: str, worker_id: str) -> tuple[Read, ...]:
    """Return the reads of a worker, of their lanes, and of the first tasks those lanes list."""
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
"""A new task, and the first of the workers its lane lists as free."""


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
"""A known task, and the first free workers of the lanes that tasks of its type wait in."""


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
"""A task that people judged, and its holders; nothing where the model's own answer stood."""

due: Loading[Due, TaskAndHolders] = Loading(
    reads=lambda due: _holder_reads(due.event.pool, due.event.task_id),
    state=to_state.due,
    aggregates=lambda due: (keys.task(due.event.pool, due.event.task_id),),
)
"""A task one of whose deadlines has passed, and its holders."""


# --- a response ----------------------------------------------------------------------------------


def _answered_task_key(response: Response) -> tuple[str]:
    return (keys.task(response.pool, response.claims.task_id),)


seat: Loading[Response, Task] = Loading(
    reads=lambda response: (task_reads(response.pool, response.claims.task_id),),
    state=to_state.answered_task,
    aggregates=_answered_task_key,
)
"""The task of a response alone."""


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
        *_worker_and_waiting_reads(pool, claims.worker_id),
    )


seat_and_next: Loading[Response, SeatAndWorker] = Loading(
    reads=_next_reads, state=to_state.seat_and_next, aggregates=_answered_task_key
)
"""The task of a response, its worker, and the tasks that wait for them.

Of the lane that the token names one task is loaded for each response of a batch, and a few besides;
of the worker's other lanes the first few.
"""


# --- a worker ------------------------------------------------------------------------------------


present: Loading[PresenceChanged, WorkerAndTasks] = Loading(
    reads=lambda event: _worker_and_waiting_reads(event.pool, event.worker_id),
    state=to_state.present,
    aggregates=_no_aggregate,
)
"""A worker and the tasks that wait for them."""

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
"""A worker and every lane of their pool."""


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
    reads=_lane_reads, state=to_state.lane, aggregates=_no_aggregate
)
"""A lane with both its sides, or one page of the pool's workers where it is to be filled."""
