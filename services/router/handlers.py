"""The router's table: which event, what to load, which decision."""

from services.router import decide, store
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.responses import OfferAccepted, OfferAnswered, OfferDeclined
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.timers import DeadlinePassed, LaneDue
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.pattern.service import on

HANDLERS = (
    on(TaskCreated, load=store.created, decide=decide.queue_task),
    on(ReviewRequested, load=store.reviewed, decide=decide.raise_wanted),
    on(VerdictReached, load=store.judged, decide=decide.close_judged),
    on(WorkerProfiled, load=store.profiled, decide=decide.list_in_lanes),
    on(PresenceChanged, load=store.present, decide=decide.serve_worker),
    on(OfferAccepted, load=store.seat, decide=decide.accept_seat),
    on(OfferDeclined, load=store.seat_and_next, decide=decide.decline_seat),
    on(OfferAnswered, load=store.seat_and_next, decide=decide.take_answer),
    on(DeadlinePassed, load=store.due, decide=decide.end_overdue),
    on(LaneDue, load=store.lane, decide=decide.look_over_lane),
)
