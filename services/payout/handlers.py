"""The table of payout: which event, what to load, which decision."""

from services.payout import decide, store
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.service import on

HANDLERS = (
    on(AssignmentAnswered, load=store.job, decide=decide.accrue),
    on(VerdictReached, load=store.job, decide=decide.confirm),
)
