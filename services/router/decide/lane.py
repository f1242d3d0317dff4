"""Decides on one lane: the index of a pool's waiting tasks of equal needs, and of free workers.

A decision either adds qualified workers to the lane, or announces tasks that nobody can take, or
offers waiting tasks to free workers.
"""

from collections.abc import Sequence
from datetime import datetime

from services.router import keys, lanes, rank
from services.router.decide.plan import Plan
from services.router.state import Lane, Task, TaskNeeds, WaitingTask, Worker
from shared.contracts.events.assignments import TaskUnroutable
from shared.contracts.events.timers import LaneDue
from shared.pattern.clock import to_ms
from shared.pattern.service import Decision
from shared.state.changes import add, score
from shared.state.escaping import escaped


def look_over_lane(due: LaneDue, lane: Lane, now: datetime) -> Decision:
    """Return the decision about a lane that the sweep (periodic search for due work) announced.

    With `due.fill`: list those workers of one page of the pool who meet the lane's needs.
    Otherwise, if no worker meets it: announce the waiting tasks as unroutable. Else: offer waiting
    tasks to free workers. Nothing is done if the pool has no such lane.
    Example: 2 waiting tasks and 1 free worker: one AssignmentOffered event.
    """
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
    """Add to the plan the writes that list this page's qualified workers in the lane.

    Also adds the event for the next page, or after the last one marks the lane as searched.
    """
    for worker in lane.page:
        if worker.meets(lane.needs):
            plan.note(lanes.worker_fits(worker, (lane.lane,)))
    if lane.page_end:
        plan.say(due.model_copy(update={"after": lane.page_end}))
    else:
        plan.note([add(keys.filled(lane.pool), lane.lane)])


def _fitting(plan: Plan, lane: Lane) -> list[Worker]:
    """Return the loaded workers who meet the needs; plan to remove the others."""
    for worker in lane.fitting:
        if not worker.meets(lane.needs):
            plan.relies.add_worker(worker)
            plan.note(lanes.worker_unfit(worker, (lane.lane,)))
    return [worker for worker in lane.fitting if worker.meets(lane.needs)]


def _announce(plan: Plan, lane: Lane) -> None:
    """Plan to announce each waiting task as unroutable, once, and to list it as stuck.

    A stuck task waits apart from the others until a worker meets its needs.
    """
    for listed in lane.waiting:
        plan.take_out_task(lane.lane, listed.task)
        if not listed.task.vacancies:
            continue
        plan.note(lanes.task_stuck(lane.pool, lane.lane, listed))
        if not listed.task.unroutable:
            plan.say(_unroutable(listed.task, lane.needs, plan.now))


def _unroutable(task: Task, needs: TaskNeeds, now: datetime) -> TaskUnroutable:
    return TaskUnroutable(
        pool=task.pool,
        at=now,
        task_id=task.task_id,
        task_type=task.rules.task_type,
        requirement_lane=needs.text,
    )


def _pair(plan: Plan, lane: Lane) -> None:
    """Plan offers of the longest waiting tasks to the longest idle workers, PAIRS_MAX at most.

    Tasks and workers without a partner move to the end of long lists, so that the next look sees
    others.
    Example: 2 waiting tasks that need one worker each and 1 free worker: one offer.
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
    """Return the loaded workers who can take another task, by id; plan to remove the others."""
    free: dict[str, Worker] = {}
    for worker in lane.free:
        if worker.next_place is None or not worker.meets(lane.needs):
            plan.take_out_worker(worker, lane.lane)
        else:
            free[worker.worker_id] = worker
    return free


def _offer_seats(plan: Plan, task: Task, free: dict[str, Worker], lane: str, *, left: int) -> int:
    """Plan offers of one task to free workers, `left` at most; return the number of offers.

    Removes from `free` each worker who can take no more.
    """
    ranked = rank.in_turn(task, free.values())
    chosen = ranked[: min(plan.vacancies(task), left)]
    for worker in chosen:
        task, after = plan.offer(task, worker, rank.why_chosen(task, len(ranked)))
        # A worker with places left can be paired again, as they are after this offer.
        free[worker.worker_id] = after
        plan.list_worker(after, lane)
        if after.next_place is None:
            del free[worker.worker_id]
    if chosen:
        plan.list_task(task)
    return len(chosen)


def _rotate(plan: Plan, lane: Lane, tasks: Sequence[WaitingTask], workers: Sequence[str]) -> None:
    """Plan to move tasks and workers without a partner to the end of their list, if it is long.

    A list counts as long if PAIRS_MAX entries were read from it: there may be more.
    """
    at = to_ms(plan.now)
    if len(lane.waiting) >= lanes.PAIRS_MAX:
        waiting = keys.waiting(lane.pool, lane.lane)
        plan.note(score(waiting, escaped(listed.task.task_id), at) for listed in tasks)
    if len(lane.free) >= lanes.PAIRS_MAX:
        free = keys.free(lane.pool, lane.lane)
        plan.note(score(free, escaped(worker), at) for worker in workers)
