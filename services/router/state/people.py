"""What is known of people whom no pool knows: presences that wait, and where workers are listed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from services.router.state.inputs import WorkerAndLanes, WorkerAndTasks
from services.router.state.task import Task
from services.router.state.worker import Worker

EVERYWHERE = "*"
"""Stands for every pool with a profile of the worker, where a record names no pool."""


class SaidPresence(NamedTuple):
    """A worker's last presence that waits for a profile or a pool, with its record's order.

    pool: the pool it names, or EVERYWHERE. kinds: the kinds of questions that the worker's app
    shows, None without a list. at_ms: when it arrived. packed: as Redis holds it.
    Example: w-7 is available in `photos`, which no task and no profile has named yet.
    """

    worker_id: str
    pool: str
    presence: str
    order: int
    at_ms: int = 0
    packed: str = ""
    kinds: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Crowd:
    """Presences that wait, of workers whom nobody knows: how many, and the first to arrive."""

    count: int = 0
    oldest: tuple[SaidPresence, ...] = ()


@dataclass(frozen=True, slots=True)
class PresenceAndCrowd:
    """A worker with the tasks that wait for them, and the strangers of their pool.

    moves: the lanes of the pool, if the worker's app shows other kinds of questions than before.
    """

    served: WorkerAndTasks
    crowd: Crowd
    moves: WorkerAndLanes | None = None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where one worker is listed, and what they said that no pool could take yet.

    pools: by name, the order of the profile in it. left: the order of the tombstone by which they
    left, -1 without one. said: the presence that waits for one of the pools, None without one.
    Example: `pools={"main": 12}, left=40`: they left the pool `main`.
    """

    worker_id: str
    pools: Mapping[str, int] = field(default_factory=dict)
    left: int = -1
    said: SaidPresence | None = None

    @property
    def present_in(self) -> tuple[str, ...]:
        """The pools with a profile of the worker that is later than their leaving, sorted."""
        return tuple(sorted(pool for pool, order in self.pools.items() if order > self.left))

    @property
    def left_from(self) -> tuple[str, ...]:
        """The pools that the worker has left, sorted."""
        return tuple(sorted(pool for pool, order in self.pools.items() if order < self.left))


@dataclass(frozen=True, slots=True)
class WhereaboutsAndCrowd:
    """Where one worker is, and all presences that wait for pools that are not known."""

    where: Whereabouts
    crowd: Crowd


@dataclass(frozen=True, slots=True)
class WorkerAndHeld:
    """A worker, and the tasks that their places name: those they hold, accepted or not."""

    worker: Worker
    tasks: tuple[Task, ...]
