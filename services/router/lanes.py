"""Writes to the router's lanes: Redis indexes that find a worker for a task, and the reverse.

A lane belongs to one requirement (skills and languages) and kind of question in one pool. It has
sorted sets of waiting tasks, of stuck tasks (nobody registered qualifies), of free workers and of
qualified workers. An entry may be outdated, so each decision checks the task and the worker it
finds. Each function returns writes for the commit and changes nothing itself; the index of
deadlines is kept here too.
Example: `task_waits(task)` returns one ZADD to the `waiting` set of the task's lane.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from services.router import keys
from services.router.state import Rules, Task, WaitingTask, Worker
from services.router.state.needs import SHOWN_UNLESS_LISTED
from shared.pattern.clock import to_ms
from shared.state.changes import REVISION, Write, add, increment, put_fields, remove, score, unscore
from shared.state.escaping import escaped

MARGIN = 3
"""Workers loaded beyond those a task wants: some whom the index lists are not free any more."""
SHARED_LOOK = 8
"""Tasks or workers loaded from each lane (index for one requirement) that the event does not name.
They are loaded once for a whole batch of records.
"""
NEXT = 4
"""Tasks of each lane (index for one requirement) that are tried for one worker.
The others are found by the periodic search of each lane (`sweep.py`).
"""
PAIRS_MAX = 100
"""Offers that one decision on a lane makes at most, out of as many tasks and as many workers."""
FILL_PAGE = 300
"""Workers of a pool that one event checks when a new lane is searched for its workers."""
FIT_LOOK = 10
"""Workers listed as qualified that are checked to find one who still is."""


def opened(pool: str, rules: Rules) -> Iterable[Write]:
    """Yield the writes that add a lane (the index for one requirement) to the pool's hash of lanes.

    The lane also enters the set of its task type. The hash's revision number rises, so that a
    worker's profile which is decided on at the same moment is decided on again, with this lane.
    Example: the first task that asks for `lang:id` adds a lane.
    """
    lanes = keys.lanes(pool)
    yield put_fields(lanes, {rules.lane: rules.needs.packed})
    # A profile that is decided on at this moment guards this revision: it then sees the new lane.
    yield increment(lanes, {REVISION: 1})
    yield add(keys.lanes_of_type(pool, rules.task_type), rules.lane)


# --- tasks ---------------------------------------------------------------------------------------


def task_waits(task: Task) -> Iterable[Write]:
    """Yield the writes that list a task as waiting in its lane, scored by its creation time.

    Call it for a task that still needs a worker. One for certain people only waits in the lane of
    each of them: in the common one it would stand before others' eyes until they come.
    """
    for worker_id in task.only:
        own = own_lane(worker_id)
        yield add(keys.lanes_of_worker(task.pool, worker_id), own)
    for lane in lanes_of(task):
        waiting = keys.waiting(task.pool, lane)
        yield score(waiting, escaped(task.task_id), to_ms(task.created_at))


def own_lane(worker_id: str) -> str:
    """Return the name of the lane of a worker's own: of tasks that are for certain people only.

    It is among the lanes of that worker once such a task waited, and in no other list of lanes.
    """
    return keys.OWN + escaped(worker_id)


RIPE = 0
"""Score of a task in a worker's own lane once they were offered another while it waited there."""


def ripens(listed: WaitingTask) -> Iterable[Write]:
    """Yield the write that lets a task in a worker's own lane take the place of their next offer.

    Not of the first one: who waits for the next of several moments meets the end of a long pause
    more often than that of a short one, so offers that come after long pauses would be suspect.
    """
    task = listed.task
    yield score(keys.waiting(task.pool, listed.lane), escaped(task.task_id), RIPE)


def lanes_of(task: Task) -> tuple[str, ...]:
    """Return the lanes in which a task waits: one, or those of the people whom it is for."""
    return tuple(map(own_lane, task.only)) or (task.rules.lane,)


def task_due(task: Task) -> Iterable[Write]:
    """Yield the write that enters the earliest deadline of a task in the index of deadlines."""
    deadlines = keys.deadlines(task.pool, task.task_id)
    yield score(deadlines, escaped(task.task_id), to_ms(task.due_at))


def task_left(pool: str, lane: str, task_id: str) -> Iterable[Write]:
    """Yield the write that removes a task from the waiting ones of its lane (index).

    Call it for a task that needs no more workers.
    """
    yield unscore(keys.waiting(pool, lane), escaped(task_id))


