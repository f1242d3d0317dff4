"""A consumer over responses and timers, whose batches are taken as a test says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from prometheus_client import CollectorRegistry

from shared.contracts.card import Card
from shared.contracts.errors import Revoked
from shared.contracts.record import Record
from shared.contracts.topics import ASSIGNMENTS, RESPONSES, ROUTER_TIMERS, Names
from shared.kafka.batches import Batches, Fate
from shared.kafka.consumer import Consumer, Handling
from shared.kafka.incarnations import Incarnations
from shared.kafka.watermark import Watermarks
from shared.observe.metrics import PatternMetrics
from shared.pattern.batch import Batch
from shared.pattern.clock import SystemClock
from shared.pattern.gather import Gather
from shared.pattern.limits import Limits
from shared.pattern.service import Folds, Service
from tests.shared.kafka.noting import Noted
from tests.support.cluster import Kafka
from tests.support.processes import settings_for

CARD = Card(
    service="payout", consumes=(RESPONSES, ROUTER_TIMERS), journal=ASSIGNMENTS, timers=ROUTER_TIMERS
)
REDIS = "redis://127.0.0.1:1"


class Script:
    """Takes batches as it is told, as pipelines do; `taken` is every record that came, in order.

    `settled` is how often it settled what was gathered; `unsettling` is raised by the next time.
    """

    def __init__(self, *fates: Fate | Exception, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.unsettling: Exception | None = None
        self.taken: list[Record] = []
        self.handled = self.settled = 0
        self.revoked: list[Callable[[], bool]] = []
        self.going = asyncio.Event()
        self.going.set()
        self._fates = list(fates)

    async def handle(
        self, records: Sequence[Record], *, revoked: Callable[[], bool], **_: Any
    ) -> list[Batch]:
        self.taken += records
        self.revoked.append(revoked)
        await self.going.wait()
        fate = self._fates.pop(0) if self._fates else Fate.GO_ON
        if isinstance(fate, Exception):
            raise fate
        if fate is Fate.READ_AGAIN:
            raise Revoked
        self.handled += len(records)
        return []

    async def settle(self, _: Gather, **__: Any) -> float:
        unsettling, self.unsettling = self.unsettling, None
        if unsettling:
            raise unsettling
        self.settled += 1
        return SystemClock().monotonic()

    def acknowledged(self, _: Gather) -> None:
        return

    async def throw_away(self, _: Gather) -> None:
        return


class _Whole:
    """State of which nothing is ever lost."""

    def met(self, _: str) -> bool:
        return True


class Running:
    """One consumer over responses and timers."""

    def __init__(
        self,
        kafka: Kafka,
        prefix: str,
        script: Script,
        *,
        noted: Noted | None = None,
        **more: Any,
    ) -> None:
        self.settings = settings_for(kafka, REDIS, prefix, clock_skew_seconds=0.0, **more)
        names = Names(prefix)
        service = Service(CARD, (), Folds(), lambda _: "{payout}", names)
        self.registry = CollectorRegistry()
        self.marks = Watermarks(skew_seconds=0, prefix=prefix)
        metrics = PatternMetrics("payout", self.registry, names)
        self.noted = noted or Noted()
        catch_up: Any = _Whole()
        pipelines: Any = script
        batches = Batches(pipelines, catch_up, SystemClock())
        handling = Handling(batches, metrics, self.marks, Incarnations(self.settings), self.noted)
        self.consumer = Consumer(service, self.settings, handling)

    def held(self) -> list[int]:
        return list(self.marks.partitions())


@asynccontextmanager
async def consuming(
    kafka: Kafka, prefix: str, script: Script, *, noted: Noted | None = None, **more: Any
) -> AsyncIterator[Running]:
    running = Running(kafka, prefix, script, noted=noted, **more)
    await running.consumer.start()
    try:
        yield running
    finally:
        await running.consumer.drain(1)
        await running.consumer.stop()
