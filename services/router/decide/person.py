"""Decides on a worker's profile and presence: which indexes list them, what they are offered."""

from datetime import datetime

from services.router import keys, lanes
from services.router.decide.matching import seek_tasks
from services.router.decide.plan import Plan
from services.router.decide.relied_facts import ReliedFacts
from services.router.state import WorkerAndLanes, WorkerAndTasks
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.pattern.service import Decision
from shared.state.changes import field_below


def serve_worker(_: PresenceChanged, state: WorkerAndTasks, now: datetime) -> Decision:
    """Return the decision that offers waiting tasks to a worker who became available.

    An absent worker is removed from the lists of free workers, and keeps the offers they hold.
    """
    plan = Plan(now, ReliedFacts(arriving=state.worker.worker_id))
    if not state.worker.available:
        plan.take_out_worker(state.worker)
        return plan.decision()
    worker = seek_tasks(plan, state.worker, state.waiting)
    if worker.next_place is not None:
        plan.note(lanes.worker_waits(worker))
    return plan.decision()


def list_in_lanes(_: WorkerProfiled, state: WorkerAndLanes, now: datetime) -> Decision:
    """Return the decision that lists a worker in the lanes that fit their profile, in no others.

    A lane is the index of waiting tasks and free workers for one requirement. Nothing is offered
    here: the next decision on each lane does that. Offers that the worker holds stay theirs, even
    if they are suspended: their answers count and are paid.
    Example: a profile that gains `lang:id` is listed in every lane that asks for `lang:id`.
    """
    worker = state.worker
    plan = Plan(now)
    key = keys.worker(worker.pool, worker.worker_id)
    # The same commit writes this profile: only a later one may not be there yet.
    plan.relies.add(field_below(key, "profile_at", worker.profile_order + 1))
    fits = {lane for lane, requirement in state.lanes.items() if worker.meets(requirement)}
    plan.note(lanes.worker_fits(worker, sorted(fits)))
    plan.note(lanes.worker_unfit(worker, sorted(set(worker.lanes) - fits)))
    return plan.decision()
