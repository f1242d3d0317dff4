"""What payout loads for an event, and the state it builds of it."""

from datetime import datetime

from services.payout import keys
from services.payout.state import Job, Line
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.parts import Quote
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.service import Loading
from shared.state.changes import hash_of
from shared.state.view import View

_Caused = AssignmentAnswered | VerdictReached


def _job_of(event: _Caused, view: View) -> Job:
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


job: Loading[_Caused, Job] = Loading(
    reads=lambda event: (hash_of(keys.job(event.pool, event.task_id)),),
    state=_job_of,
    aggregates=lambda event: (keys.job(event.pool, event.task_id),),
)
"""The whole of a task's money, guarded by its revision."""
