"""Ranks the workers who may be offered a task: the longest idle one first.

Where a task asks for a reliability, its newcomers stand back: see `longest_idle`.
"""

from collections.abc import Iterable

from services.router.state import Task, Worker
from services.router.state.rating import OPEN, LetIn, entry_to
from shared.contracts.events.parts import Why


def eligible(task: Task, worker: Worker) -> bool:
    """Return whether a worker may be offered this task now.

    The task must be open, for this worker, and never offered to them before; the worker must meet
    its requirement, with an app that shows its kind, and be able to take another task.
    """
    return task.is_for(worker.worker_id) and could_take(task, worker)


def could_take(task: Task, worker: Worker) -> bool:
    """Return whether a worker may be offered this task, were it for everybody."""
    return (
        task.open
        and worker.meets(task.rules.needs)
        and worker.next_place is not None
        and not task.had_by(worker.worker_id)
        and entry(task, worker) is not None
    )


def entry(task: Task, worker: Worker) -> LetIn | None:
    """Return how the worker's rating lets them in to this task; None if it does not."""
    requirement = task.rules.needs.requirement
    if requirement.reliability_min is None:
        return OPEN
    packed = worker.rated.get(task.rules.task_type, "")
    return entry_to(requirement, packed, task_id=task.task_id, worker_id=worker.worker_id)


def longest_idle(task: Task, workers: Iterable[Worker]) -> list[Worker]:
    """Return those workers who may be offered the task, longest idle first, then by id.

    Of those who are let in as newcomers the first keeps its place, so that they get their share;
    the others come after everybody who is as reliable as the task asks for, so that a verdict does
    not rest on newcomers alone while others are free.
    """
    candidates = [worker for worker in workers if eligible(task, worker)]
    ranked = sorted(candidates, key=lambda worker: (worker.active_ms, worker.worker_id))
    if task.rules.needs.requirement.reliability_min is None:
        return ranked
    newcomers = [one.worker_id for one in ranked if (entry(task, one) or OPEN).explored][1:]
    return sorted(ranked, key=lambda worker: worker.worker_id in newcomers)


def among(task: Task, workers: Iterable[Worker], *, loaded: int) -> int:
    """Return among how many workers one who is offered the task was chosen, as an offer says it.

    A task for certain people only is counted as any other is: over all who could take it, `loaded`
    at most, which are looked at for a task of its type. A smaller number would tell it apart.
    """
    return max(1, min(loaded, sum(could_take(task, worker) for worker in workers)))


def why_longest_idle(task: Task, among: int) -> Why:
    """Return the explanation of an offer to the longest idle of `among` workers who qualified."""
    return Why(required=task.rules.needs.requirement, chosen_among=among, rule="longest_idle")


def why_next(task: Task) -> Why:
    """Return the explanation of an offer, to a worker who became free, of the next waiting task."""
    return Why(required=task.rules.needs.requirement, chosen_among=1, rule="next_in_lane")
