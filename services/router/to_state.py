"""Builds what each decision reads, and lanes (indexes, one per requirement), from loaded values."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from services.router import keys, lanes
from services.router.lanes import own_lane
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
)
from services.router.state.needs import TaskNeeds, needs_of
from services.router.to_state_parts import listed_task, listed_worker, task, worker
from shared.contracts.events.people import WorkerProfiled
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.timers import LaneDue
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.state.changes import REVISION, page_name
from shared.state.escaping import unescaped
from shared.state.view import View

# --- what each decision reads: one function for each row of the table ----------------------------


def created(event: TaskCreated, view: View) -> TaskAndWorkers:
    """Return the task of the event, free workers for it, and whether its lane's search is complete.

    A lane (index for one requirement) is searched once through all workers of the pool. For a task
    that exists already there are no workers. Example: `answers.min` 2 gives at most 5 workers.
    """
    pool, rules_lane = event.pool, Rules.of(event.policy).lane
    new = task(view, pool, event.task_id)
    if not new.is_new:
        return TaskAndWorkers(new, ())
    candidates = free_workers(view, pool, rules_lane, event.policy.answers.min + lanes.MARGIN)
    is_filled = rules_lane in view.set(keys.filled(pool))
    return TaskAndWorkers(new, candidates, is_filled, own_tasks(view, candidates))


def reviewed(event: ReviewRequested, view: View) -> TaskAndWorkers:
    """Return from `view` (loaded values) a task to ask more workers about, and free workers."""
    asked = task(view, event.pool, event.task_id, content=True)
    take = max(0, event.wanted - asked.wanted) + lanes.MARGIN
    candidates = free_workers(view, event.pool, asked.rules.lane, take)
    return TaskAndWorkers(asked, candidates, own=own_tasks(view, candidates))


def judged(event: VerdictReached, view: View) -> TaskAndHolders:
    """Return from `view` (loaded values) the judged task and each worker who still holds it.

    If the verdict is the model's own answer, an empty task without workers is returned.
    """
    if event.by != "people":
        return TaskAndHolders(Task(event.pool, event.task_id), {})
    return _task_and_holders(view, event.pool, event.task_id)


def due(overdue: Due, view: View) -> TaskAndHolders:
    """Return from `view` (loaded values) the overdue task and each worker who still holds it."""
    return _task_and_holders(view, overdue.event.pool, overdue.event.task_id)


def answered_task(response: Response, view: View) -> Task:
    """Return from `view` (loaded values) the task that the worker's response is about."""
    return task(view, response.pool, response.claims.task_id)


def seat_and_next(response: Response, view: View) -> SeatAndWorker:
    """Return from `view` the task, its worker, their next tasks, and a late answer's digest."""
    pool, claims = response.pool, response.claims
    holder = worker(view, pool, claims.worker_id)
    return SeatAndWorker(
        task=answered_task(response, view),
        worker=holder,
        waiting=next_tasks(view, holder),
        late_digest=view.hash(keys.late(pool, claims.assignment_id)).get("digest"),
    )


def profiled(event: WorkerProfiled, view: View) -> WorkerAndLanes:
    """Return from `view` (loaded values) a worker, and the needs of every lane in their pool."""
    return worker_and_lanes(worker(view, event.pool, event.worker_id), view)


def worker_and_lanes(worker: Worker, view: View) -> WorkerAndLanes:
    """Return a worker with the needs of every lane in their pool, and how often one was added."""
    return WorkerAndLanes(
        worker, all_needs(view, worker.pool), view.revision(keys.lanes(worker.pool))
    )