def task_gone(task: Task) -> Iterable[Write]:
    """Yield the writes that remove a closed task from its lane: from waiting and stuck tasks.

    Stuck tasks are those that no registered worker could take.
    """
    for lane in lanes_of(task):
        yield unscore(keys.waiting(task.pool, lane), escaped(task.task_id))
    yield unscore(keys.stuck(task.pool, task.rules.lane), escaped(task.task_id))


def task_stuck(pool: str, lane: str, listed: WaitingTask) -> Iterable[Write]:
    """Yield the write that lists a task as stuck: no registered worker meets the requirement.

    Its score is the time since which the task waits (`listed.since_ms`).
    """
    yield score(keys.stuck(pool, lane), escaped(listed.task.task_id), listed.since_ms)


def tasks_freed(pool: str, lane: str, stuck: Mapping[str, int]) -> Iterable[Write]:
    """Yield the writes that move stuck tasks back to the waiting ones, once somebody qualifies.

    `stuck` maps each task id to the ms since which it waits, which remains its score.
    """
    for task_id, since_ms in stuck.items():
        yield unscore(keys.stuck(pool, lane), escaped(task_id))
        yield score(keys.waiting(pool, lane), escaped(task_id), since_ms)


# --- workers -------------------------------------------------------------------------------------


def worker_waits(worker: Worker, lanes: Iterable[str] | None = None) -> Iterable[Write]:
    """Yield the writes that list a worker as free in `lanes`; None means all of the worker's.

    A lane is the index of waiting tasks and free workers for one requirement. In their own lane
    nobody looks for them.
    """
    for lane in worker.lanes if lanes is None else lanes:
        if lane[0] != keys.OWN:
            yield score(keys.free(worker.pool, lane), escaped(worker.worker_id), worker.active_ms)


def worker_left(worker: Worker, lanes: Iterable[str] | None = None) -> Iterable[Write]:
    """Yield the writes that remove a worker from the free ones of `lanes`; None means all.

    A lane is the index of waiting tasks and free workers for one requirement.
    """
    for lane in worker.lanes if lanes is None else lanes:
        yield unscore(keys.free(worker.pool, lane), escaped(worker.worker_id))


def worker_fits(worker: Worker, lanes: Iterable[str]) -> Iterable[Write]:
    """Yield the writes that list a worker in these lanes as qualified, and also as free.

    They are listed as free even if they are busy. Whichever decision meets them first checks that
    and removes them; checked here, an assignment that ends at this moment would be missed.
    Example: a busy worker whose profile gains a skill is listed, met, and removed again.
    """
    for lane in lanes:
        yield score(keys.fit(worker.pool, lane), escaped(worker.worker_id), 0)
        yield add(keys.lanes_of_worker(worker.pool, worker.worker_id), lane)
        yield from worker_waits(worker, (lane,))


def worker_listed(worker: Worker, lanes: AbstractSet[str]) -> Iterable[Write]:
    """Yield the writes that list a worker in these lanes and in no others.

    The kinds of questions that their app shows are noted beside, unless that is `choice` alone: so
    whoever reads their next presence knows whether the lanes have to be looked through again.
    Example: an app that shows `rating` too: the worker enters the lanes of ratings.
    """
    yield from worker_fits(worker, sorted(lanes))
    gone = (lane for lane in worker.lanes if lane not in lanes and lane[0] != keys.OWN)
    yield from worker_unfit(worker, sorted(gone))
    if worker.shows != worker.listed_for:
        own = keys.lanes_of_worker(worker.pool, worker.worker_id)
        yield from (remove(own, name) for name in _noted(worker.listed_for))
        yield from (add(own, name) for name in _noted(worker.shows))


def worker_gone(worker: Worker) -> Iterable[Write]:
    """Yield the writes that remove a worker from every lane, and what was noted beside them."""
    yield from worker_unfit(worker, worker.lanes)
    own = keys.lanes_of_worker(worker.pool, worker.worker_id)
    yield from (remove(own, name) for name in _noted(worker.listed_for))


def _noted(kinds: AbstractSet[str]) -> tuple[str, ...]:
    """Return the member of a worker's set of lanes that names these kinds; none for the usual."""
    return () if kinds == SHOWN_UNLESS_LISTED else (keys.LISTED_FOR + ",".join(sorted(kinds)),)


def worker_unfit(worker: Worker, lanes: Iterable[str]) -> Iterable[Write]:
    """Yield the writes that remove a worker from these lanes: they do not meet the requirements."""
    for lane in lanes:
        yield unscore(keys.fit(worker.pool, lane), escaped(worker.worker_id))
        yield unscore(keys.free(worker.pool, lane), escaped(worker.worker_id))
        yield remove(keys.lanes_of_worker(worker.pool, worker.worker_id), lane)
