"""Says which Redis keys intake loads before it decides on an output."""

from services.intake import keys, to_state
from services.intake.arrived import OutputArrived
from services.intake.state import Ended
from shared.pattern.service import Loading
from shared.state.changes import hash_of

output: Loading[OutputArrived, Ended | None] = Loading(
    reads=lambda arrived: (hash_of(keys.output(arrived.task_id)),),
    state=to_state.output,
    aggregates=lambda arrived: (keys.output(arrived.task_id),),
)
"""How to load whether the output became a task or was waived (people were not asked) before.

The commit compares the revision number of the output's hash.
"""
