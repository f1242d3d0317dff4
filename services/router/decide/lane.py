"""Decisions on one lane: who is listed in it, which tasks nobody can take, who is paired."""

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
    """Fill a new lane; announce that nobody fits; or pair waiting tasks with free workers."""
    if not lane.exists:
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
    """List the workers on this page who fit; announce the next page, or mark the lane as filled."""
    for worker in lane.page:
        if worker.meets(lane.requirement):
            plan.note(lanes.worker_fits(worker, (lane.lane,)))
    if lane.page_end:
        plan.say(due.model_copy(update={"after": lane.page_end}))
    else:
        plan.note([add(keys.filled(lane.pool), lane.lane)])


def _fitting(plan: Plan, lane: Lane) -> list[Worker]:
    """Return the workers who meet the requirement; take the others out of the lane."""
    for worker in lane.fitting:
        if not worker.meets(lane.requirement):
            plan.relies.add_worker(worker)
            plan.note(lanes.worker_unfit(worker, (lane.lane,)))
    return [worker for worker in lane.fitting if worker.meets(lane.requirement)]


def _announce(plan: Plan, lane: Lane) -> None:
    """Announce each waiting task once as unroutable, and list it as stuck until somebody fits."""
    for listed in lane.waiting:
        plan.take_out_task(lane.lane, listed.task)
        if not listed.task.vacancies:
            continue
        plan.note(lanes.task_stuck(lane.pool, lane.lane, listed))
        if not listed.task.unroutable:
            plan.say(_unroutable(listed.task, lane.requirement, plan.now))


def _unroutable(task: Task, requirement: Requirement, now: datetime) -> TaskUnroutable:
    return TaskUnroutable(
        pool=task.pool,
        at=now,
        task_id=task.task_id,
        task_type=task.rules.task_type,
        requirement_lane=requirement.lane(),
    )


def _pair(plan: Plan, lane: Lane) -> None:
    """Pair the oldest task with the longest idle worker, and so on, up to PAIRS_MAX pairs.

    Tasks and workers that found no partner make room for those that were not looked at.
    Example: 2 waiting tasks with a vacant seat each and 1 free worker give one offer.
    """
    free = _free(plan, lane)
    left = lanes.PAIRS_MAX
    unpaired: list[WaitingTask] = []
    for listed in lane.waiting:
        if not plan.vacancies(listed.task):
            plan.take_out_task(lane.lane, listed.task)
            continue
        offers = _offer_seats(plan, listed.task, free, lane.lane, left=left)
        left -= offers
        if not offers:
            unpaired.append(listed)
    if free and left:
        _rotate(plan, lane, unpaired, sorted(free))


def _free(plan: Plan, lane: Lane) -> dict[str, Worker]:
    """Return the workers who can take more, by id; take the others out of the lane."""
    free: dict[str, Worker] = {}
    for worker in lane.free:
        if worker.next_place is None or not worker.meets(lane.requirement):
            plan.take_out_worker(worker, lane.lane)
        else:
            free[worker.worker_id] = worker
    return free


def _offer_seats(plan: Plan, task: Task, free: dict[str, Worker], lane: str, *, left: int) -> int:
    """Offer the task's vacant seats, `left` at most; return how many offers were made."""
    ranked = rank.longest_idle(task, free.values())
    chosen = ranked[: min(plan.vacancies(task), left)]
    for worker in chosen:
        task, after = plan.offer(task, worker, rank.why_longest_idle(task, len(ranked)))
        # A worker with places left can be paired again, as they are after this offer.
        free[worker.worker_id] = after
        plan.list_worker(after, lane)
        if after.next_place is None:
            del free[worker.worker_id]
    if chosen:
        plan.list_task(task)
    return len(chosen)


def _rotate(plan: Plan, lane: Lane, tasks: Sequence[WaitingTask], workers: Sequence[str]) -> None:
    """Move those who found no partner to the end of a side that may list more than were read."""
    at = to_ms(plan.now)
    if len(lane.waiting) >= lanes.PAIRS_MAX:
        waiting = keys.waiting(lane.pool, lane.lane)
        plan.note(score(waiting, listed.task.task_id, at) for listed in tasks)
    if len(lane.free) >= lanes.PAIRS_MAX:
        plan.note(score(keys.free(lane.pool, lane.lane), worker, at) for worker in workers)
