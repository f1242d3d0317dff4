"""What the router loads for each event; `to_state.py` makes states of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

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
    WaitingTask,
    Worker,
    WorkerAndLanes,
    WorkerAndTasks,
)
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.timers import LaneDue
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.pattern.service import Loading
from shared.state.changes import Read, hash_of, lowest, page, page_name, set_of
from shared.state.view import View

MARGIN = 3
"""Candidates looked at beyond those wanted: some that a lane lists are not free any more."""
LOOK = 8
"""Candidates loaded of a lane the event does not name; all of a batch share them."""
NEXT = 4
"""Tasks of each lane that are looked at for one worker; the rest is left to the lane's look."""


def _and_what_waits(pool: str, worker_id: str) -> tuple[Read, ...]:
    waiting = lowest(
        keys.each_lane(pool), ":waiting", take=LOOK, then=to_state.each_task_reads(pool)
    )
    mine = set_of(keys.lanes_of_worker(pool, worker_id), then=(waiting,))
    return (*to_state.worker_reads(pool, worker_id), mine)


# --- a task and who could take it ----------------------------------------------------------------


def _created_reads(created: TaskCreated) -> Sequence[Read]:
    pool, rules = created.pool, Rules.of(created.policy)
    free = keys.free(pool, rules.lane)
    return (
        to_state.task_reads(pool, created.task_id),
        hash_of(keys.rules(pool, rules.digest)),
        set_of(keys.filled(pool)),
        lowest(free, take=rules.answers_min, spare=MARGIN, then=to_state.each_worker_reads(pool)),
    )


def _created_state(created: TaskCreated, view: View) -> TaskAndWorkers:
    pool, lane = created.pool, Rules.of(created.policy).lane
    task = to_state.task(view, pool, created.task_id)
    if task.known:
        return TaskAndWorkers(task, ())
    take = created.policy.answers.min + MARGIN
    free = to_state.free_workers(view, pool, lane, take)
    return TaskAndWorkers(task, free, lane in view.set(keys.filled(pool)))


created: Loading[TaskCreated, TaskAndWorkers] = Loading(
    reads=_created_reads,
    state=_created_state,
    aggregates=lambda event: (keys.task(event.pool, event.task_id),),
)
"""A new task and the first of its lane's free workers."""


def _reviewed_reads(review: ReviewRequested) -> Sequence[Read]:
    pool = review.pool
    free = lowest(keys.each_lane(pool), ":free", take=LOOK, then=to_state.each_worker_reads(pool))
    return (
        to_state.task_reads(pool, review.task_id),
        hash_of(keys.content(pool, review.task_id)),
        set_of(keys.lanes_of_type(pool, review.task_type), then=(free,)),
    )


def _reviewed_state(review: ReviewRequested, view: View) -> TaskAndWorkers:
    task = to_state.task(view, review.pool, review.task_id, content=True)
    take = max(0, review.wanted - task.wanted) + MARGIN
    return TaskAndWorkers(task, to_state.free_workers(view, review.pool, task.rules.lane, take))


reviewed: Loading[ReviewRequested, TaskAndWorkers] = Loading(
    reads=_reviewed_reads,
    state=_reviewed_state,
    aggregates=lambda event: (keys.task(event.pool, event.task_id),),
)
"""A known task and the first free workers of the lanes its type has."""


# --- a task and who holds its seats --------------------------------------------------------------


def _held_reads(pool: str, task_id: str) -> Sequence[Read]:
    mine = set_of(keys.each_worker(pool), ":lanes")
    people = (*to_state.each_worker_reads(pool), mine)
    holders = hash_of(keys.task(pool, task_id), field=keys.SEAT, then=people)
    return to_state.task_reads(pool, task_id), holders


def _held_state(pool: str, task_id: str, view: View) -> TaskAndHolders:
    task = to_state.task(view, pool, task_id)
    ids = set(task.seats)
    holders = {found.worker_id: found for found in to_state.loaded_workers(view, pool, ids)}
    return TaskAndHolders(task, holders)


judged: Loading[VerdictReached, TaskAndHolders] = Loading(
    reads=lambda event: _held_reads(event.pool, event.task_id) if event.by == "people" else (),
    state=lambda event, view: (
        _held_state(event.pool, event.task_id, view)
        if event.by == "people"
        else TaskAndHolders(Task(event.pool, event.task_id), {})
    ),
    aggregates=lambda event: (
        (keys.task(event.pool, event.task_id),) if event.by == "people" else ()
    ),
)
"""A task people judged; nothing where the model's word stood."""

due: Loading[Due, TaskAndHolders] = Loading(
    reads=lambda due: _held_reads(due.event.pool, due.event.task_id),
    state=lambda due, view: _held_state(due.event.pool, due.event.task_id, view),
    aggregates=lambda due: (keys.task(due.event.pool, due.event.task_id),),
)
"""A task whose deadline has passed, or one of its seats'."""


# --- a response ----------------------------------------------------------------------------------


def _task_of(response: Response) -> tuple[str]:
    return (keys.task(response.pool, response.claims.task_id),)


