"""Says for each event which Redis keys payout loads before it decides."""

from services.payout import keys, to_state
from services.payout.state import Job
from services.payout.to_state import Cause
from shared.pattern.service import Loading
from shared.state.changes import hash_of

job: Loading[Cause, Job] = Loading(
    reads=lambda event: (hash_of(keys.job(event.pool, event.task_id)),),
    state=to_state.job,
    aggregates=lambda event: (keys.job(event.pool, event.task_id),),
)
"""How to load all earnings by the event's task; the commit compares their hash's revision."""
