"""Decides on what the root slot keeps of people: it is handed to the pools, or put out in time.

The root slot is `{router}`, the Redis keys that belong to no pool. Its decisions tell the pools by
events on the router's timers topic, since one commit cannot write to two slots.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.router import keys
from services.router.spread import (
    OfWorker,
    PresenceDropped,
    PresenceKept,
    WorkerDropped,
    WorkerListed,
)
from services.router.state.people import (
    EVERYWHERE,
    Crowd,
    SaidPresence,
    Whereabouts,
    WhereaboutsAndCrowd,
)
from shared.contracts.envelope import json_of
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import Event
from shared.contracts.events.people import PresenceChanged
from shared.contracts.events.timers import KeptDue, PresenceTaken, WorkerLeft
from shared.contracts.partitions import partition_of
from shared.contracts.record import Record
from shared.contracts.topics import PRESENCE
from shared.pattern.clock import from_ms
from shared.pattern.service import Decision
from shared.state.changes import Guard, Write, drop_fields, field_below, field_is, unscore
from shared.state.escaping import escaped

KEPT_MAX = 10_000
"""Presences that the root slot keeps for pools it does not know, and each pool for strangers."""

NO_POOL = Refused(
    Reason.UNKNOWN_POOL,
    "too many presences wait for a pool that no profile and no task has named: publish the"
    " worker's profile to workers, then send this presence again",
)
NO_PROFILE = Refused(
    Reason.UNKNOWN_WORKER,
    "too many presences in this pool wait for a profile: publish the worker's profile to workers,"
    " then send this presence again",
)


def keep_presence(
    event: PresenceKept | PresenceDropped, state: WhereaboutsAndCrowd, now: datetime
) -> Decision:
    """Return the decision that keeps a presence for pools not known yet, and puts the oldest out.

    The presence is kept by the event itself. The oldest go to the dead letters once there are
    KEPT_MAX, two for each new one where a batch went over that. A tombstone says that the worker is
    away: if they are listed in a pool, it is handed on at once; it leaves no dead letter.
    Example: the 10,001st worker who names a pool of their own puts out the first.
    """
    told = hand_on(event, state.where, now)
    if told.events:
        return told
    gone = list(over(state.crowd, event.worker_id))
    return Decision(
        relies=tuple(field_is(keys.kept(one.worker_id), "presence", one.packed) for one in gone),
        index=tuple(write for one in gone for write in kept_no_more(one.worker_id)),
        put_out=tuple((record_of(one), NO_POOL) for one in gone if one.pool != EVERYWHERE),
    )


def over(crowd: Crowd, newcomer: str) -> Iterator[SaidPresence]:
    """Yield the presences to put out for a new one: none below KEPT_MAX, two above it."""
    if crowd.count < KEPT_MAX:
        return
    others = [one for one in crowd.oldest if one.worker_id != newcomer]
    yield from others[: 1 if crowd.count == KEPT_MAX else 2]


def kept_no_more(worker_id: str) -> tuple[Write, Write]:
    """Return the writes that drop a presence from the root slot."""
    return drop_fields(keys.kept(worker_id), "presence"), unscore(
        keys.all_kept(), escaped(worker_id)
    )


def record_of(kept: SaidPresence) -> Record:
    """Return the record of a presence, as far as it is still known: for its dead letter."""
    at = from_ms(kept.at_ms)
    event = PresenceChanged.model_validate({"pool": kept.pool, "at": at, **_said(kept)})
    return Record.ordered(
        PRESENCE.name,
        partition_of(kept.worker_id),
        kept.order,
        key=kept.worker_id.encode(),
        value=json_of(event),
        headers=(("ce_type", PresenceChanged.TYPE.encode()),),
        timestamp_ms=kept.at_ms,
    )


def put_out_of_pool(kept: SaidPresence) -> tuple[Record, Refused]:
    """Return the record of a stranger's presence, and why their pool keeps it no longer."""
    return record_of(kept), NO_PROFILE


def hand_on(event: OfWorker | KeptDue, state: Whereabouts, now: datetime) -> Decision:
    """Return the decision that tells the pools what they have to know of one worker.

    They are told that the worker has left, or the presence that waited for one of them. What no
    pool can take yet is left as it is.
    Example: a tombstone on `workers` for a worker listed in `main`: one WorkerLeft for `main`.
    """
    worker_id = state.worker_id
    events: list[Event] = []
    index: list[Write] = []
    relies: list[Guard] = []
    if state.left >= 0 and isinstance(event, WorkerDropped | KeptDue):
        events += [
            WorkerLeft(pool=pool, at=now, worker_id=worker_id, order=state.left)
            for pool in state.left_from
        ]
        # Another tombstone may come at this moment: it is still to be told.
        relies.append(field_below(keys.listed(worker_id), "left", state.left + 1))
        index.append(unscore(keys.leaving(), escaped(worker_id)))
    takers = tuple(_takers(event, state))
    if state.said and takers:
        events += [_taken(state.said, pool, now) for pool in takers]
        # The same commit may write this very presence: only a later one may not be there yet.
        relies.append(field_below(keys.kept(worker_id), "presence", state.said.order + 1))
        index += kept_no_more(worker_id)
    return Decision.of(*events, relies=relies, index=index)


def _takers(event: OfWorker | KeptDue, state: Whereabouts) -> Iterable[str]:
    """Return the pools that can take the worker's presence now."""
    if state.said is None:
        return ()
    if state.said.pool == EVERYWHERE:
        return state.present_in
    opened = event.listed_in if isinstance(event, WorkerListed) else getattr(event, "opened", "")
    return (opened,) if opened == state.said.pool else ()


def _taken(kept: SaidPresence, pool: str, now: datetime) -> PresenceTaken:
    facts = {"pool": pool, "at": now, "order": kept.order, **_said(kept)}
    return PresenceTaken.model_validate(facts)


def _said(kept: SaidPresence) -> dict[str, object]:
    kinds = None if kept.kinds is None else list(kept.kinds)
    return {"worker_id": kept.worker_id, "presence": kept.presence, "kinds": kinds}
