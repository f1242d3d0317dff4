"""Lanes, an index over the state: which tasks wait and which workers are free, by requirement;
and beside them when which task is due.

Nothing is trusted from a lane: who is met in it is looked at. It may list too much, never for long
too little: whoever is taken out is taken out on facts that the commit checks again (`Plan`).
"""

from collections.abc import Iterable, Mapping

from services.router import keys
from services.router.state import Rules, Task, WaitingTask, Worker
from shared.pattern.clock import to_ms
from shared.state.changes import REVISION, Write, add, increment, put_fields, remove, score, unscore

PAIRS_MAX = 100
"""Offers one look at a lane makes at most; it looks at as many tasks and as many workers."""
FILL_PAGE = 300
"""Workers of a pool that are looked at at a time to fill a lane."""
FIT_LOOK = 10
"""Workers of a lane that are looked at to say that somebody fits."""


def opened(pool: str, rules: Rules) -> Iterable[Write]:
    """The lane exists, is one of its task type's, and is to be filled."""
    lanes = keys.lanes(pool)
    requirement = rules.requirement.model_dump_json(exclude_defaults=True)
    yield put_fields(lanes, {rules.lane: requirement})
    yield increment(lanes, {REVISION: 1})
    yield add(keys.lanes_of_type(pool, rules.task_type), rules.lane)


def task_waits(task: Task) -> Iterable[Write]:
    """The task has a vacant seat."""
    waiting = keys.waiting(task.pool, task.rules.lane)
    yield score(waiting, task.task_id, to_ms(task.created_at))


def task_due(task: Task) -> Iterable[Write]:
    """The first thing of the task that will be over."""
    yield score(keys.deadlines(task.pool, task.task_id), task.task_id, to_ms(task.due_at))


def task_left(pool: str, lane: str, task_id: str) -> Iterable[Write]:
    """The task has no vacant seat any more."""
    yield unscore(keys.waiting(pool, lane), task_id)


def task_gone(task: Task) -> Iterable[Write]:
    """The task takes no more answers."""
    yield unscore(keys.waiting(task.pool, task.rules.lane), task.task_id)
    yield unscore(keys.stuck(task.pool, task.rules.lane), task.task_id)


def task_stuck(pool: str, lane: str, found: WaitingTask) -> Iterable[Write]:
    """Nobody registered can take the task: it waits aside."""
    yield score(keys.stuck(pool, lane), found.task.task_id, found.since_ms)


def tasks_freed(pool: str, lane: str, stuck: Mapping[str, int]) -> Iterable[Write]:
    """Somebody fits now: what waited aside waits again, since when it did."""
    for task_id, since_ms in stuck.items():
        yield unscore(keys.stuck(pool, lane), task_id)
        yield score(keys.waiting(pool, lane), task_id, since_ms)


def worker_waits(worker: Worker, lanes: Iterable[str] | None = None) -> Iterable[Write]:
    """The worker can take more, in all their lanes or in these."""
    for lane in worker.lanes if lanes is None else lanes:
        yield score(keys.free(worker.pool, lane), worker.worker_id, worker.active_ms)


def worker_left(worker: Worker, lanes: Iterable[str] | None = None) -> Iterable[Write]:
    """The worker can take no more, in all their lanes or in these."""
    for lane in worker.lanes if lanes is None else lanes:
        yield unscore(keys.free(worker.pool, lane), worker.worker_id)


def worker_fits(worker: Worker, lanes: Iterable[str]) -> Iterable[Write]:
    """The worker meets the requirements of these lanes.

    They are listed as free too: whether they are is seen when they are met, so that no offer that
    ends at this very moment is missed.
    """
    for lane in lanes:
        yield score(keys.fit(worker.pool, lane), worker.worker_id, 0)
        yield add(keys.lanes_of_worker(worker.pool, worker.worker_id), lane)
        yield from worker_waits(worker, (lane,))


def worker_unfit(worker: Worker, lanes: Iterable[str]) -> Iterable[Write]:
    """The worker does not meet the requirements of these lanes."""
    for lane in lanes:
        yield unscore(keys.fit(worker.pool, lane), worker.worker_id)
        yield unscore(keys.free(worker.pool, lane), worker.worker_id)
        yield remove(keys.lanes_of_worker(worker.pool, worker.worker_id), lane)
