"""All four services as processes, people who answer at once: outputs a second, memory at rest."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from statistics import median

import redis.asyncio
from aiokafka import AIOKafkaProducer

from bench import flow
from bench.delay import SECONDS, Delays, Watch, relayed, task_of
from bench.ground import Ground, Spent, resident_bytes, send_all
from bench.inside import SERVICES, build
from bench.state import open_epochs
from bench.throughput import Tell, prefixed
from sentuh.broker.topics import apply
from sentuh.demo.processes import ServiceProcess
from sentuh.demo.wire import Link, poll, producer, reader
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Outgoing
from shared.contracts.topics import OFFERS, VERDICTS, Names
from shared.state.commit import RedisStore

NAMES = Names("whole-")
WORKERS = 200
REST_SECONDS = 2.0
PUT_OFF_SECONDS = 0.5
"""After the last verdict: by then what was gathered is settled, which is part of the cost."""
END_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Round:
    """Outputs published at once, and how long until each had its verdict."""

    outputs: int
    seconds: float
    waits: Sequence[float]
    cpu: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Outputs a second."""
        return self.outputs / self.seconds


@dataclass(frozen=True, slots=True)
class Whole:
    """The rounds with many outputs at once, one with few, how long first offers take at half of
    what the rounds took a second, and the services' memory in bytes.
    """

    rounds: Sequence[Round]
    trickle: Round
    delays: Delays
    resident: Mapping[str, int]


def whole(on: Ground, rounds: int, outputs: int, tell: Tell) -> Whole:
    """Start all services, and let outputs come in bursts; then one at a time."""
    return asyncio.run(_whole(on, rounds, outputs, tell))


async def _whole(on: Ground, rounds: int, outputs: int, tell: Tell) -> Whole:
    await _prepared(on)
    async with _running(on, tell) as services, _crowd(on) as crowd:
        await asyncio.sleep(REST_SECONDS)
        resident = {found.service: resident_bytes(found.pid) for found in services}
        pids = {found.service: found.pid for found in services}
        pids |= {"redis": on.valkey.pid, "kafka": on.kafka.pid}
        found = []
        for number in range(rounds + 1):
            label = "to warm up" if number == 0 else f"round {number} of {rounds}"
            burst = flow.outputs(NAMES, outputs, label=f"r{number}")
            before = Spent.now(pids)
            seconds, waits = await crowd.take(burst, prefixed(tell, f"all services, {label}"))
            await asyncio.sleep(PUT_OFF_SECONDS)
            cpu = Spent.now(pids).since(before)
            found.append(Round(outputs, seconds, waits, cpu))
        few = flow.outputs(NAMES, 40, label="trickle")
        seconds, waits = await crowd.take(few, prefixed(tell, "one at a time"), pause=0.1)
        delays = await _delays(on, crowd, median(one.rate for one in found[1:]) / 2, tell)
    return Whole(found[1:], Round(len(few), seconds, waits, {}), delays, resident)


async def _delays(on: Ground, crowd: "Crowd", rate: float, tell: Tell) -> Delays:
    tell(f"first offers at {rate:.0f} outputs a second")
    crowd.watch = Watch()
    outputs = flow.outputs(NAMES, int(rate * SECONDS), label="steady")
    await crowd.watch.steadily(crowd.say, outputs, rate)
    for waived in outputs[:: flow.WAIVED_EACH]:
        del crowd.watch.sent[(waived.key or b"").decode()]
    offers = await crowd.watch.delays(task_of)
    return Delays(rate, offers, await relayed(on, NAMES, rate, say=crowd.say, tell=tell))


async def _prepared(on: Ground) -> None:
    """Topics, and state that is whole though nothing is in it."""
    await apply(on.kafka.bootstrap, NAMES)
    client = redis.asyncio.Redis.from_url(on.valkey.url)
    try:
        await client.flushall()
        store = RedisStore(client)
        await store.prepare()
        for name in SERVICES:
            await open_epochs(build(name, NAMES), store)
    finally:
        await client.aclose()


@asynccontextmanager
async def _running(on: Ground, tell: Tell) -> AsyncIterator[list[ServiceProcess]]:
    async with AsyncExitStack() as stack:
        found = []
        for name in SERVICES:
            tell(f"starting {name}")
            found.append(await stack.enter_async_context(on.process(name, NAMES)))
        yield found


@asynccontextmanager
async def _crowd(on: Ground) -> AsyncIterator["Crowd"]:
    link = Link(on.kafka.bootstrap, NAMES, seed=1)
    async with producer(link) as out, reader(link, [OFFERS]) as offers:
        crowd = Crowd(out, offers)
        await crowd.say(flow.people(NAMES, WORKERS))
        async with reader(link, [VERDICTS]) as verdicts:
            tasks = [asyncio.create_task(work) for work in (crowd.attend(), crowd.follow(verdicts))]
            try:
                yield crowd
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)


class Crowd:
    """Upstream, and the people: every offer is answered as soon as it is read."""

    def __init__(self, out: AIOKafkaProducer, offers: object) -> None:
        self._out = out
        self._offers = offers
        self._verdicts: list[float] = []
        self.watch = Watch()

    async def say(self, records: Sequence[Outgoing]) -> None:
        """Publish these."""
        await send_all(self._out, records)

    async def take(
        self, outputs: Sequence[Outgoing], tell: Tell, *, pause: float = 0.0
    ) -> tuple[float, list[float]]:
        """Publish outputs; seconds until the last verdict, and of each from its output on."""
        self._verdicts.clear()
        began, sent_at = time.time(), []
        for at, output in enumerate(outputs if pause else ()):
            sent_at.append(time.time())
            await self.say([output])
            await asyncio.sleep(pause)
            tell(f"{at + 1} sent")
        if not pause:
            sent_at = [began] * len(outputs)
            await self.say(outputs)
        limit = time.time() + END_SECONDS
        while len(self._verdicts) < len(outputs):
            if time.time() > limit:
                raise TimeoutError(f"{len(self._verdicts)} of {len(outputs)} have a verdict")
            tell(f"{len(self._verdicts)} of {len(outputs)} outputs have a verdict")
            await asyncio.sleep(0.1)
        return max(self._verdicts) - began, _waits(sent_at, self._verdicts)

    async def attend(self) -> None:
        """Answer every offer."""
        while True:
            offers = await poll(self._offers, wait_ms=20)
            for record in offers:
                self.watch.offered(record)
            found = [flow.answer(NAMES, record) for record in offers]
            await self.say([said for said in found if said is not None])

    async def follow(self, verdicts: object) -> None:
        """Note when each verdict was published."""
        while True:
            for record in await poll(verdicts, wait_ms=20):
                if record.header("ce_type") == VerdictReached.TYPE:
                    self._verdicts.append(record.timestamp_ms / 1000)


def _waits(sent: Sequence[float], verdicts: Sequence[float]) -> list[float]:
    """How long outputs waited: the k-th verdict is taken for that of the k-th output sent."""
    return [reached - at for at, reached in zip(sorted(sent), sorted(verdicts), strict=True)]
