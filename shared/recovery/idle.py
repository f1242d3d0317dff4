"""Asks many slots at once whether periodic work would find anything in them.

A slot is the set of Redis keys under one hash tag. With thousands of pools, of which most have no
work, a sweep that asked each for itself would be late for those that have some. Nothing is
remembered of what is in a slot: another process may put its first task there at any moment.
Example: 3,000 slots in which nothing is: 15 round trips find that out.
"""

from collections.abc import Sequence

from shared.contracts.errors import TransientError
from shared.pattern.dependencies import Dependencies
from shared.state import version

AT_ONCE = 200
"""Slots asked in one round trip: Redis answers nobody else meanwhile for some milliseconds."""


class Idle:
    """Finds the slots that a sweep has to visit.

    One that was visited in the round before is visited once more: its metrics are to fall to 0.
    """

    def __init__(self, dependencies: Dependencies) -> None:
        self._service = dependencies.service
        self._store = dependencies.store
        self._visited: set[str] = set()

    async def others_than(self, slots: Sequence[str]) -> Sequence[str]:
        """Return those of these slots (each the Redis keys under one hash tag) to visit, in order.

        Raises EpochGone if one must be rebuilt first.
        """
        busy = [
            slot
            for start in range(0, len(slots), AT_ONCE)
            for slot in await self._busy(slots[start : start + AT_ONCE])
        ]
        visit, self._visited = self._visited.union(busy), set(busy)
        return [slot for slot in slots if slot in visit]

    async def _busy(self, slots: Sequence[str]) -> Sequence[str]:
        try:
            there = await self._store.there({slot: self._keys(slot) for slot in slots})
        except TransientError:
            # Of a cluster one server may be away: then each slot is tried for itself.
            return slots
        version.require_own_epochs(
            self._service.card, {slot: epoch for slot, (epoch, _) in there.items()}
        )
        return [slot for slot in slots if there[slot][1]]

    def _keys(self, slot: str) -> Sequence[str]:
        return f"{slot}:unsettled", *self._service.swept(slot)
