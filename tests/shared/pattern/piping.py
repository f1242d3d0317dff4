"""The pattern over a simulated Redis and Kafka that fail as they are told to: payout, by hand."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prometheus_client import CollectorRegistry

from services.payout.service import build
from shared.contracts import envelope
from shared.contracts.errors import EpochGone, TransientError
from shared.contracts.record import Ack, Outgoing, Record
from shared.contracts.topics import Names
from shared.pattern.batch import ALONE
from shared.pattern.gather import Gather
from shared.pattern.limits import Limits
from shared.state import version
from shared.state.store import CommitEntry, Loaded, Reply, Request, Settlement
from tests.support.builders import POOL, an_answer
from tests.support.in_memory import dependencies_of, metrics_of, pipelines_of
from tests.support.world.kafka import Broker, SimPublisher
from tests.support.world.kernel import Kernel, SimClock
from tests.support.world.redis import Server, SimStore

STEPS = 1_000
CALLS = ("load", "commit", "settle")


class World:
    """Payout over a simulated Redis and Kafka; what is in `ill` happens once. `did` is what the
    store and the publisher were asked, in their order.
    """

    def __init__(
        self,
        *ill: str,
        pipelines: int = 1,
        is_fixed: bool = False,
        side_by_side_min: int = 1,
        before_reading: Callable[[Sequence[Record]], Awaitable[None]] | None = None,
    ) -> None:
        self.kernel = Kernel(1)
        self.broker = Broker(self.kernel)
        self.registry = CollectorRegistry()
        self.service = replace(build(names=Names()), before_reading=before_reading)
        if is_fixed:
            self.service = replace(self.service, slots=frozenset({self.slot}))
        self.loads = 0
        self.ill = set(ill)
        self.tries_failing = 0
        self.did: list[str] = []
        self.holds_up: Callable[[Outgoing], bool] = lambda _: False
        self.server = Server(self.kernel)
        self.store = Store(self)
        self.dependencies = dependencies_of(
            self.service,
            store=self.store,
            publisher=Publisher(self),
            clock=SimClock(self.kernel),
            metrics=metrics_of(self.service, self.registry),
        )
        self.pipelines = pipelines_of(
            self.dependencies,
            count=pipelines,
            limits=Limits(side_by_side_min=side_by_side_min),
            at_once=self.kernel.together,
        )

    def fail(self, how: str) -> bool:
        """Whether this is to happen now."""
        is_ill = how in self.ill
        self.ill.discard(how)
        return is_ill

    def handle(self, *records: Record) -> None:
        """Take a batch through to its end."""
        self.run(self._handle(records))

    def meet(self, *records: Record) -> str | None:
        """Take a batch as far as it goes; the slot that is not open, which is opened then."""
        met: list[str] = []
        self.run(self._meet(records, met))
        return met[0] if met else None

    def run(self, doing: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine on the simulated schedule to its end."""
        task = self.kernel.spawn("payout", doing)
        assert self.kernel.run(lambda: task not in self.kernel.tasks, steps_max=STEPS)

    async def _handle(self, records: Sequence[Record]) -> None:
        await self.open("e")
        gather = Gather(self.pipelines.limits)
        batches = await self.pipelines.handle(records)
        gather.add(batches, records, now=self.kernel.time)
        await self.pipelines.settle(gather, revoked=lambda: False)
        self.pipelines.acknowledged(gather)

    async def _meet(self, records: Sequence[Record], met: list[str]) -> None:
        try:
            await self.pipelines.handle(records)
        except EpochGone as gone:
            met.append(gone.slot)
            await self.open("e", gone.slot)

    @property
    def slot(self) -> str:
        """Where all of it is kept."""
        return self.service.slot(an_answer("w-1"))

    async def open(self, epoch: str, slot: str | None = None) -> None:
        """Open an epoch, as a catch-up does."""
        slot = slot or self.slot
        await self.store.lead(slot, epoch, seconds=60)
        await self.store.open(slot, epoch, version.epoch(self.service.card, epoch))

    def metric(self, name: str, **labels: str) -> float | None:
        """The value of one of its metrics."""
        return self.registry.get_sample_value(f"sentuh_payout_{name}_total", labels)

    def failures(self) -> dict[str, float | None]:
        """How often each call is said to have failed."""
        counts = {call: self.metric("store_failures", call=call) for call in CALLS}
        counts["publish"] = self.metric("publish_failures")
        return {call: count for call, count in counts.items() if count}


class Store(SimStore):
    """A simulated Redis: it tells of crashes, its commit takes too long, or it cannot settle."""

    def __init__(self, world: World) -> None:
        super().__init__(world.server)
        self._world = world

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        loaded = await super().load(requests)
        self._world.loads += 1
        if any(name.endswith(ALONE) for found in requests.values() for name in found.counted):
            self._world.did.append("alone")
        if not self._world.fail("crashed before"):
            return loaded
        attempts = {"m": Limits().crashes_max + 1}
        return {slot: replace(found, attempts=attempts) for slot, found in loaded.items()}

    async def commit(
        self, batches: Mapping[str, tuple[str, Sequence[CommitEntry]]]
    ) -> Mapping[str, Sequence[Reply]]:
        replies = await super().commit(batches)
        if self._world.fail("slow commit"):
            self._world.kernel.time += Limits().publish_seconds + 1
        return replies

    async def settle(self, settlements: Mapping[str, Settlement]) -> None:
        if self._world.fail("settle"):
            raise TransientError("Redis is away")
        self._world.did.append("settle")
        await super().settle(settlements)


class Publisher(SimPublisher):
    """A simulated Kafka that once, or for so many tries, takes nothing."""

    def __init__(self, world: World) -> None:
        super().__init__(world.broker)
        self._world = world

    async def send(self, records: Sequence[Outgoing]) -> Sequence[Ack]:
        if records and self._world.holds_up(records[0]):
            raise TransientError("that partition has no leader")
        if records and self._world.tries_failing:
            self._world.tries_failing -= 1
            raise TransientError("Kafka is away")
        if records and self._world.fail("publish"):
            raise TransientError("Kafka is away")
        acks = await super().send(records)
        self._world.did += [f"publish to {record.topic}" for record in records]
        return acks


def an_answer_on(
    broker: Broker, task_id: str = "t-1", worker_id: str = "w-1", *, pool: str = POOL
) -> Record:
    """The record of an answer about this task."""
    said = envelope.encode(
        an_answer(worker_id, task_id=task_id, pool=pool), Names(), source="router", cause="c",
        traceparent=envelope.derived_traceparent("t"),
    )  # fmt: skip
    place = broker.append(said).place
    return broker.logs[place][-1]
