"""Tasks and workers brought together: a task looks for workers, or a worker for tasks."""

from collections.abc import Iterable

from services.router import rank
from services.router.decide.plan import Plan
from services.router.state import Task, WaitingTask, Worker


def seek_workers(plan: Plan, task: Task, candidates: Iterable[Worker]) -> Task:
    """Offer the task's vacant seats to the longest idle candidates; return the task afterwards.

    A candidate whom the lane lists although they are not free is taken out of it.
    Example: one vacant seat and candidates idle for 5 and 9 minutes: the second is asked.
    """
    candidates = list(candidates)
    for worker in candidates:
        if worker.next_place is None or not worker.meets(task.rules.requirement):
            plan.take_out_worker(worker, task.rules.lane)
    ranked = rank.longest_idle(task, candidates)
    for worker in ranked[: plan.vacancies(task)]:
        task, after = plan.offer(task, worker, rank.why_longest_idle(task, len(ranked)))
        plan.list_worker(after, task.rules.lane)
    return task


def seek_tasks(plan: Plan, worker: Worker, waiting: Iterable[WaitingTask]) -> Worker:
    """Offer the worker what waits in their lanes, oldest first; return the worker afterwards.

    A task that the lane lists although it has no vacant seat is taken out of it.
    Example: two free places and three waiting tasks: the two oldest are offered.
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
