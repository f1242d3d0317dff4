"""Lists, for each event that qa handles, what is loaded and which function decides."""

from services.qa import CARD, decide, golds, keys, load, load_golds
from services.qa.fold import folds
from services.qa.golds.listing import checked
from services.qa.metrics import QaMetrics
from services.qa.sweep import sweep, swept_keys
from services.qa.tombstones import TOMBSTONES
from shared.contracts.envelope import derived_traceparent
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.golds import GoldDue, GoldListed
from shared.contracts.events.model import Event
from shared.contracts.events.second_stage import OutputComposed, SecondDue
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.topics import Names
from shared.pattern.service import Service, on
from shared.state.view import View

HANDLERS = (
    on(OutputWaived, load=load.verdict, decide=decide.let_stand),
    on(TaskCreated, load=load.task, decide=decide.judge),
    on(AssignmentAnswered, load=load.task, decide=decide.judge),
    on(TaskClosed, load=load.task, decide=decide.judge),
    on(GoldListed, load=load_golds.listed, decide=golds.take_listed),
    on(GoldDue, load=load_golds.gold_due, decide=golds.ask),
    on(SecondDue, load=load.both_stages, decide=decide.look_again),
)


def build(*, names: Names, metrics: QaMetrics | None = None) -> Service:
    """Build the service qa for topics with these names; without `metrics` it counts nothing."""
    return Service(
        card=CARD,
        rows=HANDLERS,
        folds=folds,
        slot=keys.slot_of,
        names=names,
        checks={GoldListed: checked},
        tombstones=TOMBSTONES,
        trace=_trace,
        sweep=sweep,
        swept=swept_keys,
        observe=metrics.observe if metrics else None,
        # The last answer to a task loads the others: of 7 as large as itself some 4 MiB in a call.
        chunk_bytes_max=512 * 1024,
        pipelines=2,
        # An answer that waits so long delays a verdict by no more than that; nobody looks on.
        fetch_ms=100,
    )


def _trace(event: Event, _: View) -> str | None:
    """Return the trace of a gold: its own, else that of its task's id, as any task of upstream has.

    That of the timer which led to it would go on into its offers, and tell them apart.
    """
    if type(event) is not OutputComposed or event.ask is None:
        return None
    return event.ref.traceparent or derived_traceparent(event.task_id)
