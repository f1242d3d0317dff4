"""The one pattern: recall and load, decide, commit, publish, settle, over a batch of records."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from shared.errors import EpochGone, Overtaken, Revoked, TransientError
from shared.faults import fault
from shared.means import Means
from shared.reading import Reading
from shared.record import Ack, Outgoing, Record
from shared.store import Loaded, Request, Settlement
from shared.works import ALONE, Batch, Deciding, Work

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the pattern, in seconds and counts.

    Nothing is published later than `publish_seconds` after its commit or last recall.
    """

    publish_seconds: float = 10.0
    tries_max: int = 3
    crashes_max: int = 8
    rounds_max: int = 20
    retry_seconds: float = 1.0


class Pipeline:
    """Takes batches through the pattern; needs neither Kafka nor asyncio to run."""

    def __init__(self, means: Means, limits: Limits | None = None) -> None:
        self.service = means.service
        self.limits = limits or Limits()
        self._store = means.store
        self._publisher = means.publisher
        self._clock = means.clock
        self._metrics = means.metrics
        self._journal = means.journal
        self._reading = Reading(means.service, means.metrics)
        self._deciding = Deciding(
            means, tries_max=self.limits.tries_max, crashes_max=self.limits.crashes_max
        )
        self._progress: dict[str, int] = {}

    async def handle(
        self, records: Sequence[Record], *, revoked: Callable[[], bool] = lambda: False
    ) -> float:
        """Take one batch through; when it returns, every record may be acknowledged.

        Returns the monotonic time of the store's last word: acknowledge soon after it. Waits
        without limit while Redis or Kafka is away. Raises EpochGone (catch up, consume again) and
        Revoked (drop the batch, acknowledge nothing).
        """
        units, letters = self._reading.read(records)
        works = [Work(unit, self.service.slot(unit.event)) for unit in units]
        batch = Batch(works, revoked, at=self._clock.monotonic())
        try:
            await self._take(batch, letters)
        except Revoked:
            with suppress(TransientError, EpochGone):
                await self._uncount(batch, batch.works)
            raise
        return batch.at

    async def _take(self, batch: Batch, letters: Sequence[Outgoing]) -> None:
        await self._insist(lambda: self._publisher.send(letters), batch)
        if not await self._finish(batch, batch.works, counted=""):
            for work in batch.works:
                await self._finish(batch, [work], counted=ALONE)
                await self._insist(partial(self._uncount, batch, [work]), batch)
        await self._insist(lambda: self._settle(batch), batch)
        if any(work.kept for work in batch.works):
            await fault(f"{self.service.name}.settled")

    def progress(self) -> dict[str, int]:
        """For each partition read or written, the offset after the last that was done with."""
        return dict(self._progress)

    async def _insist(self, act: Callable[[], Awaitable[object]], batch: Batch) -> None:
        while True:
            try:
                await act()
            except TransientError as failure:
                await self._wait(failure, batch)
            else:
                return

    async def _wait(self, failure: Exception, batch: Batch) -> None:
        if batch.revoked():
            raise Revoked
        self._metrics.waits.inc()
        log.warning("waiting", cause=str(failure))
        await self._clock.sleep(self._clock.jitter(self.limits.retry_seconds))
        if batch.revoked():
            raise Revoked

    async def _finish(self, batch: Batch, works: Sequence[Work], *, counted: str) -> bool:
        """Take these works to their publication; False: they crashed before, take them alone.

        An attempt is counted once, however often Redis or Kafka make it start over.
        """
        pending, rounds = list(works), 0
        while pending:
            rounds += 1
            try:
                loaded = await self._load(batch, pending, counted if rounds == 1 else None)
                if counted == "" and self._crashed(loaded) and len(works) > 1:
                    return False
                pending = await self._pass(batch, pending, loaded)
                if rounds >= self.limits.rounds_max and pending:
                    raise Overtaken("the same records are overtaken again and again")
            except TransientError as failure:
                await self._wait(failure, batch)
            if pending and batch.revoked():
                raise Revoked
        return True

    def _crashed(self, loaded: Mapping[str, Loaded]) -> bool:
        attempts = (count for found in loaded.values() for count in found.attempts.values())
        return max(attempts, default=0) > self.limits.crashes_max

    async def _load(
        self, batch: Batch, pending: Sequence[Work], counted: str | None
    ) -> Mapping[str, Loaded]:
        batch.at = self._clock.monotonic()
        by_slot: dict[str, list[Work]] = {}
        for work in pending:
            by_slot.setdefault(work.slot, []).append(work)
        requests = {slot: self._request(works, counted) for slot, works in by_slot.items()}
        with self._metrics.failing("load"):
            loaded = await self._store.load(requests)
        batch.epochs.update({slot: found.epoch for slot, found in loaded.items()})
        return loaded

    def _request(self, works: Sequence[Work], counted: str | None) -> Request:
        units = [work.unit for work in works]
        rows = [(unit, self.service.row(unit.event)) for unit in units]
        return Request(
            ids=tuple(unit.id for unit in units),
            reads=tuple(read for unit, row in rows if row for read in row.load.reads(unit.seen)),
            counted=() if counted is None else tuple(unit.id + counted for unit in units),
        )

    async def _pass(
        self, batch: Batch, pending: Sequence[Work], loaded: Mapping[str, Loaded]
    ) -> list[Work]:
        """Decide, commit and publish what can be; return what must be loaded again."""
        self._deciding.decide(pending, loaded)
        await self._commit(batch, pending)
        if any(work.kept for work in pending):
            await fault(f"{self.service.name}.committed")
        await self._publish(batch, [work for work in pending if not work.again])
        return [work for work in pending if work.again]

    async def _commit(self, batch: Batch, works: Sequence[Work]) -> None:
        by_slot: dict[str, list[Work]] = {}
        for work in works:
            if work.entry is not None:
                by_slot.setdefault(work.slot, []).append(work)
        entries = {
            slot: (batch.epochs[slot], [work.entry for work in found if work.entry])
            for slot, found in by_slot.items()
        }
        with self._metrics.failing("commit"):
            replies = await self._store.commit(entries)
        for slot, found in by_slot.items():
            for work, reply in zip(found, replies[slot], strict=True):
                self._deciding.replied(work, reply)

    async def _publish(self, batch: Batch, works: Sequence[Work]) -> None:
        """Others first, then the journal in record order: what the journal says has been told."""
        letters = [
            self._reading.letter(work.unit.record, work.refused) for work in works if work.refused
        ]
        records = [(work.slot, record) for work in works for record in work.records]
        told = [record for _, record in records if record.topic != self._journal]
        await self._send(batch, letters + told)
        journal = [(slot, record) for slot, record in records if record.topic == self._journal]
        acks = await self._send(batch, [record for _, record in journal])
        batch.acks += [(slot, ack) for (slot, _), ack in zip(journal, acks, strict=True)]
        if told or journal:
            await fault(f"{self.service.name}.published")

    async def _send(self, batch: Batch, records: Sequence[Outgoing]) -> Sequence[Ack]:
        if not records:
            return ()
        if self._clock.monotonic() - batch.at > self.limits.publish_seconds:
            raise Overtaken("too long since the commit: recall before publishing")
        with self._metrics.failing("publish"):
            acks = await self._publisher.send(records)
        self._metrics.sent([record.topic for record in records])
        return acks

    async def _settle(self, batch: Batch) -> None:
        slots = {work.slot for work in batch.works}
        at = self._clock.monotonic()
        settlements = {slot: self._settlement(batch, slot) for slot in slots}
        with self._metrics.failing("settle"):
            await self._store.settle(settlements)
        for done in settlements.values():
            for name, offset in done.markers.items():
                self._progress[name] = max(self._progress.get(name, 0), offset)
        batch.at = at

    async def _uncount(self, batch: Batch, works: Sequence[Work]) -> None:
        """These attempts ended otherwise than by a crash."""
        by_slot: dict[str, list[str]] = {}
        for work in works:
            by_slot.setdefault(work.slot, []).append(work.unit.id)
        await self._store.settle(
            {
                slot: Settlement(batch.epochs[slot], (), _counted(ids), {})
                for slot, ids in by_slot.items()
                if slot in batch.epochs
            }
        )

    def _settlement(self, batch: Batch, slot: str) -> Settlement:
        works = [work for work in batch.works if work.slot == slot]
        places = [(work.unit.record.place, work.unit.record.offset) for work in works]
        places += [(ack.place, ack.offset) for found, ack in batch.acks if found == slot]
        markers: dict[str, int] = {}
        for place, offset in places:
            name = f"{place.topic}:{place.partition}"
            markers[name] = max(markers.get(name, 0), offset + 1)
        return Settlement(
            epoch=batch.epochs[slot],
            published=tuple(work.unit.id for work in works if work.kept),
            handled=_counted([work.unit.id for work in works]),
            markers=markers,
        )


def _counted(ids: Sequence[str]) -> tuple[str, ...]:
    """The names under which attempts of these are counted."""
    return tuple(ids) + tuple(id_ + ALONE for id_ in ids)
