"""From the hash that was loaded to the job payout decides on."""

from datetime import datetime

from services.payout import keys
from services.payout.state import Job, Line
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.parts import Quote
from shared.contracts.events.verdicts import VerdictReached
from shared.state.view import View

Cause = AssignmentAnswered | VerdictReached
"""An event that payout looks at a job for."""


def job(event: Cause, view: View) -> Job:
    """Return the money of the event's task: its lines, which are confirmed, when it was judged."""
    fields = view.hash(keys.job(event.pool, event.task_id))
    named = [(*name.partition(":")[::2], value) for name, value in fields.items()]
    at = fields.get("verdict_at")
    return Job(
        lines={worker: _line(worker, value) for kind, worker, value in named if kind == "line"},
        confirmed=frozenset(worker for kind, worker, _ in named if kind == "confirmed"),
        verdict_at=datetime.fromisoformat(at) if at else None,
    )


def _line(worker_id: str, packed: str) -> Line:
    assignment_id, amount_minor, currency, exponent = packed.split(" ")
    quote = Quote(amount_minor=int(amount_minor), currency=currency, exponent=int(exponent))
    return Line(assignment_id, worker_id, quote)
