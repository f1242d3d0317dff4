"""The facts of an assignment: which worker holds a seat of which task, where, and until when."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from shared.contracts.events.model import natural_id


@lru_cache(maxsize=4096)
def assignment_id(task_id: str, worker_id: str) -> str:
    """Return the id of the one assignment that a worker can ever have of a task."""
    return natural_id("assignment", task_id, worker_id)


class AssignmentFacts(NamedTuple):
    """One seat of a task, offered to one worker.

    Every event about the assignment repeats these facts and its token states them, so whichever of
    them is read first tells the whole. `place` is one unit of the worker's capacity, and `turn`
    counts the assignments that place has held. The worker must accept until `accept_by` and answer
    until `answer_by`.
    Example: place 0, turn 3 is the third assignment in the worker's first place.
    """

    pool: str
    task_id: str
    task_type: str
    worker_id: str
    place: int
    turn: int
    accept_by: datetime
    answer_by: datetime

    @property
    def assignment_id(self) -> str:
        """The assignment's id, which follows from task and worker."""
        return assignment_id(self.task_id, self.worker_id)

    def fields(self) -> Mapping[str, Any]:
        """Return the facts and the id by name, as claims and events spell them."""
        named = self._asdict()
        named["assignment_id"] = self.assignment_id
        return named
