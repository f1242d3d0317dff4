"""The driver: publishes tasks, answers every offer once, and notes what was offered to whom."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.ground import Ground, Spent, compiling, send_all
from bench.peers.contenders import SEATS, Contender, Offered
from bench.throughput import Tell
from sentuh.demo.wire import poll

AT_ONCE = 1_500
LOOK_SECONDS = 0.05
STALLED_SECONDS = 60.0
TAIL_SECONDS = 7.0
"""After the last offer: the peer's checkpoint comes every five seconds, and belongs to the work."""


@dataclass(frozen=True, slots=True)
class Run:
    """Tasks and their answers, and CPU seconds by process for all of them; `offering` of them were
    handled in the seconds until the last offer, when the last answers are still to come.
    """

    records: int
    offering: int
    seconds: float
    cpu: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Kills:
    """What kills did: tasks never offered, further offers of a task (to another person, or with
    another id), and offers that were published again as they were.
    """

    kills: int
    tasks: int
    lost: int
    doubled: int
    again: int


@dataclass
class Drive:
    """One contender at work."""

    on: Ground
    contender: Contender
    out: Any
    offers: Any
    tell: Tell
    noted: Counter[Offered] = field(default_factory=Counter)
    tasks: set[str] = field(default_factory=set)
    last: float = 0.0

    async def attend(self) -> None:
        """Answer every offer that was not answered before."""
        while True:
            answers = []
            for record in await poll(self.offers, wait_ms=20):
                offer = self.contender.offered(record)
                if offer is None:
                    continue
                self.last = time.monotonic()
                self.noted[offer] += 1
                self.tasks.add(offer.task)
                if self.noted[offer] == 1:
                    answers.append(self.contender.answer(record))
            await send_all(self.out, [answer for answer in answers if answer])

    async def run(self, label: str, count: int) -> Run:
        """Publish tasks all at once; until the last is offered, and what is put off is done."""
        tasks = self.contender.tasks(label, count)
        rest = self._spent()
        await asyncio.sleep(TAIL_SECONDS)
        rest = _less(self._spent(), rest)  # of as many seconds as the tail has
        whole, before, began = len(self.tasks) + count, self._spent(), time.monotonic()
        await send_all(self.out, tasks)
        await self._until(whole)
        seconds = self.last - began
        await asyncio.sleep(TAIL_SECONDS)
        cpu = _less(_less(self._spent(), before), rest)
        return Run(2 * count, 2 * count - SEATS, seconds, cpu)

    async def kills(self, count: int, seed: int) -> Kills:
        """Kill it at random times while tasks and answers are on their way, and start it again."""
        chance, before = random.Random(seed), len(self.tasks)
        for number in range(count):
            self.tell(f"{self.contender.name}: kill {number + 1} of {count}")
            there = len(self.tasks)
            await send_all(self.out, self.contender.tasks(f"kill-{number}", AT_ONCE))
            await self._until(there + int(AT_ONCE * chance.uniform(0.1, 0.9)))
            await asyncio.sleep(chance.uniform(0.0, 0.2))
            await asyncio.to_thread(self.contender.process.kill)
            await asyncio.to_thread(self.contender.start)
        whole = before + count * AT_ONCE
        await self._until(whole, stalled=False)
        distinct = len(self.noted)
        return Kills(
            kills=count,
            tasks=count * AT_ONCE,
            lost=whole - len(self.tasks),
            doubled=distinct - len(self.tasks),
            again=sum(self.noted.values()) - distinct,
        )

    async def _until(self, count: int, *, stalled: bool = True) -> None:
        """Wait until so many tasks are offered; without progress that is an error, or the end."""
        self.last = time.monotonic()
        while len(self.tasks) < count:
            if time.monotonic() - self.last > STALLED_SECONDS:
                if stalled:
                    raise TimeoutError(
                        f"{self.contender.name}: {len(self.tasks)} of {count} tasks are offered"
                    )
                return
            self.tell(f"{self.contender.name}: {len(self.tasks)} of {count} tasks are offered")
            await asyncio.sleep(LOOK_SECONDS)

    def _spent(self) -> dict[str, float]:
        """CPU seconds up to now: of the job, of both servers, without what the broker compiles."""
        pids = {
            "own": self.contender.process.pid,
            "redis": self.on.valkey.pid,
            "kafka": self.on.kafka.pid,
        }
        spent = Spent.now(pids).cpu
        return {**spent, "kafka": spent["kafka"] - sum(compiling(self.on.kafka.pid).values())}


@asynccontextmanager
async def driving(on: Ground, contender: Contender, tell: Tell) -> AsyncIterator[Drive]:
    """Connect a driver and let people answer; end with the context."""
    bootstrap = on.kafka.bootstrap
    out = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5)
    offers = AIOKafkaConsumer(
        contender.offers,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    await out.start()
    await offers.start()
    drive = Drive(on, contender, out, offers, tell)
    attending = asyncio.create_task(drive.attend())
    try:
        yield drive
    finally:
        attending.cancel()
        await asyncio.gather(attending, return_exceptions=True)
        await offers.stop()
        await out.stop()


def _less(spent: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    return {name: seconds - before[name] for name, seconds in spent.items()}
