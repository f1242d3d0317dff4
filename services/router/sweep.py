"""Finds passed deadlines and lanes to look at, and announces them as events, once per sweep.

A lane is the list of waiting tasks and of free workers of one pool for one requirement (skills and
languages). The sweep changes no task: its events go to the router's own topic `router.timers`, and
the router decides when it consumes them, in one order with all other events of that task.
Example: an offer was not accepted in time: the sweep announces it, and its consumer expires it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from services.router import keys, lanes
from services.router.metrics import LaneCount, RouterMetrics
from services.router.settings import RouterSettings
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Requirement
from shared.contracts.events.timers import DeadlinePassed, LaneDue
from shared.contracts.partitions import partition_of
from shared.contracts.topics import PARTITIONS
from shared.pattern.clock import from_ms, to_ms
from shared.pattern.service import Swept
from shared.state.changes import REVISION, Read, count_of, hash_of, lowest, set_of
from shared.state.escaping import unescaped
from shared.state.store import Loaded, Request
from shared.state.view import View

LOOK = lanes.PAIRS_MAX + 1
"""Ids loaded from each list of a lane (its waiting tasks, its free workers, ...).
One more than a single decision can pair, to show that work is left after it.
"""

_INSTANT = timedelta(microseconds=1)
"""Time by which a deadline must be exceeded: exactly at the deadline is still on time."""


@dataclass(frozen=True, slots=True)
class _LaneLists:
    """The first ids, with scores in milliseconds, of the Redis lists of one lane.

    A lane holds the tasks and workers of one pool for one requirement. waiting: tasks that still
    need a worker. stuck: tasks announced as unroutable, since no registered worker met the
    requirement. free: workers who can take another task. fits: whether any worker is listed who
    meets the requirement, busy or not.
    Example: `waiting=(("t-1", 1767225600000),)`, nobody `free` and `fits` True: all are busy.
    """

    waiting: tuple[tuple[str, int], ...]
    stuck: tuple[tuple[str, int], ...]
    free: tuple[tuple[str, int], ...]
    fits: bool

    @property
    def worth_a_look(self) -> bool:
        """Whether a decision about this lane could change anything.

        A lane is the waiting tasks and free workers of a pool for one requirement.

        It could if tasks wait and a worker is free (offer), if tasks wait and nobody meets the
        requirement (announce the tasks as unroutable), or if tasks are stuck (they were announced
        as unroutable) and somebody meets it now (offer again).
        Example: a task waits and every worker who meets the requirement is busy: False.
        """
        if self.waiting and (self.free or not self.fits):
            return True
        return bool(self.stuck) and self.fits


@dataclass(frozen=True, slots=True)
class _Announcement:
    """The latest LaneDue event that this process made for one lane, to space out the next ones.

    A lane is the waiting tasks and free workers of a pool for one requirement. lists: the ids of
    those tasks and workers then. at: when the event was made. times: how many announcements in a
    row before it had the very same ids.
    Example: announced at 0 s, and at 1 s with the same ids: `times` is 1.
    """

    lists: _LaneLists
    at: datetime
    times: int


@dataclass(slots=True)
class Sweep:
    """Makes events from what time alone has made due, in one Kafka partition of one pool.

    Call it at intervals for each partition. It remembers each lane (the waiting tasks and free
    workers for one requirement) that it has announced: while the lane lists the same ids, the
    announcement is repeated after 1, 2, 4, ... seconds, up to `lane_again_seconds`. This memory is
    lost at a restart, which costs one more announcement.
    Example: one task waits and the only free worker has had it: announced at 0, 1, 3 and 7 seconds.
    """

    settings: RouterSettings
    metrics: RouterMetrics
    _announced: dict[tuple[str, str], _Announcement] = field(default_factory=dict)
    _filled_at: dict[tuple[str, str], datetime] = field(default_factory=dict)

    async def __call__(self, swept: Swept) -> Sequence[Event]:
        """Return the events to publish: a DeadlinePassed for each task whose deadline has passed,
        then a LaneDue for each lane (waiting tasks and free workers for one requirement) on which
        the router has to decide.

        `swept` names the pool's keys, the partition and the time. Raises TransientError if Redis
        does not answer.
        Example: the only offer of a task ran out a second ago: one DeadlinePassed event.
        """
        # Lanes first: reading deadlines moves each of them on by `due_again_seconds`. If reading
        # the lanes failed after that, the deadlines would be announced that much later.
        lanes_due = await self._lanes(swept)
        return [*await self._deadlines(swept), *lanes_due]

    async def _deadlines(self, swept: Swept) -> list[Event]:
        """Return one DeadlinePassed event for each task whose next deadline has passed.

        At most `due_max` tasks. In Redis each of their deadlines moves on by `due_again_seconds`,
        so that it is announced again if this event is lost.
        Example: t-1 was due at 12:00 and the sweep runs at 12:01: one event, and t-1 is due 30 s
        later.
        """
        # Never past `read_until`: an answer that was on time may still wait to be read, and its
        # lease would expire although the worker kept the promise.
        due = await swept.store.due(
            swept.slot,
            keys.deadlines_of(swept.slot, swept.partition),
            due_ms=to_ms(min(swept.now, swept.read_until) - _INSTANT),
            again_ms=to_ms(swept.now) + self.settings.due_again_seconds * 1000,
            count=self.settings.due_max,
        )
        self.metrics.deadlines.inc(len(due))
        pool = keys.pool_of(swept.slot)
        return [
            DeadlinePassed(
                pool=pool, at=swept.now, task_id=unescaped(member), due_at=from_ms(due_ms)
            )
            for member, due_ms in due
        ]

    async def _lanes(self, swept: Swept) -> list[Event]:
        """Return LaneDue events for the lanes of this partition on which the router has to decide.

        Loads every lane (the waiting tasks and free workers of the pool for one requirement) whose
        name belongs to the partition, and tells the metrics how many tasks wait in each.
        Example: one lane with a waiting task and a free worker, one with busy workers only: one
        event.
        """
        pool = keys.pool_of(swept.slot)
        all_lanes, filled = keys.lanes(pool), keys.filled(pool)
        loaded = await _load(swept, (hash_of(all_lanes), set_of(filled)))
        requirements = View(loaded.data).hash(all_lanes)
        own = [
            lane
            for lane in sorted(requirements)
            if lane != REVISION and partition_of(lane) == swept.partition
        ]
        if not own:
            self._count(swept, [])
            return []
        reads = tuple(read for lane in own for read in _reads(pool, lane))
        view = View((await _load(swept, reads)).data)
        self._count(swept, [_counted(view, pool, lane, requirements[lane]) for lane in own])
        filled_lanes = loaded.data[filled][1]
        events = (
            self._due(swept, lane, _lists(view, pool, lane), filled=lane in filled_lanes)
            for lane in own
        )
        return [event for event in events if event is not None]

    def _due(self, swept: Swept, lane: str, lists: _LaneLists, *, filled: bool) -> LaneDue | None:
        """Return a LaneDue event, which makes the router decide about one lane, or None.

        A lane is the waiting tasks and free workers of a pool for one requirement; `lists` are
        their ids in Redis. `filled` says whether all workers of the pool were searched for those
        who meet the requirement; where that is to be done first, the event has `fill=True`. None if
        a decision could change nothing, or was announced for the same ids a short while ago. The
        announcement is remembered.
        Example: a new lane, `filled` False: an event with `fill=True`.
        """
        pool, name = keys.pool_of(swept.slot), (swept.slot, lane)
        if self._to_fill(swept, name, lists, filled=filled):
            self._filled_at[name] = swept.now
            return LaneDue(pool=pool, at=swept.now, lane=lane, fill=True)
        # A lane that is not filled yet lists too few workers: a look would find its tasks stuck.
        if not lists.worth_a_look or not filled:
            return None
        last = self._announced.get(name)
        times = last.times + 1 if last and last.lists == lists else 0
        if last and times:
            wait_seconds = min(2 ** (times - 1), self.settings.lane_again_seconds)
            if (swept.now - last.at).total_seconds() < wait_seconds:
                return None
        self._announced[name] = _Announcement(lists, swept.now, times)
        return LaneDue(pool=pool, at=swept.now, lane=lane)

    def _to_fill(
        self, swept: Swept, name: tuple[str, str], lists: _LaneLists, *, filled: bool
    ) -> bool:
        """Whether to search all workers of the pool for those who meet a lane's requirement.

        A lane is the waiting tasks and free workers of a pool for one requirement; `name` is the
        pool's hash tag and the lane's name. Until such a search was completed (`filled` is False):
        True at once, then every `lane_again_seconds`. After that: True every `refill_seconds`, but
        only while tasks wait and no worker is listed as free, in case the list lacks somebody.
        Example: tasks wait, nobody is free, `refill_seconds` is 300: True once every five minutes.
        """
        last = self._filled_at.get(name)
        if last is None:
            if not filled:
                return True
            self._filled_at[name] = swept.now
            return False
        starved = bool(lists.waiting or lists.stuck) and not lists.free
        if filled and not starved:
            return False
        again = self.settings.refill_seconds if filled else self.settings.lane_again_seconds
        return (swept.now - last).total_seconds() >= again

    def _count(self, swept: Swept, counts: Sequence[LaneCount]) -> None:
        self.metrics.lanes((swept.slot, swept.partition), swept.now, counts)


def swept_keys(slot: str) -> tuple[str, ...]:
    """Return the names of all keys in which a sweep of a pool looks for something to do.

    They are the lanes (one for each requirement of tasks) and the deadlines; without a member a key
    does not exist. `slot` is the pool's hash tag. Example: a pool that only profiles have named has
    none of them.
    """
    deadlines = (keys.deadlines_of(slot, partition) for partition in range(PARTITIONS))
    return keys.lanes(keys.pool_of(slot)), *deadlines


async def _load(swept: Swept, reads: tuple[Read, ...]) -> Loaded:
    return (await swept.store.load({swept.slot: Request(reads=reads)}))[swept.slot]


def _reads(pool: str, lane: str) -> tuple[Read, ...]:
    return (
        lowest(keys.waiting(pool, lane), take=LOOK),
        lowest(keys.stuck(pool, lane), take=LOOK),
        lowest(keys.free(pool, lane), take=LOOK),
        lowest(keys.fit(pool, lane), take=1),
        count_of(keys.waiting(pool, lane)),
        count_of(keys.stuck(pool, lane)),
    )


def _counted(view: View, pool: str, lane: str, requirement: str) -> LaneCount:
    return LaneCount(
        skills=_skills(requirement),
        waiting=view.count(keys.waiting(pool, lane)),
        stuck=view.count(keys.stuck(pool, lane)),
        free=len(view.ranking(keys.free(pool, lane))),
    )


@lru_cache(maxsize=1024)
def _skills(requirement: str) -> tuple[str, ...]:
    return tuple(need.skill for need in Requirement.model_validate_json(requirement).skills)


def _lists(view: View, pool: str, lane: str) -> _LaneLists:
    def listed(key: str) -> tuple[tuple[str, int], ...]:
        return tuple(view.ranking(key).items())

    return _LaneLists(
        waiting=listed(keys.waiting(pool, lane)),
        stuck=listed(keys.stuck(pool, lane)),
        free=listed(keys.free(pool, lane)),
        fits=bool(view.ranking(keys.fit(pool, lane))),
    )
