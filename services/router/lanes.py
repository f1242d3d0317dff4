"""Lanes: an index over the state, which lists waiting tasks and free workers by requirement.

Nothing is trusted from a lane: a decision looks at every task and worker that it finds listed. A
lane may list too much, but never for long too little, because whoever is taken out is taken out on
facts that the commit checks again (`decide/relied_facts.py`). Beside the lanes stands the index of
deadlines: when the first thing of each open task is over.
"""

from collections.abc import Iterable, Mapping

from services.router import keys
from services.router.state import Rules, Task, WaitingTask, Worker
from shared.pattern.clock import to_ms
from shared.state.changes import REVISION, Write, add, increment, put_fields, remove, score, unscore

MARGIN = 3
"""Workers looked at beyond those wanted: some whom a lane lists are not free any more."""
SHARED_LOOK = 8
"""Entries loaded of a lane that the event does not name; all records of a batch share them."""
NEXT = 4
"""Tasks of each lane that are looked at for one worker; a look over the lane finds the others."""
PAIRS_MAX = 100
"""Offers that one look over a lane makes at most; it looks at as many tasks and as many workers."""
FILL_PAGE = 300
"""Workers of a pool that are looked at in one step of filling a lane."""
FIT_LOOK = 10
"""Workers of a lane that are looked at to find one who still meets its requirement."""


def opened(pool: str, rules: Rules) -> Iterable[Write]:
    """Yield the writes that add a lane, under its task type too."""
    lanes = keys.lanes(pool)
    requirement = rules.requirement.model_dump_json(exclude_defaults=True)
    yield put_fields(lanes, {rules.lane: requirement})
    # A profile that is decided on at this moment guards this revision: it then sees the new lane.
    yield increment(lanes, {REVISION: 1})
    yield add(keys.lanes_of_type(pool, rules.task_type), rules.lane)


# --- tasks ---------------------------------------------------------------------------------------


def task_waits(task: Task) -> Iterable[Write]:
    """List the task as waiting, by when it was created: it has a vacant seat."""
    waiting = keys.waiting(task.pool, task.rules.lane)
    yield score(waiting, task.task_id, to_ms(task.created_at))


def task_due(task: Task) -> Iterable[Write]:
    """Note when the first thing of the task is over: one of its leases, or the task."""
    yield score(keys.deadlines(task.pool, task.task_id), task.task_id, to_ms(task.due_at))


def task_left(pool: str, lane: str, task_id: str) -> Iterable[Write]:
    """Take the task out of the waiting ones: it has no vacant seat any more."""
    yield unscore(keys.waiting(pool, lane), task_id)


def task_gone(task: Task) -> Iterable[Write]:
    """Take the task out of its lane: it accepts no more answers."""
    yield unscore(keys.waiting(task.pool, task.rules.lane), task.task_id)
    yield unscore(keys.stuck(task.pool, task.rules.lane), task.task_id)


def task_stuck(pool: str, lane: str, listed: WaitingTask) -> Iterable[Write]:
    """List the task as stuck, by when it began to wait: no registered worker can take it."""
    yield score(keys.stuck(pool, lane), listed.task.task_id, listed.since_ms)


def tasks_freed(pool: str, lane: str, stuck: Mapping[str, int]) -> Iterable[Write]:
    """Move stuck tasks back to the waiting ones, where they were: somebody fits now."""
    for task_id, since_ms in stuck.items():
        yield unscore(keys.stuck(pool, lane), task_id)
        yield score(keys.waiting(pool, lane), task_id, since_ms)


# --- workers -------------------------------------------------------------------------------------


def worker_waits(worker: Worker, lanes: Iterable[str] | None = None) -> Iterable[Write]:
    """List the worker as free in these lanes, or in all lanes of theirs: they can take more."""
    for lane in worker.lanes if lanes is None else lanes:
        yield score(keys.free(worker.pool, lane), worker.worker_id, worker.active_ms)


def worker_left(worker: Worker, lanes: Iterable[str] | None = None) -> Iterable[Write]:
    """Take the worker out of the free ones in these lanes, or in all of theirs."""
    for lane in worker.lanes if lanes is None else lanes:
        yield unscore(keys.free(worker.pool, lane), worker.worker_id)


def worker_fits(worker: Worker, lanes: Iterable[str]) -> Iterable[Write]:
    """List the worker as one who meets the requirements of these lanes, and as free there.

    Whether they are free is found out by whoever meets them: asked now, an assignment that ends at
    this very moment would be missed, and nobody would list the worker.
    Example: a busy worker whose profile gains a skill is listed, met, and taken out again.
    """
    for lane in lanes:
        yield score(keys.fit(worker.pool, lane), worker.worker_id, 0)
        yield add(keys.lanes_of_worker(worker.pool, worker.worker_id), lane)
        yield from worker_waits(worker, (lane,))


def worker_unfit(worker: Worker, lanes: Iterable[str]) -> Iterable[Write]:
    """Take the worker out of these lanes: they do not meet the requirements."""
    for lane in lanes:
        yield unscore(keys.fit(worker.pool, lane), worker.worker_id)
        yield unscore(keys.free(worker.pool, lane), worker.worker_id)
        yield remove(keys.lanes_of_worker(worker.pool, worker.worker_id), lane)
