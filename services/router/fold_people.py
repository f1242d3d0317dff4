"""Turns what is said about people into changes of the router's state: profiles, presence, leaving.

Of several records about one worker the one with the highest order stands, in whatever order they
are applied; `order` is a number that rises with each record of the partition.
"""

import json
from collections.abc import Iterable

from services.router import CARD, keys
from services.router.spread import PresenceDropped, PresenceKept, WorkerDropped, WorkerListed
from services.router.state.needs import packed_presence
from services.router.state.people import EVERYWHERE
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.ratings import WorkerRated
from shared.contracts.events.timers import PresenceTaken, WorkerLeft
from shared.contracts.languages import canonical
from shared.pattern.clock import to_ms
from shared.pattern.service import Folds
from shared.state.changes import (
    Change,
    absent,
    advance,
    drop_fields,
    field_below,
    forget,
    keep,
    put,
    score,
    unscore,
)
from shared.state.escaping import escaped

GONE_KEPT_SECONDS = CARD.ending_kept_seconds


def register(folds: Folds) -> None:
    """Register the fold of each event about people."""
    folds.of_ordered(WorkerProfiled)(profiled)
    folds.of_ordered(PresenceChanged)(present)
    folds.of(PresenceTaken)(lambda taken: present(taken, taken.order))
    folds.of(WorkerLeft)(left)
    folds.of(WorkerRated)(rated)
    folds.of_ordered(WorkerListed)(listed)
    folds.of_ordered(WorkerDropped)(dropped)
    folds.of_ordered(PresenceKept)(kept)
    folds.of_ordered(PresenceDropped)(presence_dropped)


# --- in a pool -----------------------------------------------------------------------------------


def profiled(event: WorkerProfiled, order: int) -> Iterable[Change]:
    """Yield the change that stores a worker's profile, unless a later one is stored already.

    A worker who had left is back: what was to be forgotten of them stays.
    """
    profile = json.dumps(
        [
            event.skills,
            sorted(set(map(canonical, event.languages))),
            event.capacity,
            event.status == "active",
        ],
        separators=(",", ":"),
        sort_keys=True,
    )
    worker = keys.worker(event.pool, event.worker_id)
    yield Change(
        aggregate=None,
        guards=(field_below(worker, "profile_at", order),),
        writes=(
            put(worker, profile=profile, profile_at=order),
            score(keys.workers(event.pool), escaped(event.worker_id), 0),
            unscore(keys.unprofiled(event.pool), escaped(event.worker_id)),
            keep(worker),
            keep(keys.places(event.pool, event.worker_id)),
        ),
    )


def present(event: PresenceChanged | PresenceTaken, order: int) -> Iterable[Change]:
    """Yield the changes that store a worker's presence, unless a later one is stored already.

    A worker without a profile is listed as a stranger, whose number is bounded.
    """
    worker = keys.worker(event.pool, event.worker_id)
    yield Change(
        aggregate=None,
        guards=(field_below(worker, "presence_at", order),),
        writes=(
            put(
                worker,
                presence=packed_presence(event.presence, event.kinds),
                presence_at=order,
            ),
        ),
    )
    yield Change(
        aggregate=None,
        guards=(absent(worker, "profile"),),
        writes=(score(keys.unprofiled(event.pool), escaped(event.worker_id), to_ms(event.at)),),
    )


def left(event: WorkerLeft) -> Iterable[Change]:
    """Yield the change that deletes a worker's profile, unless a later one is stored already.

    The rest is forgotten once no topic can bring an event about one of their turns (numbers of
    assignments) again, so that a worker who comes back is given no turn twice.
    """
    worker = keys.worker(event.pool, event.worker_id)
    until = int(event.at.timestamp()) + GONE_KEPT_SECONDS
    yield Change(
        aggregate=None,
        guards=(field_below(worker, "profile_at", event.order),),
        writes=(
            drop_fields(worker, "profile"),
            put(worker, profile_at=event.order),
            unscore(keys.workers(event.pool), escaped(event.worker_id)),
            score(keys.unprofiled(event.pool), escaped(event.worker_id), to_ms(event.at)),
            forget(worker, until),
            forget(keys.places(event.pool, event.worker_id), until),
        ),
    )


def rated(event: WorkerRated) -> Iterable[Change]:
    """Yield the changes that store a worker's rating on a task type.

    Of two the later era and then the higher count stays, whichever is read first. Of somebody
    without a profile it is forgotten one day, as what is left of those who left.
    """
    worker = keys.worker(event.pool, event.worker_id)
    stored = advance(worker, {keys.rated(event.task_type): event.kept.text})
    yield Change(aggregate=None, guards=(), writes=(stored,))
    yield Change(
        aggregate=None,
        guards=(absent(worker, "profile"),),
        writes=(forget(worker, int(event.at.timestamp()) + GONE_KEPT_SECONDS),),
    )


# --- in the root slot ----------------------------------------------------------------------------


def listed(event: WorkerListed, order: int) -> Iterable[Change]:
    """Yield the changes that list a worker in the pool of their profile."""
    where = keys.listed(event.worker_id)
    numbers = {f"pool:{event.listed_in}": order, "at": order}
    yield Change(aggregate=None, guards=(), writes=(advance(where, numbers),))
    yield Change(aggregate=None, guards=(field_below(where, "left", order),), writes=(keep(where),))


def dropped(event: WorkerDropped, order: int) -> Iterable[Change]:
    """Yield the changes that note that a worker leaves the pools of all earlier profiles.

    It is noted for a day, the shortest time there is: a profile before it is read before it. Of
    workers whom nobody knows, each record without a value leaves such a note.
    """
    where, at_ms = keys.listed(event.worker_id), to_ms(event.at)
    told = score(keys.leaving(), escaped(event.worker_id), at_ms)
    yield Change(aggregate=None, guards=(), writes=(advance(where, {"left": order}), told))
    yield Change(
        aggregate=None,
        guards=(field_below(where, "at", order),),
        writes=(forget(where, at_ms // 1000),),
    )


def kept(event: PresenceKept, order: int) -> Iterable[Change]:
    """Yield the change that keeps a presence for a pool that is not known, unless a later is."""
    said = packed_presence(event.presence, event.kinds)
    yield _kept(event, f"{order} {event.named} {said}", order)


def presence_dropped(event: PresenceDropped, order: int) -> Iterable[Change]:
    """Yield the change that keeps that a worker is away, for every pool that lists them."""
    yield _kept(event, f"{order} {EVERYWHERE} away", order)


def _kept(event: PresenceKept | PresenceDropped, packed: str, order: int) -> Change:
    key = keys.kept(event.worker_id)
    arrived = score(keys.all_kept(), escaped(event.worker_id), to_ms(event.at))
    return Change(
        aggregate=None,
        guards=(field_below(key, "presence", order),),
        writes=(put(key, presence=packed), arrived),
    )
