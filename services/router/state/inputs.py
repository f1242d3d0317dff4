"""The input of each decision: the event as it was checked, and the state loaded for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.router.state.task import Task
from services.router.state.worker import Worker
from shared.contracts.events.parts import Claims, Requirement
from shared.contracts.events.responses import OfferAccepted, OfferAnswered, OfferDeclined
from shared.contracts.events.timers import DeadlinePassed


@dataclass(frozen=True, slots=True)
class Response:
    """A worker's response, its token verified."""

    event: OfferAccepted | OfferDeclined | OfferAnswered
    claims: Claims
    appended_at: datetime
    digest: str

    @property
    def pool(self) -> str:
        """The pool it belongs to."""
        return self.claims.pool


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that has passed; every response the broker had by `read_until` was handled."""

    event: DeadlinePassed
    read_until: datetime


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """A task as a lane lists it, and since when it has waited."""

    lane: str
    since_ms: int
    task: Task


@dataclass(frozen=True, slots=True)
class TaskAndWorkers:
    """A task that looks for workers, and the first workers its lane lists as free."""

    task: Task
    candidates: tuple[Worker, ...]
    lane_filled: bool = False


@dataclass(frozen=True, slots=True)
class TaskAndHolders:
    """A task, and the workers who hold its seats."""

    task: Task
    holders: Mapping[str, Worker]


@dataclass(frozen=True, slots=True)
class SeatAndWorker:
    """The task a response is about, its worker, and the tasks that wait for that worker.

    `waiting` can be iterated once; each task is parsed when it is reached.
    Example: an answer to t-1, and t-2 waits in the lane that its token names.
    """

    task: Task
    worker: Worker
    waiting: Iterable[WaitingTask]
    late_digest: str | None = None


@dataclass(frozen=True, slots=True)
class WorkerAndTasks:
    """A worker, and the first tasks that wait in their lanes.

    `waiting` can be iterated once; each task is parsed when it is reached.
    Example: a worker who became available, and two tasks that have waited.
    """

    worker: Worker
    waiting: Iterable[WaitingTask]


@dataclass(frozen=True, slots=True)
class WorkerAndLanes:
    """A worker, and every lane of their pool."""

    worker: Worker
    lanes: Mapping[str, Requirement]


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: the first of its waiting tasks and free workers, and who fits at all.

    Where the lane is to be filled, `page` is the next page of the pool's workers instead, and
    `page_end` the last id on it, empty on the last page.
    Example: a new lane in a pool of 500 workers: 300 on its first `page`, then 200.
    """

    pool: str
    lane: str
    requirement: Requirement
    exists: bool = True
    waiting: tuple[WaitingTask, ...] = ()
    stuck: Mapping[str, int] = field(default_factory=dict)
    free: tuple[Worker, ...] = ()
    fitting: tuple[Worker, ...] = ()
    page: tuple[Worker, ...] = ()
    page_end: str = ""
