"""What time and waiting make due: deadlines, and lanes in which both sides wait or nobody fits."""

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
"""Names read of each side of a lane: enough to see that there are more than one look pairs."""


_INSTANT = timedelta(microseconds=1)
"""A deadline is over after its last moment, not at it."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """One lane's lists, as far as they were read."""

    waiting: tuple[tuple[str, int], ...]
    stuck: tuple[tuple[str, int], ...]
    free: tuple[tuple[str, int], ...]
    fits: bool

    @property
    def due(self) -> bool:
        """Whether a look over the lane could change anything."""
        if self.waiting and (self.free or not self.fits):
            return True
        return bool(self.stuck) and self.fits


@dataclass(frozen=True, slots=True)
class _Announced:
    """When a lane was last announced, with what in it, and how often with the same."""

    seen: _Seen
    at: datetime
    times: int


@dataclass(slots=True)
class Sweep:
    """The router's sweep.

    It remembers what it announced: a lane in which nothing has changed is announced again after 1,
    2, 4, ... seconds, so that a look that came too early costs little and one that cannot help even
    less. Another process, or this one restarted, merely announces it again.
    """

    settings: RouterSettings
    metrics: RouterMetrics
    _announced: dict[tuple[str, str], _Announced] = field(default_factory=dict)
    _filled_at: dict[tuple[str, str], datetime] = field(default_factory=dict)

    async def __call__(self, swept: Swept) -> Sequence[Event]:
        """Events for the timers topic. What is due is taken last: it is not found again at once."""
        lanes_due = await self._lanes(swept)
        return [*await self._deadlines(swept), *lanes_due]

    async def _deadlines(self, swept: Swept) -> list[Event]:
        """One event for each task with something due."""
        found = await swept.store.due(
            swept.slot,
            keys.deadlines_of(swept.slot, swept.partition),
            due_ms=to_ms(min(swept.now, swept.read_until) - _INSTANT),
            again_ms=to_ms(swept.now) + self.settings.due_again_seconds * 1000,
            count=self.settings.due_max,
        )
        self.metrics.deadlines.inc(len(found))
        pool = keys.pool_of(swept.slot)
        return [
            DeadlinePassed(pool=pool, at=swept.now, task_id=task_id, due_at=from_ms(due_ms))
            for task_id, due_ms in found
        ]

    async def _lanes(self, swept: Swept) -> list[Event]:
        pool = keys.pool_of(swept.slot)
        known, filled = keys.lanes(pool), keys.filled(pool)
        loaded = await _load(swept, (hash_of(known), set_of(filled)))
        lanes_known = View(loaded.data).hash(known)
        mine = [
            lane
            for lane in sorted(lanes_known)
            if lane != REVISION and partition_of(lane) == swept.partition
        ]
        if not mine:
            self._count(swept, [])
            return []
        lists = View(
            (await _load(swept, tuple(read for lane in mine for read in _reads(pool, lane)))).data
        )
        seen = {lane: _seen(lists, pool, lane) for lane in mine}
        self._count(swept, [_counted(lists, pool, lane, lanes_known[lane]) for lane in mine])
        done = loaded.data[filled][1]
        events = (self._due(swept, lane, seen[lane], filled=lane in done) for lane in mine)
        return [event for event in events if event is not None]

    def _due(self, swept: Swept, lane: str, seen: _Seen, *, filled: bool) -> LaneDue | None:
        pool, name = keys.pool_of(swept.slot), (swept.slot, lane)
        if self._to_fill(swept, name, seen, filled=filled):
            self._filled_at[name] = swept.now
            return LaneDue(pool=pool, at=swept.now, lane=lane, fill=True)
        if not seen.due or not filled:
            return None
        before = self._announced.get(name)
        times = before.times + 1 if before and before.seen == seen else 0
        if before and times:
            wait = min(2 ** (times - 1), self.settings.lane_again_seconds)
            if (swept.now - before.at).total_seconds() < wait:
                return None
        self._announced[name] = _Announced(seen, swept.now, times)
        return LaneDue(pool=pool, at=swept.now, lane=lane)

    def _to_fill(self, swept: Swept, name: tuple[str, str], seen: _Seen, *, filled: bool) -> bool:
        """A lane that was never filled, or in which tasks wait though the index lists nobody.

        The index is kept by whoever comes by; what it may have lost is found again here.
        """
        last = self._filled_at.get(name)
        if last is None:
            if not filled:
                return True
            self._filled_at[name] = swept.now
            return False
        starved = bool(seen.waiting or seen.stuck) and not seen.free
        if filled and not starved:
            return False
        again = self.settings.refill_seconds if filled else self.settings.lane_again_seconds
        return (swept.now - last).total_seconds() >= again

    def _count(self, swept: Swept, counts: Sequence[LaneCount]) -> None:
        self.metrics.lanes((swept.slot, swept.partition), swept.now, counts)


@lru_cache(maxsize=1024)
def _skills(requirement: str) -> tuple[str, ...]:
    return tuple(need.skill for need in Requirement.model_validate_json(requirement).skills)


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


def _seen(view: View, pool: str, lane: str) -> _Seen:
    def listed(key: str) -> tuple[tuple[str, int], ...]:
        return tuple(view.ranking(key).items())

    return _Seen(
        waiting=listed(keys.waiting(pool, lane)),
        stuck=listed(keys.stuck(pool, lane)),
        free=listed(keys.free(pool, lane)),
        fits=bool(view.ranking(keys.fit(pool, lane))),
    )
