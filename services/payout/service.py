"""Lists, for each event that payout handles, what is loaded and which function decides."""

from services.payout import CARD, checks, decide, keys, load
from services.payout.fold import folds
from services.payout.metrics import PayoutMetrics
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.topics import Names
from shared.pattern.service import Service, on

HANDLERS = (
    on(AssignmentAnswered, load=load.job, decide=decide.accrue),
    on(VerdictReached, load=load.job, decide=decide.confirm),
)


def build(*, names: Names, metrics: PayoutMetrics | None = None) -> Service:
    """Build the service payout for topics with these names; without `metrics` it counts nothing."""
    return Service(
        card=CARD,
        rows=HANDLERS,
        folds=folds,
        slot=keys.slot_of,
        names=names,
        checks=checks.by_event(),
        observe=metrics.observe if metrics else None,
        pipelines=2,
        # Nobody waits for an earning: fewer and larger batches cost less.
        fetch_ms=250,
    )
