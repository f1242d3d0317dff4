"""What fails while a record is handled is counted by its call, and the record handled all the same.

That nothing is lost or done twice meanwhile is the simulation's affair.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from services.payout.wiring import build
from shared import envelope
from shared.errors import TransientError
from shared.means import Means
from shared.metrics import PatternMetrics
from shared.pipeline import Limits, Pipeline
from shared.record import Ack, Outgoing, Record
from shared.store import Entry, Loaded, Reply, Request, Settlement
from shared.topics import EARNINGS, Names
from tests.builders import an_answer
from tests.simulation.kafka import Broker, SimPublisher
from tests.simulation.kernel import Kernel, SimClock
from tests.simulation.redis import Server, SimStore

STEPS = 1_000
CALLS = ("load", "commit", "settle")


class World:
    """One pipeline of payout over a simulated Redis and Kafka; what is in `ill` happens once."""

    def __init__(self, *ill: str) -> None:
        self.kernel = Kernel(1)
        self.broker = Broker(self.kernel)
        self.registry = CollectorRegistry()
        self.service = build(names=Names())
        self.ill = set(ill)
        self.tries_failing = 0
        self.store = Store(self)
        metrics = PatternMetrics("payout", self.registry, Names())
        clock = SimClock(self.kernel)
        means = Means(self.service, self.store, Publisher(self), clock, metrics)
        self.pipeline = Pipeline(means, Limits(), at_once=self.kernel.together)

    def fail(self, how: str) -> bool:
        """Whether this is to happen now."""
        is_ill = how in self.ill
        self.ill.discard(how)
        return is_ill

    def handle(self, record: Record) -> None:
        """Take one record through to its end."""
        task = self.kernel.spawn("payout", self._handle(record))
        assert self.kernel.run(lambda: task not in self.kernel.tasks, steps_max=STEPS)

    async def _handle(self, record: Record) -> None:
        slot = self.service.slot(an_answer("w-1"))
        await self.store.lead(slot, "t", seconds=60)
        await self.store.open(slot, "t", "e")
        await self.pipeline.handle([record])

    def said(self, name: str, **labels: str) -> float | None:
        """The value of one of its metrics."""
        return self.registry.get_sample_value(f"sentuh_payout_{name}_total", labels)

    def failures(self) -> dict[str, float | None]:
        """How often each call is said to have failed."""
        found = {call: self.said("store_failures", call=call) for call in CALLS}
        return {name: count for name, count in
                (*found.items(), ("publish", self.said("publish_failures"))) if count}  # fmt: skip


class Store(SimStore):
    """A simulated Redis: it tells of crashes, its commit takes too long, or it cannot settle."""

    def __init__(self, world: World) -> None:
        super().__init__(Server(world.kernel))
        self._world = world

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        loaded = await super().load(requests)
        if not self._world.fail("crashed before"):
            return loaded
        attempts = {"m": Limits().crashes_max + 1}
        return {slot: replace(found, attempts=attempts) for slot, found in loaded.items()}

    async def commit(
        self, batches: Mapping[str, tuple[str, Sequence[Entry]]]
    ) -> Mapping[str, Sequence[Reply]]:
        replies = await super().commit(batches)
        if self._world.fail("slow commit"):
            self._world.kernel.time += Limits().publish_seconds + 1
        return replies

    async def settle(self, settlements: Mapping[str, Settlement]) -> None:
        if self._world.fail("settle"):
            raise TransientError("Redis is away")
        await super().settle(settlements)


class Publisher(SimPublisher):
    """A simulated Kafka that once, or for so many tries, takes nothing."""

    def __init__(self, world: World) -> None:
        super().__init__(world.broker)
        self._world = world

    async def send(self, records: Sequence[Outgoing]) -> Sequence[Ack]:
        if records and self._world.tries_failing:
            self._world.tries_failing -= 1
            raise TransientError("Kafka is away")
        if records and self._world.fail("publish"):
            raise TransientError("Kafka is away")
        return await super().send(records)


def an_answer_on(broker: Broker) -> Record:
    said = envelope.encode(
        an_answer("w-1"), Names(), source="router", cause="c",
        traceparent=envelope.derived_traceparent("t"),
    )  # fmt: skip
    place = broker.append(said).place
    return broker.logs[place][-1]


@pytest.mark.parametrize(
    ("ill", "failures"),
    [
        ([], {}),
        (["slow commit"], {"publish": 1}),
        (["publish"], {"publish": 1}),
        (["settle"], {"settle": 1}),
        (["crashed before", "settle"], {"settle": 1}),
    ],
)
def test_what_fails_is_counted_and_the_record_handled(
    ill: Sequence[str], failures: Mapping[str, float]
) -> None:
    world = World(*ill)
    world.handle(an_answer_on(world.broker))

    assert world.failures() == failures
    assert world.said("published", topic=EARNINGS.name) == 1


def test_kafka_may_be_away_for_any_number_of_tries() -> None:
    world = World()
    world.tries_failing = tries = 3 * Limits().rounds_max
    world.handle(an_answer_on(world.broker))

    assert world.failures() == {"publish": tries}
    assert world.said("published", topic=EARNINGS.name) == 1


def test_a_letter_that_kafka_does_not_take_is_counted() -> None:
    world = World("publish")
    good = an_answer_on(world.broker)
    headers, at = good.headers, good.timestamp_ms
    world.handle(Record(good.topic, good.partition, 7, good.key, b"no JSON", headers, at))

    assert world.failures() == {"publish": 1}
