"""Builds the value that intake decides on from the Redis hash that was loaded."""

from services.intake import keys
from services.intake.arrived import OutputArrived
from services.intake.state import Ended
from shared.state.view import View


def output(arrived: OutputArrived, view: View) -> Ended | None:
    """Return what became of the output before; None if it is neither a task nor waived yet."""
    fields = view.hash(keys.output(arrived.task_id))
    return Ended(fields["digest"]) if "ending" in fields else None
