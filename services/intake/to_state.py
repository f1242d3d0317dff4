"""From the hash that was loaded to the ending intake decides on."""

from services.intake import keys
from services.intake.arrived import OutputArrived
from services.intake.state import Ended
from shared.state.view import View


def output(arrived: OutputArrived, view: View) -> Ended | None:
    """Return how the output ended, or None while it has neither a task nor a waiver."""
    fields = view.hash(keys.output(arrived.task_id))
    return Ended(fields["digest"]) if "ending" in fields else None
