"""Builds what is decided on about people from loaded Redis values: who is there, who waits."""

from collections.abc import Iterable

from services.router import keys
from services.router.spread import OfWorker
from services.router.state import WorkerAndHeld, WorkerAndTasks
from services.router.state.needs import presence_of
from services.router.state.people import (
    Crowd,
    PresenceAndCrowd,
    SaidPresence,
    Whereabouts,
    WhereaboutsAndCrowd,
)
from services.router.to_state import next_tasks, worker_and_lanes
from services.router.to_state_parts import task, worker
from shared.contracts.events.people import PresenceChanged
from shared.contracts.events.timers import KeptDue, PresenceTaken, WorkerLeft
from shared.state.escaping import unescaped
from shared.state.view import View

_IN_POOL = "pool:"
LOOK = 3
"""Strangers a decision sees: itself maybe, and the two that it may put out."""


def present(event: PresenceChanged | PresenceTaken, view: View) -> PresenceAndCrowd:
    """Return from `view` (loaded values) a worker and, if available, tasks that wait for them.

    Also the pool's strangers: workers with a presence and no profile.
    """
    changed = worker(view, event.pool, event.worker_id)
    waiting = next_tasks(view, changed) if changed.available else ()
    everyone = keys.unprofiled(event.pool)
    strangers = (
        _stranger(view, event.pool, who, at_ms)
        for who, at_ms in _listed(view, everyone)
        if view.is_loaded(keys.worker(event.pool, who))
    )
    crowd = Crowd(view.count(everyone), tuple(strangers))
    moves = changed.shows != changed.listed_for
    return PresenceAndCrowd(
        WorkerAndTasks(changed, waiting), crowd, worker_and_lanes(changed, view) if moves else None
    )


def left(event: WorkerLeft, view: View) -> WorkerAndHeld:
    """Return from `view` (loaded values) a worker and the tasks they hold, in the order of ids."""
    leaving = worker(view, event.pool, event.worker_id)
    turns = view.hash(keys.places(event.pool, event.worker_id))
    held = (turns[f"{place}{keys.TURN}"].partition(" ")[2] for place, _ in leaving.busy)
    tasks = (task(view, event.pool, task_id) for task_id in sorted(map(unescaped, held)))
    return WorkerAndHeld(leaving, tuple(tasks))


def kept(event: OfWorker, view: View) -> WhereaboutsAndCrowd:
    """Return from `view` where a worker is, and the first presences to arrive for unknown pools."""
    said = (
        said_by(view, who, at_ms)
        for who, at_ms in _listed(view, keys.all_kept())
        if view.is_loaded(keys.kept(who))
    )
    oldest = tuple(one for one in said if one is not None)
    crowd = Crowd(view.count(keys.all_kept()), oldest)
    return WhereaboutsAndCrowd(whereabouts_of(view, event.worker_id), crowd)


def whereabouts(event: OfWorker | KeptDue, view: View) -> Whereabouts:
    """Return from `view` (loaded values) where the event's worker is, and what waits of theirs."""
    return whereabouts_of(view, event.worker_id)


def whereabouts_of(view: View, worker_id: str) -> Whereabouts:
    """Return from `view` (loaded values) where a worker is, and what waits of theirs."""
    fields = view.hash(keys.listed(worker_id))
    pools = {
        name.removeprefix(_IN_POOL): int(order)
        for name, order in fields.items()
        if name.startswith(_IN_POOL)
    }
    left_at = int(fields.get("left", "-1"))
    return Whereabouts(worker_id, pools, left_at, said_by(view, worker_id))


def said_by(view: View, worker_id: str, at_ms: int = 0) -> SaidPresence | None:
    """Return the presence of a worker that is kept in the root slot; None if there is none."""
    packed = view.hash(keys.kept(worker_id)).get("presence")
    if not packed:
        return None
    order, pool, said = packed.split(" ", 2)
    presence, kinds = presence_of(said)
    return SaidPresence(worker_id, pool, presence, int(order), at_ms, packed, kinds)


def _listed(view: View, key: str) -> Iterable[tuple[str, int]]:
    return ((unescaped(who), at_ms) for who, at_ms in view.ranking(key, LOOK).items())


def _stranger(view: View, pool: str, worker_id: str, at_ms: int) -> SaidPresence:
    fields = view.hash(keys.worker(pool, worker_id))
    presence, kinds = presence_of(fields.get("presence", ""))
    order = int(fields.get("presence_at", "-1"))
    return SaidPresence(worker_id, pool, presence, order, at_ms, kinds=kinds)
