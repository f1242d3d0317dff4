"""Says for each event which Redis keys payout loads before it decides."""

from collections.abc import Sequence

from services.payout import keys, to_state
from services.payout.state import Job
from services.payout.to_state import Cause
from shared.contracts.events.assignments import AssignmentAnswered
from shared.pattern.service import Loading
from shared.state.changes import Read, hash_of
from shared.state.part import part_of, whole_with

_WITH_VERDICT = whole_with("verdict_at")


def _job_reads(event: Cause) -> Sequence[Read]:
    """Return the read of the task's job: for an answer before the verdict, of its worker alone.

    So what an answer loads does not grow with the answers before it. The verdict makes everything
    payable that is owed, and so needs the whole job.
    """
    key = keys.job(event.pool, event.task_id)
    if not isinstance(event, AssignmentAnswered):
        return (hash_of(key),)
    worker = event.worker_id
    return (part_of(key, _WITH_VERDICT, keys.line(worker), keys.confirmed(worker)),)


job: Loading[Cause, Job] = Loading(
    reads=_job_reads,
    state=to_state.job,
    aggregates=lambda event: (keys.job(event.pool, event.task_id),),
)
"""How to load the earnings by the event's task; the commit compares their hash's revision."""
