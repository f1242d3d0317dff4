"""What becomes of one batch: acknowledged, or dropped and read again from the committed offsets."""

from collections.abc import Callable, Sequence
from enum import Enum

import structlog

from shared.contracts.errors import EpochGone, Revoked, SettingError
from shared.contracts.record import Record
from shared.pattern.clock import Clock
from shared.pattern.side_by_side import Ways
from shared.recovery.catchup import CatchUp

log = structlog.get_logger()

AGAIN_SECONDS = 1.0


class Fate(Enum):
    """What the consumer does next."""

    ACKNOWLEDGE = "acknowledge"
    READ_AGAIN = "read again"


class Batches:
    """Takes batches through the pattern, and state through a catch-up where it is not whole."""

    def __init__(self, ways: Ways, catch_up: CatchUp, clock: Clock) -> None:
        self._ways = ways
        self._catch_up = catch_up
        self._clock = clock

    async def take(self, records: Sequence[Record], *, revoked: Callable[[], bool]) -> Fate:
        """Handle one batch; never raises for what delivery can mend."""
        try:
            at = await self._ways.handle(records, revoked=revoked)
        except EpochGone as gone:
            if self._catch_up.met(gone.slot):
                log.warning("epoch gone", slot=gone.slot)
            else:
                log.info("a slot is used for the first time", slot=gone.slot)
            await self._whole(gone.slot)
            return Fate.READ_AGAIN
        except Revoked:
            return Fate.READ_AGAIN
        if self._clock.monotonic() - at > self._ways.limits.publish_seconds:
            log.warning("too late to acknowledge; the batch comes again")
            return Fate.READ_AGAIN
        return Fate.ACKNOWLEDGE

    async def _whole(self, slot: str) -> None:
        """State in another form is no reason to stop here: the sweeper meets it, and ends us."""
        try:
            await self._catch_up.whole(slot)
        except SettingError:
            await self._clock.sleep(AGAIN_SECONDS)
