"""The pipeline: loads, decides, commits, publishes and settles events from Kafka.

    handle(batch)    for each chunk: deliver the one before, side by side with preparing this one
    prepare(chunk)   1 recall and load   2 decide   3 commit
    deliver(chunk)   4 publish; what was in conflict is prepared again, rounds_max times at most
    settle(gather)   5 settle            (the consumer: 6 acknowledge)

A unit is one event to handle, with its record; a chunk is a part of the batch. A unit is in
conflict if another process changed its state after it was loaded. Settling notes in Redis that the
records of one or more batches are published. Each unit takes the steps of `in_flight.LEGAL_STEPS`.
After a crash between any two steps Kafka delivers the batch again: outcomes that were committed are
then recalled from Redis, and the rest is decided again.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from shared.contracts.errors import EpochGone, Overtaken, Revoked, TransientError
from shared.contracts.record import Record
from shared.observe.faults import fault
from shared.pattern.batch import ALONE, Batch, Chunk
from shared.pattern.decide_chunk import ChunkDecider
from shared.pattern.dependencies import Dependencies
from shared.pattern.in_flight import Step, UnitInFlight
from shared.pattern.limits import Limits
from shared.pattern.read_records import RecordReader
from shared.pattern.together import Together, together
from shared.pattern.waiting import Waiting
from shared.state import version
from shared.state.store import CommitEntry, Loaded, Request, Settlement


class Pipeline:
    """Handles batches of Kafka records: loads state from Redis, decides each event, commits the
    decisions to Redis, publishes the records that result, and notes in Redis that this is done.

    Redis, Kafka and the clock are passed in, so that tests run it over simulated ones.
    """

    def __init__(
        self,
        dependencies: Dependencies,
        limits: Limits | None = None,
        *,
        at_once: Together = together,
    ) -> None:
        self.service = dependencies.service
        self.limits = limits or Limits()
        self._store = dependencies.store
        self._clock = dependencies.clock
        self._metrics = dependencies.metrics
        self._together = at_once
        self._reader = RecordReader(dependencies.service, dependencies.metrics)
        self._decider = ChunkDecider(
            dependencies,
            decisions_max=self.limits.decisions_max,
            crashes_max=self.limits.crashes_max,
        )
        self._publishing = dependencies.publishing(publish_seconds=self.limits.publish_seconds)
        self._waiting = Waiting(dependencies, retry_seconds=self.limits.retry_seconds)

    async def before_reading(
        self, records: Sequence[Record], *, revoked: Callable[[], bool]
    ) -> None:
        """Get from elsewhere what reading these records takes; wait while that is away."""
        before = self.service.before_reading
        if before is not None:
            await self._waiting.until_done(lambda: before(records), revoked=revoked)

    def read(
        self,
        records: Sequence[Record],
        *,
        revoked: Callable[[], bool],
        is_open: Callable[[str], bool],
    ) -> Batch:
        """Return a batch with a unit (one event) for each event that these records hold."""
        units, dead_letters, passed_over = self._reader.read(records, is_open)
        in_flight = [UnitInFlight(unit, self.service.slot(unit.event)) for unit in units]
        return Batch(in_flight, revoked, dead_letters, passed_over)

    async def handle(self, batch: Batch) -> None:
        """Decide every event of the batch, commit the decisions to Redis, and publish the records
        that result; returns once Kafka has acknowledged all of them.

        Waits without limit while Redis or Kafka is away. Raises EpochGone if Redis lost state (it
        must be rebuilt first) and Revoked if another process owns the partitions now. Where earlier
        deliveries of this batch crashed their process too often, sets `batch.crash_loop` and
        returns with nothing published: call `handle_one_by_one` then.
        """
        await self._send_dead_letters(batch)
        before: Chunk | None = None
        for chunk in batch.chunks(self.limits.chunk_max, self.service.chunk_bytes_max):
            if before is None:
                await self.prepare(chunk)
            else:
                await self._together(self.deliver(before), self.prepare(chunk))
            if batch.crash_loop:
                return
            before = chunk
            if chunk.at_step(Step.TO_DECIDE):
                # A conflict is brought to its end first: were a later chunk prepared meanwhile, it
                # would be decided on state that the conflicting units are about to change.
                await self.deliver(chunk)
                before = None
        if before is not None:
            await self.deliver(before)

    async def prepare(self, chunk: Chunk) -> None:
        """Load state for the chunk's events, decide them and commit the decisions to Redis.

        Waits while Redis is away. Where another process changed the state of an event meanwhile,
        Redis refuses its commit: the event is left at the step TO_DECIDE, and `deliver` loads,
        decides and commits it again.
        """
        await self._waiting.until_done(lambda: self._prepare(chunk), revoked=chunk.batch.revoked)

    async def deliver(self, chunk: Chunk) -> None:
        """Publish to Kafka the records that the chunk's events gave rise to, and return once all of
        them are acknowledged.

        An event whose commit Redis refused, because its state had changed since it was loaded, is
        loaded, decided and committed again first. Waits while Kafka is away.
        """
        # Kafka may have taken a part before it failed, and meanwhile another process may have gone
        # on: everything unpublished is recalled from Redis before it is published again.
        await self._waiting.until_done(
            lambda: self._deliver(chunk),
            revoked=chunk.batch.revoked,
            start_over=chunk.start_over,
        )

    async def settle(
        self, settlements: Mapping[str, Settlement], *, revoked: Callable[[], bool]
    ) -> float:
        """Record in Redis that batches are done; their offsets are committed to Kafka after that.

        Records kept for a replay get a short time to live, crash counters raised at load are
        lowered, and the markers move on that say how far each partition is handled. Waits while
        Redis is away. Returns the monotonic time before Redis confirmed all slots' epochs: the
        caller must commit the offsets within `publish_seconds` after it.
        """
        confirmed_at = 0.0

        async def settle() -> None:
            nonlocal confirmed_at
            confirmed_at = self._clock.monotonic()
            await self._settle(settlements)

        await self._waiting.until_done(settle, revoked=revoked)
        if any(done.published for done in settlements.values()):
            await fault(f"{self.service.name}.settled")
        return confirmed_at

    async def handle_one_by_one(self, batch: Batch) -> None:
        """Handle a batch that keeps crashing the process unit by unit.

        Redis counts the crashes of each unit (one event) alone, so that in the end only the event
        that crashes the process goes to the dead letters. Nothing else may be handled in the
        process meanwhile, or a crash is blamed on the wrong event.
        """
        for one in batch.units:
            attempt = {one.slot: (one.unit.id + ALONE,)}
            chunk = Chunk(batch, [one], attempts=attempt)
            await self.prepare(chunk)
            await self.deliver(chunk)
            # It did not crash the process: what remains counts the deliveries that did.
            done = {one.slot: Settlement(batch.epochs[one.slot], {}, attempt[one.slot], {})}
            await self.settle(done, revoked=batch.revoked)

    async def take_back(self, attempts: Mapping[str, Settlement]) -> None:
        """Lower the crash counters of batches that are given up after a rebalance or a loss.

        So their redelivery is not mistaken for a crash loop. Does nothing if Redis is away, or has
        lost the counters with its state.
        """
        with suppress(TransientError, EpochGone):
            await self._settle(attempts)

    # --- the steps, each tried once ------------------------------------------------------------

    async def _prepare(self, chunk: Chunk) -> None:
        chunk.start_over()
        loaded = await self._load(chunk)  # 1
        attempts = max((n for one in loaded.values() for n in one.attempts.values()), default=0)
        if attempts > 1:
            # Before the decision, which may crash the process again: then only this batch is read
            # again, from its first event on, under which its crashes are counted.
            await chunk.batch.before_retry()
        if not chunk.batch.crash_loop and attempts > self.limits.crashes_max:
            chunk.batch.crash_loop = True
            return
        units = chunk.unpublished()
        self._decider.decide(units, loaded)  # 2
        await self._commit(chunk)  # 3
        if any(one.outcome_kept for one in units):
            await fault(f"{self.service.name}.committed")

    async def _deliver(self, chunk: Chunk) -> None:
        # Rounds are counted within one try only: an outage may take many more tries than that.
        for _ in range(self.limits.rounds_max):
            await self._publish(chunk)  # 4
            if not chunk.unpublished():
                return
            await self._prepare(chunk)
            if chunk.batch.revoked():
                raise Revoked
        raise Overtaken("the same records are overtaken again and again")

    async def _load(self, chunk: Chunk) -> Mapping[str, Loaded]:
        """Load from Redis, in one round trip, the state that the chunk's events are decided on, and
        the records that earlier deliveries of the same events have committed.

        Events that are published already are left out. Raises EpochGone if Redis lost state,
        TransientError if it does not answer.
        """
        # Before the trip: publishing counts its bound from here, on the safe side.
        chunk.confirmed_at = self._clock.monotonic()
        # Taken out of the chunk: an attempt is counted once, however often the load is tried.
        attempts, chunk.attempts = chunk.attempts, {}
        by_slot: dict[str, list[UnitInFlight]] = {slot: [] for slot in attempts}
        for one in chunk.unpublished():
            by_slot.setdefault(one.slot, []).append(one)
        requests = {
            slot: self._request(units, attempts.get(slot, ())) for slot, units in by_slot.items()
        }
        try:
            with self._metrics.failing("load"):
                loaded = await self._store.load(requests)
        except EpochGone as gone:
            # The other slots did count an attempt: remembered, `drop` takes it back there.
            chunk.batch.remember_epochs(gone.answered)
            raise
        chunk.batch.remember_epochs({slot: one.epoch for slot, one in loaded.items()})
        version.require_own_epochs(self.service.card, chunk.batch.epochs)
        return loaded

    def _request(self, units: Sequence[UnitInFlight], attempts: tuple[str, ...]) -> Request:
        rows = [(one.unit, self.service.row(one.unit.event)) for one in units]
        reads = [read for unit, row in rows if row for read in row.load.reads(unit.checked)]
        return Request(tuple([one.unit.id for one in units]), tuple(reads), attempts)

    async def _commit(self, chunk: Chunk) -> None:
        """Commit the decisions of the chunk to Redis, one call for each slot.

        Sets each decided event to its next step by what Redis replied to its commit.
        """
        by_slot: dict[str, list[tuple[UnitInFlight, CommitEntry]]] = {}
        for one in chunk.at_step(Step.DECIDED):
            if one.entry is None:
                self._decider.take_reply(one, None)
            else:
                by_slot.setdefault(one.slot, []).append((one, one.entry))
        entries = {
            slot: (chunk.batch.epochs[slot], [entry for _, entry in pairs])
            for slot, pairs in by_slot.items()
        }
        with self._metrics.failing("commit"):
            replies = await self._store.commit(entries)
        for slot, pairs in by_slot.items():
            for (one, _), reply in zip(pairs, replies[slot], strict=True):
                self._decider.take_reply(one, reply)

    async def _publish(self, chunk: Chunk) -> None:
        """Publish the records of every committed event and the dead letter of every refused one."""
        units = chunk.at_step(Step.COMMITTED, Step.REFUSED)
        letters = [
            self._reader.dead_letter(one.unit.record, one.refused) for one in units if one.refused
        ]
        records = [(one.slot, record) for one in units for record in one.records]
        acks = await self._publishing.in_order(
            [*letters, *(record for _, record in records)], confirmed_at=chunk.confirmed_at
        )
        slots = [slot for slot, record in records if self._publishing.is_journal(record)]
        chunk.batch.acks += zip(slots, acks, strict=True)
        for one in units:
            one.move_to(Step.PUBLISHED)
        if records:
            await fault(f"{self.service.name}.published")

    async def _send_dead_letters(self, batch: Batch) -> None:
        async def send() -> None:
            await self._publishing.send(batch.dead_letters, self._clock.monotonic())

        await self._waiting.until_done(send, revoked=batch.revoked)

    async def _settle(self, settlements: Mapping[str, Settlement]) -> None:
        with self._metrics.failing("settle"):
            await self._store.settle(settlements)
