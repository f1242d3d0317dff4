"""Ranks the workers who may be offered a task: the longest idle one first.

Where a task asks for a reliability, its newcomers stand back: see `longest_idle`. Where it asks for
the best known of several, ratings come before idleness: see `in_turn`.
"""

from collections.abc import Iterable
from typing import Literal

from services.router.state import Task, Worker
from services.router.state.rating import OPEN, LetIn, entry_to, rating_of, worth_of
from shared.contracts.events.parts import Why

Rule = Literal["longest_idle", "best_known"]


def eligible(task: Task, worker: Worker) -> bool:
    """Return whether a worker may be offered this task now.

    The task must be open, for this worker, and never offered to them before; the worker must meet
    its requirement, with an app that shows its kind, and be able to take another task.
    """
    return (
        task.open
        and task.is_for(worker.worker_id)
        and worker.meets(task.rules.needs)
        and worker.next_place is not None
        and not task.had_by(worker.worker_id)
        and entry(task, worker) is not None
    )


def entry(task: Task, worker: Worker) -> LetIn | None:
    """Return how the worker's rating lets them in to this task; None if it does not."""
    requirement = task.rules.needs.requirement
    packed = worker.rated.get(task.rules.task_type, "")
    if requirement.reliability_min is None:
        return OPEN if requirement.best_known_of is None else LetIn(rating_of(packed))
    return entry_to(requirement, packed, task_id=task.task_id, worker_id=worker.worker_id)


def in_turn(task: Task, workers: Iterable[Worker]) -> list[Worker]:
    """Return those workers who may be offered the task, in the order in which they are asked.

    The longest idle comes first; or, of so many who are the longest idle as the task says, the one
    who is best known, and then the same of those who are left.
    Example: of three with lower bounds .6, .9 and .7 the second is asked, though the first waited
    longer.
    """
    left, ordered = longest_idle(task, workers), []
    requirement = task.rules.needs.requirement
    if requirement.best_known_of is None:
        return left
    while left:
        best = max(left[: requirement.best_known_of], key=lambda one: worth(task, one))
        ordered.append(best)
        left.remove(best)
    return ordered


def worth(task: Task, worker: Worker) -> float:
    """Return how well a worker is known to do on this task, 0..1."""
    packed = worker.rated.get(task.rules.task_type, "")
    requirement = task.rules.needs.requirement
    return worth_of(requirement, packed, task_id=task.task_id, worker_id=worker.worker_id)


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


def why_chosen(task: Task, among: int) -> Why:
    """Return the explanation of an offer to one of `among` workers who qualified, in their turn."""
    required = task.rules.needs.requirement
    rule: Rule = "longest_idle" if required.best_known_of is None else "best_known"
    return Why(required=required, chosen_among=among, rule=rule)


def why_next(task: Task) -> Why:
    """Return the explanation of an offer, to a worker who became free, of the next waiting task."""
    return Why(required=task.rules.needs.requirement, chosen_among=1, rule="next_in_lane")
