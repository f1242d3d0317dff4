"""The `router.timers` topic: time, too, is an event."""

from typing import ClassVar, Literal

from shared.contracts.events.model import Event, Moment, Name, natural_id
from shared.contracts.topics import ROUTER_TIMERS, Topic


class DeadlinePassed(Event):
    """The next deadline of a task has passed; what it means is decided by who reads it."""

    TYPE: ClassVar[str] = "deadline.passed.v1"
    TOPIC: ClassVar[Topic] = ROUTER_TIMERS

    task_id: str
    due_at: Moment

    @property
    def key(self) -> str:
        """The task's id."""
        return self.task_id

    @property
    def event_id(self) -> str:
        """One id for each announcement: its handler looks at what is due by then."""
        return natural_id(self.TYPE, self.task_id, self.due_at.isoformat(), self.at.isoformat())


class LaneDue(Event):
    """In this lane tasks wait and workers may be free, or nobody at all fits.

    `fill`: the lane does not know the workers yet who were there before it; of these it is to look
    at the next few that come `after` this one, which is named as the pool's set of workers does.
    """

    TYPE: ClassVar[str] = "lane.due.v1"
    TOPIC: ClassVar[Topic] = ROUTER_TIMERS

    lane: str
    fill: bool = False
    after: str = ""

    @property
    def key(self) -> str:
        """The lane's name."""
        return self.lane

    @property
    def event_id(self) -> str:
        """One id for each announcement, and for each page of workers after the first."""
        page = (self.after,) if self.after else ()
        return natural_id(self.TYPE, self.pool, self.lane, self.at.isoformat(), *page)


class _OfWorker(Event):
    worker_id: str

    @property
    def key(self) -> str:
        """The worker's id."""
        return self.worker_id


class KeptDue(_OfWorker):
    """What is kept of a worker can be handed on now.

    It belongs to no pool. `opened` is the pool that the worker's presence waited for, if it did.
    """

    TYPE: ClassVar[str] = "kept.due.v1"
    TOPIC: ClassVar[Topic] = ROUTER_TIMERS

    pool: str = ""
    opened: str = ""

    @property
    def event_id(self) -> str:
        """One id for each announcement."""
        return natural_id(self.TYPE, self.worker_id, self.at.isoformat())


class PresenceTaken(_OfWorker):
    """A presence that was kept is taken up by this pool; `order` is that of its record.

    `kinds` are the kinds of questions that the worker's app shows, if it listed any.
    """

    TYPE: ClassVar[str] = "presence.taken.v1"
    TOPIC: ClassVar[Topic] = ROUTER_TIMERS

    presence: Literal["available", "paused", "away"]
    order: int
    kinds: list[Name] | None = None

    @property
    def event_id(self) -> str:
        """One id for each presence and pool."""
        return natural_id(self.TYPE, self.pool, self.worker_id, self.order)


class WorkerLeft(_OfWorker):
    """A worker leaves this pool: their profile was deleted by the record with this `order`."""

    TYPE: ClassVar[str] = "worker.left.v1"
    TOPIC: ClassVar[Topic] = ROUTER_TIMERS

    order: int

    @property
    def event_id(self) -> str:
        """One id for each leave and pool."""
        return natural_id(self.TYPE, self.pool, self.worker_id, self.order)


EVENTS: tuple[type[Event], ...] = (
    DeadlinePassed,
    LaneDue,
    KeptDue,
    PresenceTaken,
    WorkerLeft,
)
