"""Takes each batch of records through the pipelines, gathers what is handled, and settles it.

Settling in Redis and committing offsets follow once for all batches gathered, within a bound of
time and number. No offset is committed before Redis has answered that its record is settled.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from enum import Enum
from typing import Protocol

import structlog

from shared.contracts.errors import EpochGone, Revoked, SettingError
from shared.contracts.record import Record, TopicPartition
from shared.observe.logs import where
from shared.pattern.clock import Clock
from shared.pattern.gather import Gather
from shared.pattern.side_by_side import SideBySide
from shared.recovery.catchup import CatchUp

log = structlog.get_logger()

AGAIN_SECONDS = 1.0
TURN_SECONDS = 0.005
ALONE_GATHERS = 2
"""After the first sign of a crash, the records of so many full gathers are settled batch by batch:
a process that died may have read that far."""


class Fate(Enum):
    """What the consumer does after a batch: go on, or seek to the committed offsets first."""

    GO_ON = "go on"
    READ_AGAIN = "read again"


class Assignment(Protocol):
    """The partitions that this process was given in one rebalance, until the next one."""

    def is_over(self) -> bool:
        """Return whether Kafka has taken the partitions away."""
        ...

    @property
    def acknowledge(self) -> Callable[[Mapping[TopicPartition, int]], Awaitable[Fate]]:
        """Commits these offsets; returns READ_AGAIN if that failed."""
        ...


class Batches:
    """Handles batches of records; rebuilds lost state in Redis first if a batch met it.

    Example: `await Batches(pipelines, catch_up, clock).take(records, assignment)` returns
    `Fate.GO_ON` if all went well, and `await batches.flush()` acknowledges it.
    """

    def __init__(self, pipelines: SideBySide, catch_up: CatchUp, clock: Clock) -> None:
        self._pipelines = pipelines
        self._catch_up = catch_up
        self._clock = clock
        self._limits = pipelines.limits
        self._gather = Gather(self._limits)
        self._assignment: Assignment | None = None
        self._has_failed = False
        self._is_handling = False
        self._is_flushing = False
        self._alone_left = 0

    async def take(self, records: Sequence[Record], assignment: Assignment) -> Fate:
        """Handle one fetch of records, and add it to what is gathered under this assignment.

        Returns READ_AGAIN if the caller must seek to the committed offsets: the partitions were
        taken away, Redis had lost state (which is rebuilt first), or what was gathered could not be
        acknowledged. Everything gathered is then given up. Raises nothing but bugs. Example: a
        fetch whose state was lost gives `Fate.READ_AGAIN`.
        """
        if assignment is not self._assignment:
            await self._throw_away()
            self._assignment = assignment
        self._is_handling = True
        try:
            fate = await self._take(records, assignment)
        except Exception:
            await self.flush()
            await self._throw_away()
            raise
        finally:
            self._is_handling = False
        if fate is Fate.READ_AGAIN:
            await self._throw_away()
        return fate

    async def flush(self) -> Fate:
        """Settle what is gathered, then commit its offsets; READ_AGAIN if any of it failed.

        After READ_AGAIN nothing is acknowledged before the caller of `take` or `starts_over` has
        sought to the committed offsets. Waits while Redis is away. A bug is logged: raised in a
        rebalance or at the end of a process, it would keep either from going on.
        """
        try:
            return await self._in_turn(self._flush)
        except Exception as failure:  # noqa: BLE001 - all of it comes again
            log.error(  # noqa: TRY400 - a traceback may quote a record
                "a bug", error=type(failure).__name__, where=where(failure)
            )
            await self._clock.sleep(AGAIN_SECONDS)
            return Fate.READ_AGAIN

    async def flush_when_due(self) -> None:
        """Settle and acknowledge when the gather is due; return once nothing is gathered.

        Returns also if a flush failed: what was gathered behind it is thrown away with it.
        """
        while not (self._gather.is_empty or self._has_failed):
            seconds = self._due_in()
            if seconds > 0:
                await self._clock.sleep(seconds)
            else:
                await self.flush()

    async def starts_over(self) -> bool:
        """Return whether a flush has failed, so that the caller must seek before the next fetch."""
        if not self._has_failed:
            return False
        await self._throw_away()
        return True

    # --- one batch -----------------------------------------------------------------------------

    async def _take(self, records: Sequence[Record], assignment: Assignment) -> Fate:
        if self._has_failed:
            return Fate.READ_AGAIN
        try:
            await self._handle(records, assignment)
        except EpochGone as gone:
            if self._catch_up.met(gone.slot):
                log.warning("epoch gone", slot=gone.slot)
            else:
                log.info("a slot is used for the first time", slot=gone.slot)
            # What other slots have is acknowledged first, so that only this batch comes again.
            await self.flush()
            await self._make_whole(gone.needed)
            return Fate.READ_AGAIN
        except Revoked:
            return Fate.READ_AGAIN
        is_due = self._due_in() <= 0
        self._alone_left = max(0, self._alone_left - len(records))
        return await self.flush() if is_due else Fate.GO_ON

    async def _handle(self, records: Sequence[Record], assignment: Assignment) -> None:
        batches = await self._pipelines.handle(
            records,
            revoked=assignment.is_over,
            is_open=self._catch_up.met,
            before_retry=self._flush_before_retry,
        )
        now, is_alone = self._clock.monotonic(), self._alone_left > 0
        try:
            self._gather.add(batches, records, now=now, forgets_attempts=is_alone)
        except EpochGone:
            await self._pipelines.drop(batches)
            raise

    async def _flush_before_retry(self) -> None:
        """Acknowledge what is gathered before a batch is decided whose delivery ended a process.

        The crashes of a batch are counted under its first events. Were batches before it read again
        with it, others would be first, and the loop would have no end.
        """
        self._alone_left = ALONE_GATHERS * self._limits.gather_units_max
        if await self.flush() is Fate.READ_AGAIN:
            raise Revoked

    async def _make_whole(self, slots: Collection[str]) -> None:
        """Rebuild the state that a batch found lost, or used for the first time.

        `slots` are the hash tags of all Redis keys that the batch needs, so that it starts over
        once, however many pools it is the first to name. A wrong state version raises nothing here:
        the periodic work of the process meets it too, and ends the process.
        Example: `{"{router:photos}", "{router:main}"}`.
        """
        try:
            await self._catch_up.whole(slots)
        except SettingError:
            await self._clock.sleep(AGAIN_SECONDS)

    # --- the gather ----------------------------------------------------------------------------

    def _due_in(self) -> float:
        if self._alone_left and not self._gather.is_empty:
            return 0.0
        return self._gather.due_in(self._clock.monotonic(), is_idle=not self._is_handling)

    async def _in_turn(self, work: Callable[[], Awaitable[Fate]]) -> Fate:
        """Do this once no other flush is under way: they would commit offsets out of order."""
        while self._is_flushing:
            await self._clock.sleep(TURN_SECONDS)
        self._is_flushing = True
        try:
            return await work()
        finally:
            self._is_flushing = False

    async def _flush(self) -> Fate:
        if self._has_failed:
            return Fate.READ_AGAIN
        if self._gather.is_empty or self._assignment is None:
            return Fate.GO_ON
        # A batch that ends meanwhile begins the next gather.
        gather, self._gather = self._gather, Gather(self._limits)
        fate = Fate.READ_AGAIN
        try:
            fate = await self._acknowledge(gather, self._assignment)
            return fate
        finally:
            # However it ended: offsets of later batches would step over what is given up here.
            self._has_failed = fate is Fate.READ_AGAIN

    async def _acknowledge(self, gather: Gather, assignment: Assignment) -> Fate:
        try:
            confirmed_at = await self._pipelines.settle(gather, revoked=assignment.is_over)
        except (EpochGone, Revoked):
            await self._pipelines.throw_away(gather)
            return Fate.READ_AGAIN
        # A process that slept this long may have been given up by the group, and Redis may have
        # been caught up from the committed offsets: acknowledged now, records could be skipped.
        if self._clock.monotonic() - confirmed_at > self._limits.publish_seconds:
            log.warning("too late to acknowledge; the records come again")
            return Fate.READ_AGAIN
        if assignment.is_over():
            return Fate.READ_AGAIN
        fate = await assignment.acknowledge(gather.offsets)
        if fate is Fate.GO_ON:
            self._pipelines.acknowledged(gather)
        return fate

    async def _throw_away(self) -> None:
        await self._in_turn(self._drop_gather)

    async def _drop_gather(self) -> Fate:
        gather, self._gather = self._gather, Gather(self._limits)
        if not gather.is_empty:
            await self._pipelines.throw_away(gather)
        # Last: after a bug on the way the caller has still to seek.
        self._has_failed = False
        return Fate.GO_ON
