"""Does periodic work: rebuilds lost state, finishes others' work, announces deadlines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from shared.contracts import envelope
from shared.contracts.errors import EpochGone, TransientError
from shared.contracts.events.model import Event
from shared.contracts.packing import unpack
from shared.contracts.record import Outgoing
from shared.pattern.dependencies import Dependencies
from shared.pattern.service import Swept
from shared.pattern.side_by_side import SideBySide
from shared.recovery.catchup import CatchUp
from shared.recovery.idle import Idle
from shared.state import version
from shared.state.store import Outcome, Settlement

log = structlog.get_logger()


class Held(Protocol):
    """Tells which partitions this process holds, and how far workers' responses are handled."""

    def partitions(self) -> Iterable[int]:
        """Return the numbers of the partitions that the consumer group gave to this process."""
        ...

    def read_until(self, partition: int) -> datetime:
        """Return a time: every response that reached this partition before it has been handled.

        So a deadline before that time has passed without an answer in time. Example: 10:00:00 means
        that an answer sent at 09:59:59 is no longer waiting to be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the periodic work is done, and which unfinished outcomes it takes over.

    An outcome is the set of Kafka records that an event led to; Redis keeps it until it is
    published. One older than `unsettled_seconds` is taken over, since the process that should
    publish it has probably died. `unsettled_count` is how many are taken over at once, at most.
    Example: `Pace(every_seconds=1.0, unsettled_seconds=60.0)`.
    """

    every_seconds: float = 1.0
    unsettled_seconds: float = 60.0
    unsettled_count: int = 100


class Sweeper:
    """Does the periodic work of one service; each process has one such object.

    A round rebuilds slots (the Redis keys under one hash tag) that lost their state, publishes
    records that dead processes left in Redis, and announces deadlines. `held` tells which
    partitions this process is responsible for. Example: `await Sweeper(...).run(lambda: False)`.
    """

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
        self._idle = Idle(dependencies)
        self.pace = pace or Pace()

    async def run(self, stopped: Callable[[], bool]) -> None:
        """Do rounds of periodic work, `pace.every_seconds` apart, until `stopped()` is true."""
        while not stopped():
            await self.once()
            await self._clock.sleep(self._clock.jitter(self.pace.every_seconds))

    async def once(self) -> None:
        """Do one round of periodic work; what Redis or Kafka prevent is tried again next time."""
        try:
            await self._catch_up.whole()
            await self._mark()
            await self._one(self._service.root)
            for slot in await self._idle.others_than(sorted(self._catch_up.slots)):
                await self._one(slot)
        except (TransientError, EpochGone) as failure:
            log.warning("sweep interrupted", cause=str(failure))

    async def _one(self, slot: str) -> None:
        """Do the periodic work of one slot (the Redis keys under one hash tag).

        TransientError is logged, so that the other slots are still visited. EpochGone is raised and
        ends the round: nothing may be done before the lost state is rebuilt. Example: Kafka does
        not answer for `{router:main}`; `{router:photos}` is visited all the same.
        """
        try:
            await self._settle_left_behind(slot)
            await self._announce(slot)
        except TransientError as failure:
            log.warning("slot not swept", slot=slot, cause=str(failure))

    async def _mark(self) -> None:
        """Store in the service's root slot, in Redis, how far each partition has been handled.

        The root slot, such as `{router}`, also holds the register of all slots (groups of keys
        under one hash tag). After a loss, records from the stored offsets on are read again, to
        find slots that the register lacks. Example: the marker `tasks:3` is raised to 1200.
        """
        root = self._service.root
        epoch = await self._store.epoch(root)
        markers = self._pipelines.progress()
        if epoch and markers:
            version.require_own_epochs(self._service.card, {root: epoch})
            await self._store.settle({root: Settlement(epoch, {}, (), markers)})

    async def _settle_left_behind(self, slot: str) -> None:
        """Publish the records that dead processes left in a slot after a commit; mark them done.

        A slot is the set of Redis keys under one hash tag. EpochGone is raised if the slot's state
        must be rebuilt first. Example: an event committed two minutes ago by a process that died is
        published now.
        """
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
        done = {id_: outcome.digest for id_, outcome in outcomes}
        await self._store.settle({slot: Settlement(epoch, done, tuple(done), markers)})
        log.info("settled what was left behind", slot=slot, count=len(outcomes))

    async def _publish(
        self, left_behind: Sequence[tuple[str, Outcome]], confirmed_at: float
    ) -> dict[str, int]:
        """Publish the records of these outcomes; return how far each partition has come.

        `left_behind` holds pairs of an event's id and its outcome (the records that it led to). The
        result maps each partition to the offset behind the last record published to it.
        `confirmed_at` is the monotonic time of the last answer from Redis; no record is published
        later than `publish_seconds` (a setting) after it. Example: `{"verdicts:2": 812}`.
        """
        outcomes = [outcome for _, outcome in left_behind if not outcome.settled]
        records = [record for outcome in outcomes for record in unpack(outcome.records)]
        markers: dict[str, int] = {}
        for ack in await self._publishing.in_order(records, confirmed_at=confirmed_at):
            name = ack.place.marker
            markers[name] = max(markers.get(name, 0), ack.offset + 1)
        return markers

    async def _announce(self, slot: str) -> None:
        """Publish the events that tell what has become due in this slot, such as a deadline.

        A slot is the set of Redis keys under one hash tag. Only the partitions that this process
        holds are searched. Example: an offer that expired at 10:00 leads to one event on the timers
        topic.
        """
        if slot == self._service.root:
            await self._announce_root()
            return
        if self._service.sweep is None:
            return
        for partition in self._held.partitions():
            swept = Swept(
                slot, partition, self._clock.now(), self._held.read_until(partition), self._store
            )
            events = await self._service.sweep(swept)
            if events:
                await self._publisher.send([self._record(event) for event in events])

    async def _announce_root(self) -> None:
        """Publish what has become due in the root slot, if this process holds partition 0.

        The root slot holds the keys of the service that belong to no pool, and no partitions.
        """
        if self._service.sweep_root is None or 0 not in self._held.partitions():
            return
        root, now, slots = self._service.root, self._clock.now(), self._catch_up.slots
        events = await self._service.sweep_root(Swept(root, 0, now, now, self._store, slots))
        if events:
            await self._publisher.send([self._record(event) for event in events])

    def _record(self, event: Event) -> Outgoing:
        """Return the Kafka record of an event that the periodic work has made."""
        return envelope.encode(
            event,
            self._service.names,
            source=self._service.name,
            cause=event.event_id,
            traceparent=envelope.derived_traceparent(event.event_id),
        )
