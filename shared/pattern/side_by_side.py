"""A batch handled in several ways side by side: while one waits for Redis, another decides.

What has one key goes one way, and where a service's slots are fixed, what is of one slot. Each way
has a producer of its own, and to the others it is what another process would be: whoever comes
second to an aggregate is in conflict and decides again.
"""

from collections.abc import Callable, Sequence
from zlib import crc32

from shared.contracts.errors import EpochGone, Revoked
from shared.contracts.record import Record
from shared.pattern.in_flight import Batch, Work
from shared.pattern.pipeline import Limits, Pipeline
from shared.pattern.together import Together, together


class Ways:
    """Takes batches through one or more pipelines of one service."""

    def __init__(self, pipelines: Sequence[Pipeline], *, at_once: Together = together) -> None:
        self._pipelines = pipelines
        self._together = at_once

    @property
    def limits(self) -> Limits:
        """Bounds of the pattern, the same in all ways."""
        return self._pipelines[0].limits

    async def handle(
        self, records: Sequence[Record], *, revoked: Callable[[], bool] = lambda: False
    ) -> float:
        """Take one batch through; when it returns, every record may be acknowledged.

        Returns the monotonic time of the store's last word: acknowledge soon after it. Waits
        without limit while Redis or Kafka is away. Raises EpochGone (catch up, consume again) and
        Revoked (drop the batch, acknowledge nothing).
        """
        first, *others = self._pipelines
        works, letters = first.read(records)
        mine, *rest = self._dealt(works)
        found = [(first, first.batch(mine, letters, revoked))]
        found += [
            (way, way.batch(part, (), revoked))
            for way, part in zip(others, rest, strict=True)
            if part
        ]
        try:
            await self._take(found)
        except (Revoked, EpochGone):
            for way, batch in found:
                await way.drop(batch)
            raise
        return min(batch.at for _, batch in found)

    async def _take(self, found: Sequence[tuple[Pipeline, Batch]]) -> None:
        """Nothing is settled before all is published, nor under two epochs: a partition's marker
        moves past what every way had of it.
        """
        await self._together(*[way.take(batch) for way, batch in found])
        for way, batch in found:
            if batch.crashed:
                await way.take_one_by_one(batch)
        _, first = found[0]
        for _, batch in found[1:]:
            first.under(batch.epochs)
        await self._together(*[way.settle(batch) for way, batch in found])

    def progress(self) -> dict[str, int]:
        """For each partition read or written, the offset after the last that was done with."""
        found: dict[str, int] = {}
        for pipeline in self._pipelines:
            for name, offset in pipeline.progress().items():
                found[name] = max(found.get(name, 0), offset)
        return found

    def _dealt(self, works: Sequence[Work]) -> list[list[Work]]:
        """What goes which way: of a small batch everything the first."""
        if len(works) < self.limits.apart_min:
            return [list(works), *([] for _ in self._pipelines[1:])]
        by_slot = bool(self._pipelines[0].service.slots)
        parts: list[list[Work]] = [[] for _ in self._pipelines]
        for work in works:
            name = work.slot.encode() if by_slot else work.unit.record.key or b""
            parts[crc32(name) % len(parts)].append(work)
        return parts
