"""Builds the values that intake decides on from the Redis hashes that were loaded."""

from services.intake import keys
from services.intake.arrived import OutputArrived
from services.intake.state import Ended, Exchange, KeptRequest
from shared.state.view import View


def output(arrived: OutputArrived, view: View) -> Ended | None:
    """Return what became of the output before; None if it is neither a task nor waived yet."""
    return _ended(arrived.task_id, view)


def exchange(task_id: str, view: View) -> Exchange:
    """Return what is known of a call of a model server, by the id that its response's task has."""
    kept = view.hash(keys.request(task_id))
    request = KeptRequest(kept["digest"], kept.get("text")) if "digest" in kept else None
    return Exchange(_ended(task_id, view), request)


def _ended(task_id: str, view: View) -> Ended | None:
    fields = view.hash(keys.output(task_id))
    return Ended(fields["digest"]) if "ending" in fields else None
