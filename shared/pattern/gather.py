"""The gather: handled batches whose settling in Redis and whose Kafka offsets are still to come.

Correctness rests on commit and publish alone, so settling and offsets need not follow each batch.
One trip to Redis and one commit of offsets then serve many small batches.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.contracts.errors import EpochGone
from shared.contracts.record import Record, TopicPartition
from shared.pattern.batch import Batch
from shared.pattern.limits import Limits
from shared.state.store import Settlement


@dataclass(slots=True)
class _MergedSettlement:
    """What the gathered batches have to note in one slot, all under one epoch."""

    epoch: str
    published: dict[str, str] = field(default_factory=dict)
    handled: list[str] = field(default_factory=list)
    markers: dict[str, int] = field(default_factory=dict)


class Gather:
    """Collects batches whose records are all published, until they are settled together.

    offsets: for each partition, the offset behind the last record gathered. They may be committed
        to Kafka only after Redis has answered the settlements.
    Example: `gather.add(batches, records, now=clock.monotonic())`.
    """

    def __init__(self, limits: Limits) -> None:
        self.offsets: dict[TopicPartition, int] = {}
        self._limits = limits
        self._slots: dict[str, _MergedSettlement] = {}
        self._units = self._bytes = 0
        self._first_at = self._last_at = 0.0

    def add(
        self,
        batches: Sequence[Batch],
        records: Sequence[Record],
        *,
        now: float,
        forgets_attempts: bool = False,
    ) -> None:
        """Add the batches that handled these records at the monotonic time `now`.

        With `forgets_attempts` every event's crash counter is taken back, not only those that
        loading these batches raised: a process that died may have begun its batches elsewhere.
        Raises EpochGone, adding nothing, if a slot was rebuilt since an earlier batch: what that
        one committed is lost, and no offset of either may be committed.
        """
        self._check_epochs(batches)
        for batch in batches:
            for slot, done in batch.settlements().items():
                self._merge(slot, done)
            if forgets_attempts:
                for one in batch.units:
                    self._slots[one.slot].handled.append(one.unit.id)
            self._units += len(batch.units)
            self._bytes += batch.outcome_bytes
        for record in records:
            place = record.place
            self.offsets[place] = max(self.offsets.get(place, 0), record.offset + 1)
        self._first_at, self._last_at = self._first_at or now, now

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be settled, and no offset to be committed."""
        return not self.offsets

    def due_in(self, now: float, *, is_idle: bool) -> float:
        """Return in how many seconds this gather is to be settled; 0 or less means at once.

        `is_idle` says that no further batch is being handled. Example: 0.15 where the last batch
        ended 0.05 seconds ago and nothing has come since.
        """
        limits = self._limits
        if self._units >= limits.gather_units_max or self._bytes >= limits.gather_bytes_max:
            return 0.0
        due_at = self._first_at + limits.gather_seconds
        if is_idle:
            due_at = min(due_at, self._last_at + limits.gather_idle_seconds)
        return due_at - now

    def settlements(self) -> dict[str, Settlement]:
        """Return, by slot (the Redis keys under one hash tag), what to write there."""
        return {
            slot: Settlement(done.epoch, done.published, tuple(done.handled), done.markers)
            for slot, done in self._slots.items()
        }

    def progress(self) -> Iterable[tuple[str, int]]:
        """Return how far each partition is done once this gather is acknowledged.

        Example: `("tasks:3", 1042)`: partition 3 of `tasks` is done up to offset 1041.
        """
        for place, offset in self.offsets.items():
            yield place.marker, offset
        for done in self._slots.values():
            yield from done.markers.items()

    def attempts(self) -> dict[str, Settlement]:
        """Return, by slot, settlements that take back the crash counters and do nothing else."""
        return {
            slot: Settlement(done.epoch, {}, tuple(done.handled), {})
            for slot, done in self._slots.items()
        }

    def _check_epochs(self, batches: Iterable[Batch]) -> None:
        for batch in batches:
            for slot, epoch in batch.epochs.items():
                done = self._slots.get(slot)
                if done is not None and done.epoch != epoch:
                    raise EpochGone(slot)

    def _merge(self, slot: str, done: Settlement) -> None:
        merged = self._slots.setdefault(slot, _MergedSettlement(done.epoch))
        merged.published |= done.published
        merged.handled += done.handled
        _raise_all(merged.markers, done.markers)


def _raise_all(markers: dict[str, int], offsets: Mapping[str, int]) -> None:
    for name, offset in offsets.items():
        markers[name] = max(markers.get(name, 0), offset)