seat: Loading[Response, Task] = Loading(
    reads=lambda response: (to_state.task_reads(response.pool, response.claims.task_id),),
    state=lambda response, view: to_state.task(view, response.pool, response.claims.task_id),
    aggregates=_task_of,
)
"""The task of a response alone."""


def _next_reads(response: Response) -> Sequence[Read]:
    pool, claims = response.pool, response.claims
    next_one = lowest(
        keys.waiting(pool, claims.lane), take=1, spare=NEXT, then=to_state.each_task_reads(pool)
    )
    return (
        next_one,
        to_state.task_reads(pool, claims.task_id),
        hash_of(keys.late(pool, claims.assignment_id)),
        *_and_what_waits(pool, claims.worker_id),
    )


def _next_state(response: Response, view: View) -> SeatAndWorker:
    pool, claims = response.pool, response.claims
    worker = to_state.worker(view, pool, claims.worker_id)
    return SeatAndWorker(
        task=to_state.task(view, pool, claims.task_id),
        worker=worker,
        waiting=_next_tasks(view, worker),
        late_digest=view.hash(keys.late(pool, claims.assignment_id)).get("digest"),
    )


def _next_tasks(view: View, worker: Worker) -> Iterable[WaitingTask]:
    return to_state.waiting_tasks(view, worker.pool, worker.lanes, NEXT)


seat_and_next: Loading[Response, SeatAndWorker] = Loading(
    reads=_next_reads, state=_next_state, aggregates=_task_of
)
"""The task of a response, its worker, and what waits for them: in the token's lane one for each
response of a batch and a few besides, in their others the first few."""


# --- a worker ------------------------------------------------------------------------------------


def _present_state(event: PresenceChanged, view: View) -> WorkerAndTasks:
    worker = to_state.worker(view, event.pool, event.worker_id)
    return WorkerAndTasks(worker, _next_tasks(view, worker) if worker.available else ())


present: Loading[PresenceChanged, WorkerAndTasks] = Loading(
    reads=lambda event: _and_what_waits(event.pool, event.worker_id),
    state=_present_state,
    aggregates=lambda _: (),
)
"""A worker and what waits for them."""


def _profiled_state(event: WorkerProfiled, view: View) -> WorkerAndLanes:
    worker = to_state.worker(view, event.pool, event.worker_id)
    return WorkerAndLanes(worker, to_state.requirements(view, event.pool))


profiled: Loading[WorkerProfiled, WorkerAndLanes] = Loading(
    reads=lambda event: (
        hash_of(keys.lanes(event.pool)),
        set_of(keys.lanes_of_worker(event.pool, event.worker_id)),
        *to_state.worker_reads(event.pool, event.worker_id),
    ),
    state=_profiled_state,
    aggregates=lambda event: (keys.lanes(event.pool),),
)
"""A worker and every lane; a lane that is added meanwhile must know them."""


# --- a lane --------------------------------------------------------------------------------------


def _lane_reads(event: LaneDue) -> Sequence[Read]:
    pool, lane = event.pool, event.lane
    look = hash_of(keys.lanes(pool))
    if event.fill:
        people = to_state.each_worker_reads(pool)
        return look, page(keys.workers(pool), event.after, take=lanes.FILL_PAGE, then=people)
    return (
        look,
        lowest(keys.waiting(pool, lane), take=lanes.PAIRS_MAX, then=to_state.each_task_reads(pool)),
        lowest(keys.free(pool, lane), take=lanes.PAIRS_MAX, then=to_state.each_worker_reads(pool)),
        lowest(keys.fit(pool, lane), take=lanes.FIT_LOOK, then=to_state.each_worker_reads(pool)),
        lowest(keys.stuck(pool, lane), take=lanes.PAIRS_MAX),
    )


def _lane_state(event: LaneDue, view: View) -> Lane:
    pool, lane = event.pool, event.lane
    packed = view.hash(keys.lanes(pool)).get(lane)
    found = Lane(pool, lane, to_state.requirement(packed or "{}"), known=packed is not None)
    if event.fill:
        ids = sorted(view.set(page_name(keys.workers(pool), event.after)))
        end = ids[-1] if len(ids) == lanes.FILL_PAGE else ""
        people = tuple(to_state.loaded_workers(view, pool, ids))
        return replace(found, page=people, page_end=end)
    fit = view.ranking(keys.fit(pool, lane), lanes.FIT_LOOK)
    return replace(
        found,
        waiting=tuple(to_state.waiting_tasks(view, pool, (lane,), lanes.PAIRS_MAX)),
        stuck=view.ranking(keys.stuck(pool, lane)),
        free=to_state.free_workers(view, pool, lane, lanes.PAIRS_MAX),
        fitting=tuple(to_state.loaded_workers(view, pool, fit)),
    )


lane: Loading[LaneDue, Lane] = Loading(
    reads=_lane_reads, state=_lane_state, aggregates=lambda _: ()
)
"""A lane: both its sides, or a part of the pool where it is to be filled."""
