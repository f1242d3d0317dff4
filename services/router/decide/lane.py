"""What a look over one lane brings about: workers listed, tasks announced, both paired."""

from collections.abc import Sequence
from datetime import datetime

from services.router import keys, lanes, rank
from services.router.decide.plan import Plan
from services.router.state import Lane, Task, WaitingTask, Worker
from shared.contracts.events.assignments import TaskUnroutable
from shared.contracts.events.parts import Requirement
from shared.contracts.events.timers import LaneDue
from shared.pattern.clock import to_ms
from shared.pattern.service import Decision
from shared.state.changes import add, score


def look_over_lane(due: LaneDue, lane: Lane, now: datetime) -> Decision:
    """Fill a new lane; say that nobody fits; or pair who waits on both sides."""
    if not lane.known:
        return Decision.done()
    plan = Plan(now)
    if due.fill:
        _fill(plan, due, lane)
        return plan.decision()
    fitting = _fitting(plan, lane)
    if not fitting and len(lane.fitting) < lanes.FIT_LOOK:
        _announce(plan, lane)
        return plan.decision()
    plan.note(lanes.tasks_freed(lane.pool, lane.lane, lane.stuck))
    _pair(plan, lane)
    return plan.decision()


def _fill(plan: Plan, due: LaneDue, lane: Lane) -> None:
    """List who of this page fits; say who comes next, or that all were looked at."""
    for worker in lane.page:
        if worker.meets(lane.requirement):
            plan.note(lanes.worker_fits(worker, (lane.lane,)))
    if lane.page_end:
        plan.say(due.model_copy(update={"after": lane.page_end}))
    else:
        plan.note([add(keys.filled(lane.pool), lane.lane)])


def _fitting(plan: Plan, lane: Lane) -> list[Worker]:
    for worker in lane.fitting:
        if not worker.meets(lane.requirement):
            plan.relies.add_worker(worker)
            plan.note(lanes.worker_unfit(worker, (lane.lane,)))
    return [worker for worker in lane.fitting if worker.meets(lane.requirement)]


def _announce(plan: Plan, lane: Lane) -> None:
    """Each waiting task is said once to be unroutable, and waits aside until somebody fits."""
    for found in lane.waiting:
        plan.take_out_task(lane.lane, found.task)
        if not found.task.vacancies:
            continue
        plan.note(lanes.task_stuck(lane.pool, lane.lane, found))
        if not found.task.unroutable:
            plan.say(_unroutable(found.task, lane.requirement, plan.now))


def _unroutable(task: Task, requirement: Requirement, now: datetime) -> TaskUnroutable:
    return TaskUnroutable(
        pool=task.pool,
        at=now,
        task_id=task.task_id,
        task_type=task.rules.task_type,
        requirement_lane=requirement.lane(),
    )


def _pair(plan: Plan, lane: Lane) -> None:
    """Oldest task first, longest idle worker first; who cannot be paired makes room for others."""
    free = _free(plan, lane)
    left = lanes.PAIRS_MAX
    unpaired: list[WaitingTask] = []
    for found in lane.waiting:
        if not plan.vacancies(found.task):
            plan.take_out_task(lane.lane, found.task)
            continue
        made = _seat_all(plan, found.task, free, lane.lane, left=left)
        left -= made
        if not made:
            unpaired.append(found)
    if free and left:
        _rotate(plan, lane, unpaired, sorted(free))


def _free(plan: Plan, lane: Lane) -> dict[str, Worker]:
    free: dict[str, Worker] = {}
    for worker in lane.free:
        if worker.next_place is None or not worker.meets(lane.requirement):
            plan.take_out_worker(worker, lane.lane)
        else:
            free[worker.worker_id] = worker
    return free


def _seat_all(plan: Plan, task: Task, free: dict[str, Worker], lane: str, *, left: int) -> int:
    """Offer the task's vacant seats; returns how many."""
    found = rank.longest_idle(task, free.values())
    chosen = found[: min(plan.vacancies(task), left)]
    for worker in chosen:
        task, after = plan.offer(task, worker, rank.why_longest_idle(task, len(found)))
        free[worker.worker_id] = after
        plan.list_worker(after, lane)
        if after.next_place is None:
            del free[worker.worker_id]
    if chosen:
        plan.list_task(task)
    return len(chosen)


def _rotate(plan: Plan, lane: Lane, tasks: Sequence[WaitingTask], workers: Sequence[str]) -> None:
    """Where more wait than were looked at, those who found no partner go to the end."""
    at = to_ms(plan.now)
    if len(lane.waiting) >= lanes.PAIRS_MAX:
        waiting = keys.waiting(lane.pool, lane.lane)
        plan.note(score(waiting, found.task.task_id, at) for found in tasks)
    if len(lane.free) >= lanes.PAIRS_MAX:
        plan.note(score(keys.free(lane.pool, lane.lane), worker, at) for worker in workers)
