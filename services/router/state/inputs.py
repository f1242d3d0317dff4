"""Inputs of the router's decisions: checked events, and the state that was loaded for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from services.router.state.needs import TaskNeeds
from services.router.state.task import Task
from services.router.state.worker import Worker
from shared.contracts.events.parts import Claims
from shared.contracts.events.responses import OfferAccepted, OfferAnswered, OfferDeclined
from shared.contracts.events.timers import DeadlinePassed


class Response(NamedTuple):
    """A worker's response to an offer, after its signed token was verified.

    claims: the offer as the token states it. appended_at: the broker's time of the record. digest:
    the hash of the record's bytes, which tells a repeated answer from another one. draft_key: under
    which the token states what its draft says; empty where it states none.
    Example: an OfferAnswered event with the claims of the offer that it answers.
    """

    event: OfferAccepted | OfferDeclined | OfferAnswered
    claims: Claims
    appended_at: datetime
    digest: str
    draft_key: bytes = b""

    @property
    def pool(self) -> str:
        """The pool of the offer, as the token states it."""
        return self.claims.pool


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that has passed, with the time up to which responses were handled.

    Every response of its partition that the broker had by `read_until` was handled before.
    """

    event: DeadlinePassed
    read_until: datetime


class WaitingTask(NamedTuple):
    """A waiting task, the lane that lists it, and the ms since which it waits.

    A lane is the index of the waiting tasks and free workers of one pool for one requirement.
    """

    lane: str
    since_ms: int
    task: Task


class TaskAndWorkers(NamedTuple):
    """A task that needs workers, and the longest idle free workers who may take it (`candidates`).

    lane_filled: whether all workers of the pool were searched for those who meet the requirement.
    own: of some of them a task that is for certain people only and waits, by worker.
    Example: a new task that asks for two answers, and five free workers.
    """

    task: Task
    candidates: tuple[Worker, ...]
    lane_filled: bool = False
    own: "Mapping[str, WaitingTask]" = MappingProxyType({})


class TaskAndHolders(NamedTuple):
    """A task, and by worker id each worker who was offered it and has not ended it."""

    task: Task
    holders: Mapping[str, Worker]


class SeatAndWorker(NamedTuple):
    """The task that a worker responds to, the worker, and tasks that wait for such a worker.

    waiting: can be iterated once, since a task is parsed when it is reached. late_digest: the
    digest of an answer to the same offer that came too late, if there was one.
    Example: an answer to t-1, and t-2 waits for a worker with the same skills.
    """

    task: Task
    worker: Worker
    waiting: Iterable[WaitingTask]
    late_digest: str | None = None


class WorkerAndTasks(NamedTuple):
    """A worker, and the longest waiting tasks whose requirements they meet.

    `waiting` can be iterated once, since a task is parsed when it is reached.
    Example: a worker who became available, and two tasks that wait.
    """

    worker: Worker
    waiting: Iterable[WaitingTask]


@dataclass(frozen=True, slots=True)
class WorkerAndLanes:
    """A worker, and the needs of each lane of their pool.

    A lane is the pool's index of the waiting tasks of equal needs and of who is free for them.
    revision: how often a lane was added.
    """

    worker: Worker
    lanes: Mapping[str, TaskNeeds] = field(default_factory=dict)
    revision: str = "0"


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane: the index of a pool's waiting tasks of equal needs, and of who is free for them.

    waiting, free: the first of its tasks and workers. stuck: tasks that no registered worker could
    take, with the ms since which they wait. fitting: some workers listed as qualified, busy or not.
    exists: whether the pool has this lane. If the pool's workers are being searched for those who
    qualify, only `page` is set, the next workers to check, and `page_end`, the last of their ids,
    empty on the last page.
    Example: a new lane in a pool of 500 workers: 300 on its first `page`, then 200.
    """

    pool: str
    lane: str
    needs: TaskNeeds
    exists: bool = True
    waiting: tuple[WaitingTask, ...] = ()
    stuck: Mapping[str, int] = field(default_factory=dict)
    free: tuple[Worker, ...] = ()
    fitting: tuple[Worker, ...] = ()
    page: tuple[Worker, ...] = ()
    page_end: str = ""