def lane(event: LaneDue, view: View) -> Lane:
    """Return a lane's tasks and workers; if the event has `fill`, a page of the pool's workers."""
    pool, name = event.pool, event.lane
    packed = view.hash(keys.lanes(pool)).get(name)
    bare = Lane(pool, name, needs_of(packed or "{}"), exists=packed is not None)
    if event.fill:
        ids = sorted(view.set(page_name(keys.workers(pool), event.after)))
        end = ids[-1] if len(ids) == lanes.FILL_PAGE else ""
        workers = loaded_workers(view, pool, map(unescaped, ids))
        return replace(bare, page=tuple(workers), page_end=end)
    fit = map(unescaped, view.ranking(keys.fit(pool, name), lanes.FIT_LOOK))
    return replace(
        bare,
        waiting=tuple(waiting_tasks(view, pool, (name,), lanes.PAIRS_MAX)),
        stuck={unescaped(m): at for m, at in view.ranking(keys.stuck(pool, name)).items()},
        free=free_workers(view, pool, name, lanes.PAIRS_MAX),
        fitting=tuple(loaded_workers(view, pool, fit)),
    )


def _task_and_holders(view: View, pool: str, task_id: str) -> TaskAndHolders:
    held = task(view, pool, task_id)
    holders = {holder.worker_id: holder for holder in loaded_workers(view, pool, held.seats)}
    return TaskAndHolders(held, holders)


def own_tasks(view: View, workers: Iterable[Worker]) -> dict[str, WaitingTask]:
    """Return the first waiting task of each worker's own lane, by worker; none for most.

    Such a task is for certain people only. It takes the place of another that they are offered.
    """
    own: dict[str, WaitingTask] = {}
    for one in workers:
        lane = own_lane(one.worker_id)
        if view.is_loaded(keys.waiting(one.pool, lane)):
            for listed in waiting_tasks(view, one.pool, (lane,), 1):
                own[one.worker_id] = listed
    return own


def next_tasks(view: View, worker: Worker) -> Iterable[WaitingTask]:
    """Yield the first waiting tasks of each lane that lists the worker, oldest first.

    Those of their own lane come before all others: nobody else can take them.
    """
    return waiting_tasks(view, worker.pool, worker.lanes, lanes.NEXT)


# --- what a lane lists ---------------------------------------------------------------------------


def all_needs(view: View, pool: str) -> dict[str, TaskNeeds]:
    """Return the needs (requirement and kind) of every lane of the pool, by lane."""
    packed = view.hash(keys.lanes(pool))
    return {lane: needs_of(value) for lane, value in packed.items() if lane != REVISION}


def free_workers(view: View, pool: str, lane: str, take: int) -> tuple[Worker, ...]:
    """Return the loaded ones of the first `take` workers whom a lane lists as free."""
    return tuple(loaded_workers(view, pool, _listed(view, keys.free(pool, lane), take)))


def loaded_workers(view: View, pool: str, ids: Iterable[str]) -> Iterator[Worker]:
    """Yield the workers with these ids; skip each whose hashes were not loaded."""
    for worker_id in ids:
        if view.is_loaded(keys.worker(pool, worker_id), keys.places(pool, worker_id)):
            yield listed_worker(view, pool, worker_id)


def waiting_tasks(view: View, pool: str, lanes: Iterable[str], take: int) -> Iterator[WaitingTask]:
    """Yield, oldest first, the first `take` waiting tasks of each of these lanes.

    Skips a task that was not loaded. Each task is parsed only when the caller reaches it.
    Example: a worker with one free place takes the first task, and no other is parsed.
    """
    listed = {
        (since_ms, task_id): lane
        for lane in lanes
        for task_id, since_ms in _listed(view, keys.waiting(pool, lane), take).items()
    }
    for since_ms, task_id in sorted(listed, key=lambda one: (listed[one][0] != keys.OWN, one)):
        if view.is_loaded(keys.task(pool, task_id), keys.content(pool, task_id)):
            waiting = listed_task(view, pool, task_id)
            yield WaitingTask(listed[since_ms, task_id], since_ms, waiting)


def _listed(view: View, key: str, take: int) -> dict[str, int]:
    """Return the `take` lowest members of a sorted set with scores; none if it was not loaded.

    It is not loaded if an earlier record of the same batch has only just created it.
    Example: the first task of a new lane and a worker for it are in one batch.
    """
    listed = view.ranking(key, take) if view.is_loaded(key) else {}
    return {unescaped(member): score for member, score in listed.items()}
