"""Ranks the workers who may be offered a task: the longest idle one first."""

from collections.abc import Iterable

from services.router.state import Task, Worker
from shared.contracts.events.parts import Why


def eligible(task: Task, worker: Worker) -> bool:
    """Return whether a worker may be offered this task now.

    The task must be open and never offered to the worker before; the worker must meet its
    requirement, with an app that shows its kind, and be able to take another task.
    """
    return (
        task.open
        and worker.meets(task.rules.needs)
        and worker.next_place is not None
        and not task.had_by(worker.worker_id)
    )


def longest_idle(task: Task, workers: Iterable[Worker]) -> list[Worker]:
    """Return those workers who may be offered the task, longest idle first, then by id."""
    candidates = [worker for worker in workers if eligible(task, worker)]
    return sorted(candidates, key=lambda worker: (worker.active_ms, worker.worker_id))


def why_longest_idle(task: Task, among: int) -> Why:
    """Return the explanation of an offer to the longest idle of `among` workers who qualified."""
    return Why(required=task.rules.needs.requirement, chosen_among=among, rule="longest_idle")


def why_next(task: Task) -> Why:
    """Return the explanation of an offer, to a worker who became free, of the next waiting task."""
    return Why(required=task.rules.needs.requirement, chosen_among=1, rule="next_in_lane")
