"""Tells what profiles, presences and tombstones mean for a pool, and for the root slot.

The root slot (`{router}`, the Redis keys that belong to no pool) lists in which pools each worker
has a profile, since a tombstone (a record without a value) names no pool. It also keeps presences
for pools that no task and no profile has named: anyone may name a pool, so these open none.
Events without a pool belong to the root slot. The four classes here stand for a record on its way
through the pattern and are on no topic.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from services.router import keys
from shared.contracts.events.model import Event, Id
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.record import Record
from shared.contracts.topics import PRESENCE, WORKERS
from shared.pattern.clock import from_ms

_ID: TypeAdapter[str] = TypeAdapter(Id)
_LATEST_MS = 4_000_000_000_000


class OfWorker(Event):
    """An event about one worker in no certain pool; its state is in the root slot."""

    pool: str = ""
    worker_id: str

    @property
    def key(self) -> str:
        """The worker's id."""
        return self.worker_id


class WorkerListed(OfWorker):
    """A profile names this pool: the worker is listed there."""

    TYPE = "router:worker.listed"
    TOPIC = WORKERS

    listed_in: str


class WorkerDropped(OfWorker):
    """A tombstone on `workers`: the worker leaves every pool."""

    TYPE = "router:worker.dropped"
    TOPIC = WORKERS


class PresenceKept(OfWorker):
    """A presence for a pool that no task and no profile has named yet."""

    TYPE = "router:presence.kept"
    TOPIC = PRESENCE

    named: str
    presence: Literal["available", "paused", "away"]
    kinds: tuple[str, ...] | None = None


class PresenceDropped(OfWorker):
    """A tombstone on `presence`: the worker is away, wherever they are listed."""

    TYPE = "router:presence.dropped"
    TOPIC = PRESENCE


def spread(event: Event, record: Record, is_open: Callable[[str], bool]) -> Sequence[Event]:
    """Return the events that one input stands for, each with its own slot.

    A profile concerns its pool and the list of all workers. A presence concerns its pool, or the
    root slot if the pool is not known: if its slot is not open (`is_open`). Its time becomes that
    of its record, which its sender does not choose.
    Example: a presence for a pool that nobody has named gives one PresenceKept.
    """
    if isinstance(event, WorkerProfiled):
        return event, WorkerListed(at=event.at, worker_id=event.worker_id, listed_in=event.pool)
    if not isinstance(event, PresenceChanged):
        return (event,)
    arrived = _arrived(record)
    if is_open(keys.slot(event.pool)):
        return (event.model_copy(update={"at": arrived}),)
    kept = {"worker_id": event.worker_id, "named": event.pool, "presence": event.presence}
    return (PresenceKept.model_validate({"at": arrived, "kinds": event.kinds, **kept}),)


def worker_dropped(record: Record) -> WorkerDropped | None:
    """Return what a tombstone on `workers` stands for; None if its key is no worker's id."""
    worker_id = _worker_of(record)
    return WorkerDropped(at=_arrived(record), worker_id=worker_id) if worker_id else None


def presence_dropped(record: Record) -> PresenceDropped | None:
    """Return what a tombstone on `presence` stands for; None if its key is no worker's id."""
    worker_id = _worker_of(record)
    return PresenceDropped(at=_arrived(record), worker_id=worker_id) if worker_id else None


TOMBSTONES = {WORKERS.name: worker_dropped, PRESENCE.name: presence_dropped}


def _worker_of(record: Record) -> str:
    try:
        return _ID.validate_python((record.key or b"").decode())
    except (UnicodeDecodeError, ValidationError):
        return ""  # a stranger's key: nobody of that name can be here


def _arrived(record: Record) -> datetime:
    return from_ms(min(max(record.timestamp_ms, 946_684_800_000), _LATEST_MS))
