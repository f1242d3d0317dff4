"""Lists, for each event the router handles, what is loaded and which function decides."""

from collections.abc import Callable
from datetime import datetime

from services.router import CARD, decide, keys, load, load_people
from services.router.checks import Checks
from services.router.derive import derive
from services.router.fold import folds
from services.router.metrics import RouterMetrics
from services.router.settings import RouterSettings
from services.router.spread import (
    TOMBSTONES,
    PresenceDropped,
    PresenceKept,
    WorkerDropped,
    WorkerListed,
    spread,
)
from services.router.sweep import Sweep, swept_keys
from services.router.sweep_root import RootSweep
from services.router.trim import trim
from shared.contracts.envelope import derived_traceparent
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.ratings import WorkerRated
from shared.contracts.events.responses import OfferAccepted, OfferAnswered, OfferDeclined
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.timers import (
    DeadlinePassed,
    KeptDue,
    LaneDue,
    PresenceTaken,
    WorkerLeft,
)
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.contracts.topics import Names
from shared.pattern.service import Service, on
from shared.state.view import View

HANDLERS = (
    on(TaskCreated, load=load.created, decide=decide.queue_task),
    on(ReviewRequested, load=load.reviewed, decide=decide.raise_wanted),
    on(VerdictReached, load=load.judged, decide=decide.close_judged),
    on(WorkerProfiled, load=load_people.profiled, decide=decide.list_in_lanes),
    on(PresenceChanged, load=load_people.present, decide=decide.serve_worker),
    on(PresenceTaken, load=load_people.present, decide=decide.serve_worker),
    on(WorkerLeft, load=load_people.left, decide=decide.leave_pool),
    on(PresenceKept, load=load_people.kept, decide=decide.keep_presence),
    on(PresenceDropped, load=load_people.kept, decide=decide.keep_presence),
    on(WorkerListed, load=load_people.whereabouts, decide=decide.hand_on),
    on(WorkerDropped, load=load_people.whereabouts, decide=decide.hand_on),
    on(KeptDue, load=load_people.whereabouts, decide=decide.hand_on),
    on(OfferAccepted, load=load.seat, decide=decide.accept_seat),
    on(OfferDeclined, load=load.seat_and_next, decide=decide.decline_seat),
    on(OfferAnswered, load=load.seat_and_next, decide=decide.take_answer),
    on(DeadlinePassed, load=load.due, decide=decide.end_overdue),
    on(WorkerRated, load=load_people.rated, decide=decide.note_rating),
    on(LaneDue, load=load.lane, decide=decide.look_over_lane),
)


def build(
    settings: RouterSettings,
    *,
    names: Names,
    read_until: Callable[[int], datetime],
    metrics: RouterMetrics | None = None,
) -> Service:
    """Build the router: its handlers, checks, sweep (search for due work) and metrics.

    `names` gives each topic its name on the broker. `read_until(partition)` returns the time up to
    which every response of that partition has been handled. Without `metrics`, they go to the
    default Prometheus registry.
    Example: at 12:05 `read_until(3)` returns 12:00 while an answer of 12:01 still waits to be read,
    so no offer that ended after 12:00 expires yet.
    """
    checks = Checks(settings.keys, read_until)
    metrics = metrics or RouterMetrics()
    return Service(
        card=CARD,
        rows=HANDLERS,
        folds=folds,
        slot=keys.slot_of,
        names=names,
        checks=checks.by_event(),
        seal=checks.seal,
        derive=derive,
        trace=_trace,
        sweep=Sweep(settings, metrics),
        swept=swept_keys,
        sweep_root=RootSweep(settings, metrics),
        tombstones=TOMBSTONES,
        spread=spread,
        trim=trim,
        observe=metrics.observe,
    )


def _trace(event: Event, view: View) -> str | None:
    """Return the W3C trace context of the task an event is about; None if it was not queued before.

    It is the one that upstream sent with the model's output, or else one derived from the task's
    id. So an event belongs to its task's trace even if a worker's presence or a timer caused it.
    Example: an offer made because a worker came back belongs to the trace of the offered task.
    """
    about = event.claims if type(event) is OfferMade else event
    task_id = getattr(about, "task_id", "")
    task = view.fields(keys.task(event.pool, task_id))
    if "wanted" not in task:
        return None  # it is queued only now, by an event that has the trace
    return task.get("trace") or derived_traceparent(task_id)
