"""Finds what the root slot keeps of people and a pool can take now, once per sweep.

The root slot is `{router}`, the Redis keys that belong to no pool. What is kept there is mostly
handed on by the record that makes it possible. This search mends what a crash, another process or a
loss left behind, and finds pools that a task has opened.
Example: w-7 said to be available in `photos`; its first task comes: the sweep announces w-7.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.router import keys
from services.router.metrics import RouterMetrics
from services.router.settings import RouterSettings
from services.router.state.people import EVERYWHERE
from services.router.to_state_people import whereabouts_of
from shared.contracts.events.model import Event
from shared.contracts.events.timers import KeptDue
from shared.pattern.service import Swept
from shared.state.changes import Read, count_of, hash_of, lowest
from shared.state.escaping import unescaped
from shared.state.store import Request
from shared.state.view import View

LOOK_MAX = 20_000
"""Kept presences that one look goes over: twice as many as there should ever be."""
DUE_MAX = 1_000
"""Workers whom one look announces; the others are announced by the next, a second later."""
AGAIN_SECONDS = 10.0
"""Seconds between two looks while no pool is new: a whole look is dear with 10,000 presences."""
AGAIN_SECONDS_MAX = 3_600.0


@dataclass(slots=True)
class _Told:
    """Workers who were announced, each with the time of the last announcement and their number.

    They are announced again after a while, which doubles each time: as long as the router is behind
    with its records, they are all found again, and each would be one more record.
    """

    _by_worker: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def due(self, events: Mapping[str, Event], now: datetime, again_seconds: int) -> list[Event]:
        """Return the events to publish now, DUE_MAX at most; forget workers who have none now."""
        last = {who: self._by_worker[who] for who in events if who in self._by_worker}
        due = [who for who in events if who not in last or _is_over(last[who], now, again_seconds)]
        for who in due[:DUE_MAX]:
            last[who] = now, last[who][1] + 1 if who in last else 0
        self._by_worker = last
        return [events[who] for who in due[:DUE_MAX]]


def _is_over(last: tuple[datetime, int], now: datetime, again_seconds: int) -> bool:
    at, times = last
    wait = min(again_seconds * 2.0 ** min(times, 20), AGAIN_SECONDS_MAX)
    return (now - at).total_seconds() >= wait


@dataclass(slots=True)
class RootSweep:
    """Announces the workers of whom something can be handed on, in the root slot."""

    settings: RouterSettings
    metrics: RouterMetrics
    _looked_at: datetime | None = None
    _looked_for: frozenset[str] = frozenset()
    _leaving: _Told = field(default_factory=_Told)
    _kept: _Told = field(default_factory=_Told)

    async def __call__(self, swept: Swept) -> Sequence[Event]:
        """Return a KeptDue for each worker of whom something can be handed on to a pool now.

        Raises TransientError if Redis does not answer.
        """
        reads = (count_of(keys.all_kept()), lowest(keys.leaving(), take=LOOK_MAX))
        view = await _load(swept, reads)
        count = view.count(keys.all_kept())
        self.metrics.kept(count)
        again = self.settings.due_again_seconds
        leaving = map(unescaped, view.ranking(keys.leaving()))
        left = self._leaving.due({who: _due(swept, who) for who in leaving}, swept.now, again)
        if not count or not self._worth_a_look(swept):
            return left
        return left + await self._look(swept)

    def _worth_a_look(self, swept: Swept) -> bool:
        if self._looked_at is None or swept.slots != self._looked_for:
            return True
        return (swept.now - self._looked_at).total_seconds() >= AGAIN_SECONDS

    async def _look(self, swept: Swept) -> list[Event]:
        each = (hash_of(keys.each_kept()), hash_of(keys.each_listed()))
        view = await _load(swept, (lowest(keys.all_kept(), take=LOOK_MAX, then=each),))
        by_worker = {due.worker_id: due for due in _found(swept, view)}
        due = self._kept.due(by_worker, swept.now, self.settings.due_again_seconds)
        if len(due) < DUE_MAX:
            self._looked_at, self._looked_for = swept.now, swept.slots
        return [*due]


def _found(swept: Swept, view: View) -> Iterator[KeptDue]:
    for worker_id in map(unescaped, view.ranking(keys.all_kept())):
        where = whereabouts_of(view, worker_id)
        if where.said is None:
            continue
        if where.said.pool == EVERYWHERE:
            if where.present_in:
                yield _due(swept, worker_id)
        elif keys.slot(where.said.pool) in swept.slots:
            yield _due(swept, worker_id, where.said.pool)


def _due(swept: Swept, worker_id: str, opened: str = "") -> KeptDue:
    return KeptDue(at=swept.now, worker_id=worker_id, opened=opened)


async def _load(swept: Swept, reads: Sequence[Read]) -> View:
    loaded = await swept.store.load({swept.slot: Request(reads=tuple(reads))})
    return View(loaded[swept.slot].data)
