"""What happens without a record: epochs watched, outcomes left behind settled, time announced."""

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
    """What the consumer knows of the partitions this process holds."""

    def partitions(self) -> Iterable[int]:
        """Partition numbers this process holds now."""
        ...

    def read_until(self, partition: int) -> datetime:
        """Every response of this partition that the broker had by then has been handled."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds and counts of the sweeper."""

    every_seconds: float = 1.0
    unsettled_seconds: float = 60.0
    unsettled_count: int = 100


class Sweeper:
    """Sweeps the slots of one service. One per process."""

    def __init__(
        self,
        means: Dependencies,
        *,
        catch_up: CatchUp,
        pipelines: SideBySide,
        held: Held,
        pace: Pace | None = None,
    ) -> None:
        self._service = means.service
        self._store = means.store
        self._publisher = means.publisher
        self._clock = means.clock
        self._publishing = means.publishing(publish_seconds=pipelines.limits.publish_seconds)
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
        """One sweep; what cannot be done now is left to the next."""
        try:
            await self._catch_up.whole()
            await self._mark()
            for slot in sorted(self._catch_up.slots):
                await self._one(slot)
        except (TransientError, EpochGone) as failure:
            log.warning("sweep interrupted", cause=str(failure))

    async def _one(self, slot: str) -> None:
        """One slot; where something of it is away or contended, the others are swept all the same.

        An epoch that is gone ends the sweep: state must be whole before anything else.
        """
        try:
            await self._settle_left_behind(slot)
            await self._announce(slot)
        except TransientError as failure:
            log.warning("slot not swept", slot=slot, cause=str(failure))

    async def _mark(self) -> None:
        """Move the root's markers: up to here, the register of slots names all that were used."""
        root = self._service.root
        epoch = await self._store.epoch(root)
        markers = self._pipelines.progress()
        if epoch and markers:
            version.require_own_epochs(self._service.card, {root: epoch})
            await self._store.settle({root: Settlement(epoch, (), (), markers)})

    async def _settle_left_behind(self, slot: str) -> None:
        """Publish and settle what some process committed and did not live to settle."""
        at = self._clock.monotonic()
        epoch, found = await self._store.unsettled(
            slot, older_seconds=self.pace.unsettled_seconds, count=self.pace.unsettled_count
        )
        version.require_own_epochs(self._service.card, {slot: epoch})
        if not found:
            return
        markers = await self._publish(found, at)
        ids = tuple(id_ for id_, _ in found)
        await self._store.settle({slot: Settlement(epoch, ids, ids, markers)})
        log.info("settled what was left behind", slot=slot, count=len(found))

    async def _publish(
        self, left_behind: Sequence[tuple[str, Outcome]], confirmed_at: float
    ) -> dict[str, int]:
        """Publish these outcomes; returns how far the journal's markers move."""
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
