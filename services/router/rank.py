"""The order in which workers are asked: of those eligible for a task, the longest idle first."""

from collections.abc import Iterable

from services.router.state import Task, Worker
from shared.contracts.events.parts import Why


def eligible(task: Task, worker: Worker) -> bool:
    """Return whether this worker may be offered a seat of this task now."""
    return (
        task.open
        and worker.meets(task.rules.requirement)
        and worker.next_place is not None
        and not task.had_by(worker.worker_id)
    )


def longest_idle(task: Task, workers: Iterable[Worker]) -> list[Worker]:
    """Return the eligible workers, longest idle first; equals in the order of their ids."""
    candidates = [worker for worker in workers if eligible(task, worker)]
    return sorted(candidates, key=lambda worker: (worker.active_ms, worker.worker_id))


def why_longest_idle(task: Task, among: int) -> Why:
    """Explain an offer to the longest idle of `among` free and qualified workers looked at."""
    return Why(required=task.rules.requirement, chosen_among=among, rule="longest_idle")


def why_next(task: Task) -> Why:
    """Explain an offer to a worker who came free while the task was next in their lanes."""
    return Why(required=task.rules.requirement, chosen_among=1, rule="next_in_lane")
