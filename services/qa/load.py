"""Says for each event which Redis keys qa loads before it decides.

A `Loading` has three functions: `reads` returns the loads to make, `state` builds the decision's
input from them, `aggregates` returns the hashes whose revision number the commit compares.
Example: an answer loads its task, and the reliability of everybody who answered that task.
"""

from collections.abc import Sequence

from services.qa import keys, to_state
from services.qa.state import Cause, TaskUnderReview
from services.qa.to_state import task_type_of
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.tasks import OutputWaived
from shared.pattern.service import Loading
from shared.state.changes import Read, hash_of


def _task_key(event: Cause | OutputWaived) -> tuple[str]:
    return (keys.task(event.pool, event.task_id),)


def _task_reads(event: Cause) -> Sequence[Read]:
    """Return Reads (run by the caller) for a task and for the reliability of its workers.

    They name the task's hash, the counters of each worker who has answered the task, and the
    counters of all workers on this task type.
    Example: two stored answers and the event of a third: three workers' counters.
    """
    pool, task_type = event.pool, task_type_of(event)
    reliability = hash_of(keys.reliabilities(pool, task_type))
    reads = [
        hash_of(keys.task(pool, event.task_id), field=keys.ANSWER, then=[reliability]),
        hash_of(keys.population(pool, task_type)),
    ]
    if isinstance(event, AssignmentAnswered):
        # This worker too: the task's hash names them only once the event is folded, later.
        reads.append(hash_of(keys.reliability(pool, task_type, event.worker_id)))
    return reads


task: Loading[Cause, TaskUnderReview] = Loading(
    reads=_task_reads, state=to_state.task, aggregates=_task_key
)
"""How to load a task with its answers, and the reliability of the workers who gave them.

The commit compares the task's revision number; reliabilities may change meanwhile.
"""

verdict: Loading[OutputWaived, str | None] = Loading(
    reads=lambda event: (hash_of(keys.task(event.pool, event.task_id)),),
    state=to_state.stop_reason,
    aggregates=_task_key,
)
"""How to load, for an output that nobody was asked about, why its verdict was reached.

The commit compares the revision number of the output's hash.
"""
