"""One batch's fate: acknowledged, or dropped and read again from the committed offsets."""

from collections.abc import Callable, Sequence
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
    """What the consumer does next."""

    ACKNOWLEDGE = "acknowledge"
    READ_AGAIN = "read again"


class Batches:
    """Takes each batch through the pipelines, and catches state up where an epoch is gone."""

    def __init__(self, pipelines: SideBySide, catch_up: CatchUp, clock: Clock) -> None:
        self._pipelines = pipelines
        self._catch_up = catch_up
        self._clock = clock

    async def take(self, records: Sequence[Record], *, revoked: Callable[[], bool]) -> Fate:
        """Handle one fetch of records and return its fate; raises nothing but bugs.

        An epoch that is gone is caught up before READ_AGAIN is returned.
        """
        try:
            confirmed_at = await self._pipelines.handle(records, revoked=revoked)
        except EpochGone as gone:
            if self._catch_up.met(gone.slot):
                log.warning("epoch gone", slot=gone.slot)
            else:
                log.info("a slot is used for the first time", slot=gone.slot)
            await self._make_whole(gone.slot)
            return Fate.READ_AGAIN
        except Revoked:
            return Fate.READ_AGAIN
        # A process that slept this long may have been given up by the group, and Redis may have
        # been caught up from the committed offsets: acknowledged now, records could be skipped.
        if self._clock.monotonic() - confirmed_at > self._pipelines.limits.publish_seconds:
            log.warning("too late to acknowledge; the batch comes again")
            return Fate.READ_AGAIN
        return Fate.ACKNOWLEDGE

    async def _make_whole(self, slot: str) -> None:
        """Catch the slot up; leave a wrong state version to the sweeper, which ends the process."""
        try:
            await self._catch_up.whole(slot)
        except SettingError:
            await self._clock.sleep(AGAIN_SECONDS)
