"""Decides when an answer earns money, and when that money is payable.

Both functions look at all earnings of the task, not only at the event: whichever comes last of
answer and verdict makes the earning payable. What was answered makes no difference.
"""

from collections.abc import Iterable
from datetime import datetime

from services.payout import ledger
from services.payout.state import Job, Line
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import natural_id
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.service import Decision


def accrue(answered: AssignmentAnswered, job: Job, now: datetime) -> Decision:
    """Return the decision that owes a worker the pay quoted in their offer, for their answer.

    If the verdict is in already, it also makes it payable. A worker who has earned by this task
    before earns nothing more. Late answers are paid too.
    Example: an answer that comes after the verdict is accrued and confirmed at once.
    """
    line = Line(answered.assignment_id, answered.worker_id, answered.quote)
    new = () if line.worker_id in job.lines else (_accrual(answered, line, now),)
    whole = job.with_line(line)
    due = whole.unconfirmed() if _verdict_is_in(whole) else ()
    return Decision.of(*new, *_confirmations(answered, due, now))


def confirm(verdict: VerdictReached, job: Job, now: datetime) -> Decision:
    """Return the decision that makes payable all that is owed for the task.

    It does so whatever the verdict says.
    """
    return Decision.of(*_confirmations(verdict, job.unconfirmed(), now))


def _verdict_is_in(job: Job) -> bool:
    return job.verdict_at is not None


def _accrual(answered: AssignmentAnswered, line: Line, now: datetime) -> EarningAccrued:
    return EarningAccrued.made(
        {
            **_facts(answered, line, now),
            "entries": ledger.accrue(answered.pool, line.worker_id, line.quote),
            "computation": f"1 answer delivered × {line.quote}, as quoted in the offer"
            f"{line.quote.by_units}",
        }
    )


def _confirmations(
    cause: AssignmentAnswered | VerdictReached, lines: Iterable[Line], now: datetime
) -> tuple[EarningConfirmed, ...]:
    return tuple(
        EarningConfirmed.made(
            {
                **_facts(cause, line, now),
                "entries": ledger.confirm(line.worker_id, line.quote),
                "computation": f"the task's verdict is in: {line.quote} payable",
            }
        )
        for line in lines
    )


def _facts(
    cause: AssignmentAnswered | VerdictReached, line: Line, now: datetime
) -> dict[str, object]:
    """Return what both events say of an earning, by the names of their fields."""
    return {
        "pool": cause.pool,
        "at": now,
        "task_id": cause.task_id,
        "task_type": cause.task_type,
        "assignment_id": line.assignment_id,
        "worker_id": line.worker_id,
        "line_id": natural_id("line", cause.task_id, line.worker_id, "answer"),
        "quote": line.quote,
    }
