"""Matches tasks and workers: finds workers for one task, or tasks for one worker."""

from collections.abc import Iterable

from services.router import rank
from services.router.decide.plan import Plan
from services.router.state import Task, WaitingTask, Worker


def seek_workers(plan: Plan, task: Task, candidates: Iterable[Worker]) -> Task:
    """Add to the plan offers of one task to the candidates whose turn it is, as many as it needs.

    Returns the task as it is after these offers. A candidate who can take no more, or does not meet
    its needs, is removed from the index of free workers.
    Example: one worker needed and candidates idle for 5 and 9 minutes: the second is asked.
    """
    candidates = list(candidates)
    for worker in candidates:
        if worker.next_place is None or not worker.meets(task.rules.needs):
            plan.take_out_worker(worker, task.rules.lane)
    ranked = rank.in_turn(task, candidates)
    for worker in ranked[: plan.vacancies(task)]:
        task, after = plan.offer(task, worker, rank.why_chosen(task, len(ranked)))
        plan.list_worker(after, task.rules.lane)
    return task


def seek_tasks(plan: Plan, worker: Worker, waiting: Iterable[WaitingTask]) -> Worker:
    """Add to the plan offers of waiting tasks to one worker, oldest first, until they are busy.

    Returns the worker as they are after these offers. A task that needs no more workers is removed
    from the index of waiting tasks.
    Example: a worker can take two more tasks and three wait: the two oldest are offered.
    """
    for listed in waiting:
        if worker.next_place is None:
            break
        if listed.task.task_id == plan.relies.own:
            # The view shows this task as it was before the decision, which lists it by itself.
            continue
        if not plan.vacancies(listed.task):
            plan.take_out_task(listed.lane, listed.task)
        elif rank.eligible(listed.task, worker):
            task, worker = plan.offer(listed.task, worker, rank.why_next(listed.task))
            plan.list_task(task)
    return worker
