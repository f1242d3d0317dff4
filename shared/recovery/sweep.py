"""Sweeping, once a second: watch the epochs, settle what others left, announce deadlines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from shared.contracts import envelope
from shared.contracts.errors import EpochGone, TransientError
from shared.contracts.events.model import Event
from shared.contracts.record import Outgoing, unpack
from shared.pattern.dependencies import Dependencies
from shared.pattern.service import Swept
from shared.pattern.side_by_side import SideBySide
from shared.recovery.catchup import CatchUp
from shared.state import version
from shared.state.store import Outcome, Settlement

log = structlog.get_logger()


class Held(Protocol):
    """The partitions this process holds, and how far their responses were handled."""

    def partitions(self) -> Iterable[int]:
        """Return the numbers of the partitions this process holds now."""
        ...

    def read_until(self, partition: int) -> datetime:
        """Return the time up to which all responses of this partition have been handled.

        Every response that the broker had by then is handled: a deadline before it has passed
        without an answer that was on time.
        """
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to sweep, and which outcomes count as left behind.

    `unsettled_seconds` is the age from which an outcome that nobody settled is taken to be of a
    process that died; `unsettled_count` bounds how many one sweep takes.
    """

    every_seconds: float = 1.0
    unsettled_seconds: float = 60.0
    unsettled_count: int = 100


class Sweeper:
    """Sweeps the slots of one service. One per process."""

    def __init__(
        self,
        dependencies: Dependencies,
        *,
        catch_up: CatchUp,
        pipelines: SideBySide,
        held: Held,
        pace: Pace | None = None,
    ) -> None:
        self._service = dependencies.service
        self._store = dependencies.store
        self._publisher = dependencies.publisher
        self._clock = dependencies.clock
        self._publishing = dependencies.publishing(publish_seconds=pipelines.limits.publish_seconds)
        self._catch_up = catch_up
        self._pipelines = pipelines
        self._held = held
        self.pace = pace or Pace()

    async def run(self, stopped: Callable[[], bool]) -> None:
        """Sweep until stopped."""
        while not stopped():
            await self.once()
            await self._clock.sleep(self._clock.jitter(self.pace.every_seconds))

    async def once(self) -> None:
        """Sweep once; what cannot be done now is left to the next sweep."""
        try:
            await self._catch_up.whole()
            await self._mark()
            for slot in sorted(self._catch_up.slots):
                await self._one(slot)
        except (TransientError, EpochGone) as failure:
            log.warning("sweep interrupted", cause=str(failure))

    async def _one(self, slot: str) -> None:
        """Sweep one slot; where that fails for a passing reason, the other slots go on.

        EpochGone ends the whole sweep: nothing may be done before state is caught up.
        """
        try:
            await self._settle_left_behind(slot)
            await self._announce(slot)
        except TransientError as failure:
            log.warning("slot not swept", slot=slot, cause=str(failure))

    async def _mark(self) -> None:
        """Move the markers of the root slot up to what has been handled.

        They say up to which records the register of slots in the root names every slot.
        """
        root = self._service.root
        epoch = await self._store.epoch(root)
        markers = self._pipelines.progress()
        if epoch and markers:
            version.require_own_epochs(self._service.card, {root: epoch})
            await self._store.settle({root: Settlement(epoch, (), (), markers)})

    async def _settle_left_behind(self, slot: str) -> None:
        """Publish and settle the outcomes of processes that died after their commit."""
        # Before the read: nothing may be published later than a bound after it was last confirmed.
        confirmed_at = self._clock.monotonic()
        epoch, outcomes = await self._store.unsettled(
            slot, older_seconds=self.pace.unsettled_seconds, count=self.pace.unsettled_count
        )
        version.require_own_epochs(self._service.card, {slot: epoch})
        if not outcomes:
            return
        # Settled only after every ack: settling drops the records.
        markers = await self._publish(outcomes, confirmed_at)
        ids = tuple(id_ for id_, _ in outcomes)
        await self._store.settle({slot: Settlement(epoch, ids, ids, markers)})
        log.info("settled what was left behind", slot=slot, count=len(outcomes))

    async def _publish(
        self, left_behind: Sequence[tuple[str, Outcome]], confirmed_at: float
    ) -> dict[str, int]:
        """Publish these outcomes; returns the journal's markers after the last ack of each
        partition.
        """
        outcomes = [outcome for _, outcome in left_behind if not outcome.settled]
        records = [record for outcome in outcomes for record in unpack(outcome.records)]
        markers: dict[str, int] = {}
        for ack in await self._publishing.in_order(records, confirmed_at=confirmed_at):
            name = ack.place.marker
            markers[name] = max(markers.get(name, 0), ack.offset + 1)
        return markers

    async def _announce(self, slot: str) -> None:
        if self._service.sweep is None:
            return
        for partition in self._held.partitions():
            swept = Swept(
                slot, partition, self._clock.now(), self._held.read_until(partition), self._store
            )
            events = await self._service.sweep(swept)
            if events:
                await self._publisher.send([self._record(event) for event in events])

    def _record(self, event: Event) -> Outgoing:
        return envelope.encode(
            event,
            self._service.names,
            source=self._service.name,
            cause=event.event_id,
            traceparent=envelope.derived_traceparent(event.event_id),
        )
