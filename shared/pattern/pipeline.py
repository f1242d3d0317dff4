"""The one pattern: recall and load, decide, commit, publish, settle, over a batch of records.

A batch is taken in parts: while one is published, the next is loaded, decided and committed.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from shared.contracts.errors import EpochGone, Overtaken, Revoked, TransientError
from shared.contracts.record import Ack, Outgoing, Record
from shared.observe.faults import fault
from shared.pattern.dependencies import Means
from shared.pattern.in_flight import ALONE, Batch, Deciding, Part, Work
from shared.pattern.read_records import Reading
from shared.pattern.together import Together, together
from shared.state import version
from shared.state.store import Loaded, Request, Settlement

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the pattern, in seconds and counts.

    Nothing is published later than `publish_seconds` after its commit or last recall. A part of a
    batch has at most `part_max` events of one slot: so many Redis works off in one call. A batch of
    fewer than `apart_min` goes one way: its trips to Redis and Kafka cost more than their waits.
    """

    publish_seconds: float = 10.0
    part_max: int = 125
    apart_min: int = 64
    tries_max: int = 3
    crashes_max: int = 8
    rounds_max: int = 20
    retry_seconds: float = 1.0


class Pipeline:
    """Takes batches through the pattern; needs neither Kafka nor asyncio to run."""

    def __init__(
        self, means: Means, limits: Limits | None = None, *, at_once: Together = together
    ) -> None:
        self.service = means.service
        self.limits = limits or Limits()
        self._store = means.store
        self._publisher = means.publisher
        self._clock = means.clock
        self._metrics = means.metrics
        self._journal = means.journal
        self._together = at_once
        self._reading = Reading(means.service, means.metrics)
        self._deciding = Deciding(
            means, tries_max=self.limits.tries_max, crashes_max=self.limits.crashes_max
        )
        self._progress: dict[str, int] = {}

    def read(self, records: Sequence[Record]) -> tuple[list[Work], list[Outgoing]]:
        """What there is to do, and the dead letters of what could not be read."""
        units, letters = self._reading.read(records)
        return [Work(unit, self.service.slot(unit.event)) for unit in units], letters

    def batch(
        self, works: list[Work], letters: Sequence[Outgoing], revoked: Callable[[], bool]
    ) -> Batch:
        """A batch of these, not yet on its way."""
        return Batch(works, revoked, letters, at=self._clock.monotonic())

    async def take(self, batch: Batch) -> None:
        """Take it through until all that follows from it is published, unless it crashed before.

        Waits without limit while Redis or Kafka is away. Raises EpochGone (catch up, consume again)
        and Revoked (drop the batch, acknowledge nothing).
        """
        await self._insist(lambda: self._tell(batch.letters), batch)
        await self._parts(batch)

    async def take_one_by_one(self, batch: Batch) -> None:
        """Take a batch that crashed before: nothing else may be on its way in this process."""
        for work in batch.works:
            await self._alone(Part(batch, [work]))

    async def settle(self, batch: Batch) -> None:
        """Say that it is done with; then its records may be acknowledged, soon after `batch.at`."""
        await self._insist(lambda: self._settle(batch), batch)
        if any(work.kept for work in batch.works):
            await fault(f"{self.service.name}.settled")

    async def drop(self, batch: Batch) -> None:
        """It is not to be taken to its end, and that is no crash."""
        with suppress(TransientError, EpochGone):
            await self._uncount(batch, batch.counted())

    async def _tell(self, letters: Sequence[Outgoing]) -> None:
        with self._metrics.failing("publish"):
            await self._publisher.send(letters)

    def progress(self) -> dict[str, int]:
        """For each partition read or written, the offset after the last that was done with."""
        return dict(self._progress)

    async def _parts(self, batch: Batch) -> None:
        """All parts in their order, but for a batch that crashed before: none of them.

        What was overtaken is brought to its end before anything later is begun.
        """
        before: Part | None = None
        for part in batch.parts(self.limits.part_max):
            if before is None:
                await self._begin(part)
            else:
                await self._together(self._finish(before), self._begin(part))
            if batch.crashed:
                return
            before = part
            if any(work.again for work in part.works):
                await self._finish(part)
                before = None
        if before is not None:
            await self._finish(before)

    async def _alone(self, part: Part) -> None:
        part.counted = {work.slot: (work.unit.id + ALONE,) for work in part.works}
        names = part.counted
        await self._begin(part)
        await self._finish(part)
        await self._insist(lambda: self._uncount(part.batch, names), part.batch)

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

    async def _begin(self, part: Part) -> None:
        await self._insist(lambda: self._pass(part), part.batch)

    async def _finish(self, part: Part) -> None:
        """Publish what was committed, and take what was overtaken through again, to its end.

        Rounds are counted between two waits only: an outage may take many more tries.
        """
        rounds = 1
        while part.waiting():
            try:
                await self._publish(part)
                if part.waiting():
                    rounds += 1
                    await self._pass(part)
                    if rounds >= self.limits.rounds_max:
                        raise Overtaken("the same records are overtaken again and again")
            except TransientError as failure:
                await self._wait(failure, part.batch)
                rounds = 1
                for work in part.waiting():
                    work.again = True  # what was committed is recalled before it is published
            if part.waiting() and part.batch.revoked():
                raise Revoked

    async def _pass(self, part: Part) -> None:
        """Load, decide and commit what is not done with; what is then `again` was overtaken."""
        loaded = await self._load(part)
        works = part.waiting()
        if not part.batch.crashed and self._crashed(loaded):
            part.batch.crashed = True
            return
        self._deciding.decide(works, loaded)
        await self._commit(part, works)
        if any(work.kept for work in works):
            await fault(f"{self.service.name}.committed")

    def _crashed(self, loaded: Mapping[str, Loaded]) -> bool:
        attempts = (count for found in loaded.values() for count in found.attempts.values())
        return max(attempts, default=0) > self.limits.crashes_max

    async def _load(self, part: Part) -> Mapping[str, Loaded]:
        """An attempt is counted once, however often Redis or Kafka make a part start over."""
        part.at = self._clock.monotonic()
        counted, part.counted = part.counted, {}
        by_slot: dict[str, list[Work]] = {slot: [] for slot in counted}
        for work in part.waiting():
            by_slot.setdefault(work.slot, []).append(work)
        requests = {
            slot: self._request(works, counted.get(slot, ())) for slot, works in by_slot.items()
        }
        try:
            with self._metrics.failing("load"):
                loaded = await self._store.load(requests)
        except EpochGone as gone:
            part.batch.under(gone.answered)  # attempts were counted there: they are taken back
            raise
        part.batch.under({slot: found.epoch for slot, found in loaded.items()})
        version.ours(self.service.card, part.batch.epochs)
        return loaded

    def _request(self, works: Sequence[Work], counted: tuple[str, ...]) -> Request:
        units = [work.unit for work in works]
        rows = [(unit, self.service.row(unit.event)) for unit in units]
        return Request(
            ids=tuple(unit.id for unit in units),
            reads=tuple(read for unit, row in rows if row for read in row.load.reads(unit.seen)),
            counted=counted,
        )

    async def _commit(self, part: Part, works: Sequence[Work]) -> None:
        by_slot: dict[str, list[Work]] = {}
        for work in works:
            if work.entry is not None:
                by_slot.setdefault(work.slot, []).append(work)
        entries = {
            slot: (part.batch.epochs[slot], [work.entry for work in found if work.entry])
            for slot, found in by_slot.items()
        }
        with self._metrics.failing("commit"):
            replies = await self._store.commit(entries)
        for slot, found in by_slot.items():
            for work, reply in zip(found, replies[slot], strict=True):
                self._deciding.replied(work, reply)

    async def _publish(self, part: Part) -> None:
        """Others first, then the journal in record order: what the journal says has been told."""
        works = [work for work in part.waiting() if not work.again]
        letters = [
            self._reading.letter(work.unit.record, work.refused) for work in works if work.refused
        ]
        records = [(work.slot, record) for work in works for record in work.records]
        told = [record for _, record in records if record.topic != self._journal]
        await self._send(part, letters + told)
        journal = [(slot, record) for slot, record in records if record.topic == self._journal]
        acks = await self._send(part, [record for _, record in journal])
        part.batch.acks += [(slot, ack) for (slot, _), ack in zip(journal, acks, strict=True)]
        for work in works:
            work.done = True
        if told or journal:
            await fault(f"{self.service.name}.published")

    async def _send(self, part: Part, records: Sequence[Outgoing]) -> Sequence[Ack]:
        if not records:
            return ()
        with self._metrics.failing("publish"):
            if self._clock.monotonic() - part.at > self.limits.publish_seconds:
                raise Overtaken("too long since the commit: recall before publishing")
            acks = await self._publisher.send(records)
        self._metrics.sent([record.topic for record in records])
        return acks

    async def _settle(self, batch: Batch) -> None:
        at = self._clock.monotonic()
        settlements = batch.settlements()
        with self._metrics.failing("settle"):
            await self._store.settle(settlements)
        for done in settlements.values():
            for name, offset in done.markers.items():
                self._progress[name] = max(self._progress.get(name, 0), offset)
        batch.at = at

    async def _uncount(self, batch: Batch, counted: Mapping[str, tuple[str, ...]]) -> None:
        """These attempts ended otherwise than by a crash."""
        settlements = {
            slot: Settlement(batch.epochs[slot], (), names, {})
            for slot, names in counted.items()
            if slot in batch.epochs
        }
        with self._metrics.failing("settle"):
            await self._store.settle(settlements)
