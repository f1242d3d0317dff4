"""Loads of qa: the keys each event needs, and the aggregate that guards the decision."""

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
    """Return the reads of the task and of the reliability of every worker who has answered it."""
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
"""The whole of a task, guarded by its revision; reliabilities are read and not guarded."""

verdict: Loading[OutputWaived, str | None] = Loading(
    reads=lambda event: (hash_of(keys.task(event.pool, event.task_id)),),
    state=to_state.stop_reason,
    aggregates=_task_key,
)
"""Why the output's verdict was reached, if it was."""
