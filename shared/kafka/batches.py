"""Takes each batch of records through the pipelines, and says whether to commit its offsets."""

from collections.abc import Callable, Collection, Sequence
from enum import Enum

import structlog

from shared.contracts.errors import EpochGone, Revoked, SettingError
from shared.contracts.record import Record
from shared.pattern.clock import Clock
from shared.pattern.side_by_side import SideBySide
from shared.recovery.catchup import CatchUp

log = structlog.get_logger()

AGAIN_SECONDS = 1.0


class Fate(Enum):
    """What the consumer does after a batch: commit its offsets, or read it again."""

    ACKNOWLEDGE = "acknowledge"
    READ_AGAIN = "read again"


class Batches:
    """Handles batches of records; rebuilds lost state in Redis first if a batch met it.

    Example: `await Batches(pipelines, catch_up, clock).take(records, revoked=revoked)` returns
    `Fate.ACKNOWLEDGE` if all went well.
    """

    def __init__(self, pipelines: SideBySide, catch_up: CatchUp, clock: Clock) -> None:
        self._pipelines = pipelines
        self._catch_up = catch_up
        self._clock = clock

    async def take(self, records: Sequence[Record], *, revoked: Callable[[], bool]) -> Fate:
        """Handle one fetch of records; return whether to commit its offsets or to read it again.

        `revoked` returns True once Kafka has taken the partitions away from this process. Returns
        READ_AGAIN in that case, if Redis had lost state (which is then rebuilt first), and if the
        process was paused for so long that another one may own the records. Raises nothing but
        bugs. Example: a fetch whose state was lost gives `Fate.READ_AGAIN`.
        """
        try:
            confirmed_at = await self._pipelines.handle(
                records, revoked=revoked, is_open=self._catch_up.met
            )
        except EpochGone as gone:
            if self._catch_up.met(gone.slot):
                log.warning("epoch gone", slot=gone.slot)
            else:
                log.info("a slot is used for the first time", slot=gone.slot)
            await self._make_whole(gone.needed)
            return Fate.READ_AGAIN
        except Revoked:
            return Fate.READ_AGAIN
        # A process that slept this long may have been given up by the group, and Redis may have
        # been caught up from the committed offsets: acknowledged now, records could be skipped.
        if self._clock.monotonic() - confirmed_at > self._pipelines.limits.publish_seconds:
            log.warning("too late to acknowledge; the batch comes again")
            return Fate.READ_AGAIN
        return Fate.ACKNOWLEDGE

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
