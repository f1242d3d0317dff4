"""Side by side: one batch in several pipelines, so one decides while another waits for Redis.

Records with one key go to one pipeline; where a service's slots are fixed, so does all of a slot.
Each pipeline has a producer of its own and meets the others as another process would: whoever
comes second to an aggregate is in conflict, loads it again and decides again.
"""

from collections.abc import Awaitable, Callable, Sequence
from zlib import crc32

from shared.contracts.errors import EpochGone, Revoked
from shared.contracts.record import Record
from shared.pattern.batch import Batch, nothing
from shared.pattern.gather import Gather
from shared.pattern.in_flight import UnitInFlight
from shared.pattern.limits import Limits
from shared.pattern.pipeline import Pipeline
from shared.pattern.together import Together, together

Share = tuple[Pipeline, Batch]
"""A pipeline, and the share of the records that it takes."""


class SideBySide:
    """Handles each fetch of records in one or more pipelines of a service at the same time."""

    def __init__(self, pipelines: Sequence[Pipeline], *, at_once: Together = together) -> None:
        self._pipelines = pipelines
        self._together = at_once
        self._progress: dict[str, int] = {}

    @property
    def limits(self) -> Limits:
        """The bounds of the pattern, the same for every pipeline."""
        return self._pipelines[0].limits

    async def handle(
        self,
        records: Sequence[Record],
        *,
        revoked: Callable[[], bool] = lambda: False,
        is_open: Callable[[str], bool] = lambda _slot: True,
        before_retry: Callable[[], Awaitable[None]] = nothing,
    ) -> list[Batch]:
        """Handle one fetch of records; return their batches, to be gathered and settled.

        `is_open` tells of a slot (the Redis keys under one hash tag) whether it is known to be
        open: a service may place an event elsewhere whose own slot is not. `before_retry` is
        awaited before records are decided whose earlier delivery did not end.
        Waits without limit while Redis or Kafka is away, or what reading takes. Raises EpochGone if
        Redis lost state (rebuild it, then consume again) and Revoked if another process owns the
        partitions now; in both cases no offset may be committed.
        """
        await self._pipelines[0].before_reading(records, revoked=revoked)
        shares = self._shares(records, revoked, is_open)
        for _, batch in shares:
            batch.before_retry = before_retry
        try:
            await self._take(shares)
        except (Revoked, EpochGone) as failure:
            await self.drop([batch for _, batch in shares])
            if isinstance(failure, EpochGone):
                # Opened one by one, each new slot would let the batch start over.
                failure.needed = frozenset(one.slot for _, batch in shares for one in batch.units)
            raise
        return [batch for _, batch in shares]

    async def _take(self, shares: Sequence[Share]) -> None:
        if len(shares) == 1:
            ((pipeline, batch),) = shares
            await pipeline.handle(batch)
        else:
            await self._together(*[pipeline.handle(batch) for pipeline, batch in shares])
        # One by one only when every pipeline is idle: nothing else may be to blame for a crash.
        for pipeline, batch in shares:
            if batch.crash_loop:
                await pipeline.handle_one_by_one(batch)
        # Nothing is gathered before every share is published, nor where two shares saw different
        # epochs: settling moves a partition's marker past the records of all shares.
        _, first = shares[0]
        for _, batch in shares[1:]:
            first.remember_epochs(batch.epochs)

    async def settle(self, gather: Gather, *, revoked: Callable[[], bool]) -> float:
        """Record in Redis that all gathered batches are done, in one round trip.

        Returns the monotonic time of Redis' last answer: commit the offsets at most
        `publish_seconds` after it. Waits while Redis is away. Raises as `handle` does.
        """
        return await self._pipelines[0].settle(gather.settlements(), revoked=revoked)

    def acknowledged(self, gather: Gather) -> None:
        """Note how far the partitions of this gather are done: its offsets are committed."""
        # Not before: what is settled only may be lost with a slot, and a catch-up folds inputs up
        # to the committed offsets. A marker beyond them would let the next one skip the rest.
        for name, offset in gather.progress():
            self._progress[name] = max(self._progress.get(name, 0), offset)

    async def drop(self, batches: Sequence[Batch]) -> None:
        """Give these batches up: nothing of them is settled, and they come again."""
        for batch in batches:
            await self._pipelines[0].take_back(batch.attempts_raised())

    async def throw_away(self, gather: Gather) -> None:
        """Give all gathered batches up: they come again."""
        await self._pipelines[0].take_back(gather.attempts())

    def progress(self) -> dict[str, int]:
        """Return, by partition, the offset after the last record that is acknowledged.

        Example: `{"tasks:3": 1042}`: partition 3 of `tasks` is done up to offset 1041.
        """
        return dict(self._progress)

    def _shares(
        self,
        records: Sequence[Record],
        revoked: Callable[[], bool],
        is_open: Callable[[str], bool],
    ) -> list[Share]:
        """Read the records and share their units out; the first pipeline always gets a share."""
        first, *others = self._pipelines
        batch = first.read(records, revoked=revoked, is_open=is_open)
        batch.units, *rest = self._dealt(batch.units)
        shares = [(first, batch)]
        return shares + [
            (pipeline, Batch(share, revoked))
            for pipeline, share in zip(others, rest, strict=True)
            if share
        ]

    def _dealt(self, units: Sequence[UnitInFlight]) -> list[list[UnitInFlight]]:
        """Split units by key or slot, one list a pipeline; a small batch goes to the first."""
        if len(units) < self.limits.side_by_side_min:
            return [list(units), *([] for _ in self._pipelines[1:])]
        by_slot = bool(self._pipelines[0].service.slots)
        dealt: list[list[UnitInFlight]] = [[] for _ in self._pipelines]
        for one in units:
            name = one.slot.encode() if by_slot else one.unit.record.key or b""
            dealt[crc32(name) % len(dealt)].append(one)
        return dealt
