"""Who is asked first: among those who can take more and meet the requirement, the longest idle."""

from collections.abc import Iterable

from services.router.state import Task, Worker
from shared.contracts.events.parts import Why


def eligible(task: Task, worker: Worker) -> bool:
    """Whether this worker may be offered a seat of this task now."""
    return (
        task.open
        and worker.meets(task.rules.requirement)
        and worker.next_place is not None
        and not task.had_by(worker.worker_id)
    )


def longest_idle(task: Task, workers: Iterable[Worker]) -> list[Worker]:
    """The eligible ones, longest idle first; ties by id."""
    found = [worker for worker in workers if eligible(task, worker)]
    return sorted(found, key=lambda worker: (worker.active_ms, worker.worker_id))


def why_longest_idle(task: Task, among: int) -> Why:
    """They were longest idle of so many who were free and qualified, as far as was looked."""
    return Why(required=task.rules.requirement, chosen_among=among, rule="longest_idle")


def why_next(task: Task) -> Why:
    """They came free, and the task was next in their lanes."""
    return Why(required=task.rules.requirement, chosen_among=1, rule="next_in_lane")
