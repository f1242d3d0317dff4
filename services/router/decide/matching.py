"""Matches tasks and workers: finds workers for one task, or tasks for one worker."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from services.router import lanes, rank
from services.router.decide.plan import Plan
from services.router.state import Task, WaitingTask, Worker

_NONE: Mapping[str, WaitingTask] = MappingProxyType({})


def seek_workers(
    plan: Plan,
    task: Task,
    candidates: Iterable[Worker],
    own: Mapping[str, WaitingTask] = _NONE,
) -> Task:
    """Add to the plan offers of one task to candidates in their turn, as many as it needs.

    Returns the task as it is after these offers. A candidate who can take no more, or does not meet
    its needs, is removed from the index of free workers. Of whoever has a task in `own`, one for
    certain people only, that one is offered in place of this, which goes to the next.
    Example: one worker needed and candidates idle for 5 and 9 minutes: the second is asked.
    """
    candidates = list(candidates)
    for worker in candidates:
        if worker.next_place is None or not worker.meets(task.rules.needs):
            plan.take_out_worker(worker, task.rules.lane)
    ranked = rank.in_turn(task, candidates)
    why = rank.why_chosen(task, max(1, len(ranked)))
    for worker in ranked:
        if not plan.vacancies(task):
            break
        waiting = own.get(worker.worker_id)
        instead = _instead(plan, worker, () if waiting is None else (waiting,))
        if instead is not None:
            only, after = plan.offer(instead.task, worker, why)
            plan.list_task(only)
        else:
            task, after = plan.offer(task, worker, why)
        plan.list_worker(after, task.rules.lane)
    return task


def _instead(plan: Plan, worker: Worker, own: Iterable[WaitingTask]) -> WaitingTask | None:
    """Return the task of the worker's own lane that takes the place of this offer to them, if any.

    One for which it is the first such offer takes the next.
    """
    fit = [one for one in own if plan.vacancies(one.task) and rank.eligible(one.task, worker)]
    chosen = next((one for one in fit if one.since_ms == lanes.RIPE), None)
    for one in fit:
        if one.since_ms != lanes.RIPE:
            plan.note(lanes.ripens(one))
    return chosen


def seek_tasks(plan: Plan, worker: Worker, waiting: Iterable[WaitingTask]) -> Worker:
    """Add to the plan offers of waiting tasks to one worker, oldest first, until they are busy.

    Returns the worker as they are after these offers. A task that needs no more workers is removed
    from the index of waiting tasks. One for certain people only, which comes first, is offered in
    place of another, and not while no other waits: by that it could be told.
    Example: a worker can take two more tasks and three wait: the two oldest are offered.
    """
    own: list[WaitingTask] = []
    for listed in waiting:
        if worker.next_place is None:
            break
        if listed.task.task_id == plan.relies.own:
            # The view shows this task as it was before the decision, which lists it by itself.
            continue
        if not plan.vacancies(listed.task):
            plan.take_out_task(listed.lane, listed.task)
        elif listed.task.only:
            own.append(listed)
        elif rank.eligible(listed.task, worker):
            chosen = _instead(plan, worker, own) or listed
            own = [one for one in own if one is not chosen]
            task, worker = plan.offer(chosen.task, worker, rank.why_next(chosen.task))
            plan.list_task(task)
    return worker
