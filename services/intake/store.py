"""What intake loads for an output, and the state it builds of it."""

from services.intake import keys
from services.intake.arrived import OutputArrived
from services.intake.state import Ended
from shared.pattern.service import Loading
from shared.state.changes import hash_of
from shared.state.view import View


def _ended(arrived: OutputArrived, view: View) -> Ended | None:
    fields = view.hash(keys.output(arrived.task_id))
    return Ended(fields["digest"]) if "ending" in fields else None


output: Loading[OutputArrived, Ended | None] = Loading(
    reads=lambda arrived: (hash_of(keys.output(arrived.task_id)),),
    state=_ended,
    aggregates=lambda arrived: (keys.output(arrived.task_id),),
)
"""How the output ended, if it has, guarded by its revision."""
