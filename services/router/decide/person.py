"""Decides on a worker's profile and presence: which indexes list them, what they are offered."""

from dataclasses import replace
from datetime import datetime

from services.router import keys, lanes
from services.router.decide.kept import over, put_out_of_pool
from services.router.decide.matching import seek_tasks
from services.router.decide.plan import Plan
from services.router.decide.relied_facts import ReliedFacts
from services.router.state import Worker, WorkerAndLanes
from services.router.state.people import Crowd, PresenceAndCrowd
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.ratings import WorkerRated
from shared.contracts.events.timers import PresenceTaken
from shared.pattern.service import Decision
from shared.state.changes import (
    REVISION,
    Guard,
    absent,
    drop_fields,
    field_below,
    field_is,
    unscore,
)
from shared.state.escaping import escaped


def serve_worker(
    _: PresenceChanged | PresenceTaken, state: PresenceAndCrowd, now: datetime
) -> Decision:
    """Return the decision that offers waiting tasks to a worker who became available.

    An absent worker is removed from the lists of free workers, and keeps the offers they hold. One
    whose app shows other kinds of questions than before is listed in other lanes. One without a
    profile is a stranger, for whom the oldest of the pool's strangers may be put out.
    """
    worker = state.served.worker
    plan = Plan(now, ReliedFacts(arriving=worker.worker_id))
    if worker.profile is None:
        return _keep_stranger(plan, worker, state.crowd)
    if state.moves is not None:
        plan.relies.add_worker(worker)
        plan.relies.add(_no_other_lane(worker.pool, state.moves.revision))
        worker = _list(plan, worker, state.moves)
    if not worker.available:
        plan.take_out_worker(worker)
        return plan.decision()
    worker = seek_tasks(plan, worker, state.served.waiting)
    if worker.next_place is not None:
        plan.note(lanes.worker_waits(worker))
    return plan.decision()


def _keep_stranger(plan: Plan, worker: Worker, crowd: Crowd) -> Decision:
    """Return the decision that puts out the oldest strangers of a pool that has too many.

    A stranger has a presence and no profile. Nothing is left of those who are put out.
    """
    gone = list(over(crowd, worker.worker_id))
    for one in gone:
        key = keys.worker(worker.pool, one.worker_id)
        plan.relies.add(absent(key, "profile"))
        if one.presence:
            plan.relies.add(field_is(key, "presence_at", one.order))
            plan.note([drop_fields(key, "presence", "presence_at")])
        plan.note([unscore(keys.unprofiled(worker.pool), escaped(one.worker_id))])
    put_out = tuple(put_out_of_pool(one) for one in gone if one.presence)
    return replace(plan.decision(), put_out=put_out)


def note_rating(_: WorkerRated, _state: None, _now: datetime) -> Decision:
    """Return the decision that announces nothing: the rating is kept by its fold.

    Who comes in by it now is found when their lanes are looked over next, within seconds.
    """
    return Decision.done()


def list_in_lanes(_: WorkerProfiled, state: WorkerAndLanes, now: datetime) -> Decision:
    """Return the decision that lists a worker in the lanes that fit them, and in no others.

    A lane is the index of waiting tasks and free workers for one requirement and kind. Nothing is
    offered here: the next decision on each lane does that. Offers that the worker holds stay
    theirs, even if they are suspended: their answers count and are paid.
    Example: a profile that gains `lang:id` is listed in every lane that asks for `lang:id`.
    """
    worker = state.worker
    plan = Plan(now)
    key = keys.worker(worker.pool, worker.worker_id)
    # The same commit writes this profile: only a later one may not be there yet.
    plan.relies.add(field_below(key, "profile_at", worker.profile_order + 1))
    # Nor other kinds of questions, which would list them by the profile of before.
    plan.relies.add_presence(worker)
    _list(plan, worker, state)
    return plan.decision()


def _list(plan: Plan, worker: Worker, state: WorkerAndLanes) -> Worker:
    """Plan to list a worker in the lanes whose needs they meet; return them as listed there."""
    fits = {lane for lane, needs in state.lanes.items() if worker.meets(needs)}
    plan.note(lanes.worker_listed(worker, fits))
    own = {lane for lane in worker.lanes if lane[0] == keys.OWN}
    return worker._replace(lanes=tuple(sorted(fits | own)), listed_for=worker.shows)


def _no_other_lane(pool: str, revision: str) -> Guard:
    """Return the guard that no lane was added: its search for workers may have passed this one."""
    key = keys.lanes(pool)
    return absent(key, REVISION) if revision == "0" else field_is(key, REVISION, revision)
