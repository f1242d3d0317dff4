"""Builds the earnings that payout decides on from the Redis hash that was loaded."""

from datetime import datetime

from services.payout import keys
from services.payout.state import Job, Line, unpacked
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.verdicts import VerdictReached
from shared.state.escaping import unescaped
from shared.state.store import Hash
from shared.state.view import View

Cause = AssignmentAnswered | VerdictReached
"""An event after which an earning may be owed or payable."""


def job(event: Cause, view: View) -> Job:
    """Return the earnings by the event's task, those that are payable, and the verdict's time.

    An answer before the verdict looks at its own worker alone: their earnings are all it gets.
    """
    fields = view.hash(keys.job(event.pool, event.task_id))
    at = fields.get("verdict_at")
    if at is None and isinstance(event, AssignmentAnswered):
        packed = fields.get(keys.line(event.worker_id))
        lines = {} if packed is None else {event.worker_id: _line(event.worker_id, packed)}
        return Job(lines, frozenset(), None)
    owed = _by_worker(fields, keys.LINE)
    return Job(
        lines={worker: _line(worker, packed) for worker, packed in owed.items()},
        confirmed=frozenset(_by_worker(fields, keys.CONFIRMED)),
        verdict_at=datetime.fromisoformat(at) if at else None,
    )


def _by_worker(fields: Hash, beginning: str) -> dict[str, str]:
    """Return, by worker id, the fields whose names begin so."""
    return {
        unescaped(name[len(beginning) :]): value
        for name, value in fields.items()
        if name.startswith(beginning)
    }


def _line(worker_id: str, packed: str) -> Line:
    assignment_id, _, quote = packed.partition(" ")
    return Line(assignment_id, worker_id, unpacked(quote))
