"""The router's sweep: it announces deadlines that have passed and lanes worth looking over.

The sweep decides nothing. It publishes events to the router's own timers topic, and the decision is
taken when such an event is read back, in order with everything else about the same task.
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
from shared.pattern.clock import from_ms, to_ms
from shared.pattern.service import Swept
from shared.state.changes import REVISION, Read, count_of, hash_of, lowest, set_of
from shared.state.store import Loaded, Request
from shared.state.view import View

LOOK = lanes.PAIRS_MAX + 1
"""Ids read from each side of a lane: enough to see that one look cannot pair them all."""

_INSTANT = timedelta(microseconds=1)
"""The difference between "at the deadline", which is on time, and "after it"."""


@dataclass(frozen=True, slots=True)
class _LaneLists:
    """The first ids that a lane lists on each side, with their scores, and whether anyone fits."""

    waiting: tuple[tuple[str, int], ...]
    stuck: tuple[tuple[str, int], ...]
    free: tuple[tuple[str, int], ...]
    fits: bool

    @property
    def worth_a_look(self) -> bool:
        """Whether looking over the lane could change anything."""
        if self.waiting and (self.free or not self.fits):
            return True
        return bool(self.stuck) and self.fits


@dataclass(frozen=True, slots=True)
class _Announcement:
    """When a lane was last announced, what it listed then, and how often it listed the same."""

    lists: _LaneLists
    at: datetime
    times: int


@dataclass(slots=True)
class Sweep:
    """Finds what time has made due in one partition of one slot.

    It remembers what it announced: a lane that lists the same as before is announced again after
    1, 2, 4, ... seconds, so that a look which cannot help costs ever less. The memory is this
    process's own: another process, or this one restarted, merely announces a lane once more.
    Example: a task waits and the only free worker has had it: announced at 0, 1, 3 and 7 seconds.
    """

    settings: RouterSettings
    metrics: RouterMetrics
    _announced: dict[tuple[str, str], _Announcement] = field(default_factory=dict)
    _filled_at: dict[tuple[str, str], datetime] = field(default_factory=dict)

    async def __call__(self, swept: Swept) -> Sequence[Event]:
        """Return events for the timers topic: deadlines that have passed, and lanes to look over.

        Raises TransientError where Redis does not answer.
        Example: a lease that ended a second ago, in a partition read up to now: one event.
        """
        # Lanes first: reading deadlines moves each of them on by `due_again_seconds`. If reading
        # the lanes failed after that, the deadlines would be announced that much later.
        lanes_due = await self._lanes(swept)
        return [*await self._deadlines(swept), *lanes_due]

    async def _deadlines(self, swept: Swept) -> list[Event]:
        """Return one event for each task with a deadline that has passed."""
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
            DeadlinePassed(pool=pool, at=swept.now, task_id=task_id, due_at=from_ms(due_ms))
            for task_id, due_ms in due
        ]

    async def _lanes(self, swept: Swept) -> list[Event]:
        """Return one event for each lane of this partition that is to be filled or looked over."""
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
        """Return the event that announces a lane, or None where nothing is to be done about it."""
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
        """Whether the pool's workers are to be gone through for this lane.

        They are, once, for a lane that was never filled; and now and then for a lane in which tasks
        wait although it lists nobody as free, since an index may have lost somebody.
        Example: with `refill_seconds` 300 a lane with waiting tasks only is filled every 5 minutes.
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
