"""The router as the pattern runs it."""

from collections.abc import Callable
from datetime import datetime

from services.router import CARD, keys
from services.router.checks import Checks
from services.router.derive import derive
from services.router.fold import folds
from services.router.handlers import HANDLERS
from services.router.metrics import RouterMetrics
from services.router.settings import RouterSettings
from services.router.sweep import Sweep
from shared.contracts.envelope import derived_traceparent
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.topics import Names
from shared.pattern.service import Service
from shared.state.view import View


def build(
    settings: RouterSettings,
    *,
    names: Names,
    read_until: Callable[[int], datetime],
    metrics: RouterMetrics | None = None,
) -> Service:
    """The service over topics of these names.

    `read_until(partition)`: every response of it that the broker had by then has been handled.
    """
    checks = Checks(settings.keys, read_until)
    metrics = metrics or RouterMetrics()
    return Service(
        card=CARD,
        rows=HANDLERS,
        folds=folds,
        slot=lambda event: keys.slot(event.pool),
        names=names,
        checks=checks.by_event(),
        seal=checks.seal,
        derive=derive,
        trace=_trace,
        sweep=Sweep(settings, metrics),
        observe=metrics.observe,
    )


def _trace(event: Event, view: View) -> str | None:
    """The trace of the output an event is about, also where a presence or a timer caused it: the
    one upstream gave, or the one that follows from the task.
    """
    about = event.claims if isinstance(event, OfferMade) else event
    task_id = getattr(about, "task_id", "")
    task = keys.task(event.pool, task_id)
    if view.field(task, "wanted") is None:
        return None  # it is queued only now, by an event that has the trace
    return view.field(task, "trace") or derived_traceparent(task_id)
