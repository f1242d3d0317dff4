"""Loads of intake: the keys an output needs, and the aggregate that guards the decision."""

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
"""How the output ended, if it has, guarded by its revision."""
