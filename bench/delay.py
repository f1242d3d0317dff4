"""From an output to its first offer at half load, beside one hop of the bare relay at that rate."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from confluent_kafka.admin import NewTopic

from bench import flow
from bench.ground import Ground
from bench.throughput import Tell
from sentuh.demo.wire import poll
from shared.contracts.events.model import natural_id
from shared.contracts.events.offers import OfferMade
from shared.contracts.record import Outgoing, Record
from shared.contracts.topics import PARTITIONS, Names

SECONDS = 20.0
WARM_SHARE = 0.2
"""Of the first outputs nothing is said: connections and caches are made with them."""
END_SECONDS = 60.0
POLL_MS = 5
RELAY_IN, RELAY_OUT = "relay-in", "relay-out"

Say = Callable[[Sequence[Outgoing]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds each output waited, at so many outputs a second: for its first offer, and the relay's
    one hop of the same record.
    """

    rate: float
    offers: Sequence[float]
    relayed: Sequence[float]

    @property
    def ratio(self) -> float:
        """How many of the relay's own p99 the services' p99 is."""
        return share(self.offers, 99) / share(self.relayed, 99)


def share(delays: Sequence[float], percent: int) -> float:
    """What so many of a hundred were faster than."""
    ordered = sorted(delays)
    return ordered[(len(ordered) - 1) * percent // 100]


class Watch:
    """Which output was sent when, and when what it became was first read."""

    def __init__(self) -> None:
        self.sent: dict[str, float] = {}
        self.seen: dict[str, float] = {}

    async def steadily(self, say: Say, outputs: Sequence[Outgoing], rate: float) -> None:
        """Publish at this rate, whatever becomes of it."""
        began, saying = time.time(), []
        for number, output in enumerate(outputs):
            await asyncio.sleep(max(0.0, began + number / rate - time.time()))
            self.sent[(output.key or b"").decode()] = time.time()
            saying.append(asyncio.create_task(_said(say, output)))
        await asyncio.gather(*saying)

    def see(self, name: str) -> None:
        """Something that follows from this output was read."""
        self.seen.setdefault(name, time.time())

    def offered(self, record: Record) -> None:
        """Note an offer that was read."""
        if record.header("ce_type") == OfferMade.TYPE:
            self.see(str(json.loads(record.value or b"")["claims"]["task_id"]))

    async def delays(self, named: Callable[[str], str]) -> list[float]:
        """Of all outputs but the first, once each has been seen under its name."""
        limit = time.time() + END_SECONDS
        while any(named(name) not in self.seen for name in self.sent):
            if time.time() > limit:
                raise TimeoutError(f"{len(self.seen)} of {len(self.sent)} outputs came through")
            await asyncio.sleep(0.1)
        found = [self.seen[named(name)] - at for name, at in self.sent.items()]
        return found[int(len(found) * WARM_SHARE) :]


def task_of(name: str) -> str:
    """The task of an output of this name."""
    return natural_id("output", flow.SOURCE, name)


async def relayed(on: Ground, names: Names, rate: float, *, say: Say, tell: Tell) -> list[float]:
    """The relay's delays: outputs at this rate on a topic of its own."""
    tell(f"the relay at {rate:.0f} outputs a second")
    into, out = names.prefix + RELAY_IN, names.prefix + RELAY_OUT
    for done in on.admin.create_topics([NewTopic(n, PARTITIONS, 1) for n in (into, out)]).values():
        done.result(15)
    outputs = flow.outputs(names, int(rate * SECONDS), label="relayed", waived_each=0)
    watch = Watch()
    async with _relay(on, into, out, len(outputs)), _reader(on, out) as reader:
        reading = asyncio.create_task(_follow(reader, watch))
        await watch.steadily(say, [said._replace(topic=into) for said in outputs], rate)
        found = await watch.delays(str)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    return found


@asynccontextmanager
async def _relay(on: Ground, into: str, out: str, records: int) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.relay", "--bootstrap", on.kafka.bootstrap, "--to", out),
        *("--group", "relay-delays", "--topic", into, "--records", str(records)),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def _reader(on: Ground, topic: str) -> AsyncIterator[object]:
    reader = AIOKafkaConsumer(
        topic, bootstrap_servers=on.kafka.bootstrap, auto_offset_reset="earliest"
    )
    await reader.start()
    try:
        yield reader
    finally:
        await reader.stop()


async def _follow(reader: object, watch: Watch) -> None:
    while True:
        for record in await poll(reader, wait_ms=POLL_MS):
            watch.see((record.key or b"").decode())


async def _said(say: Say, output: Outgoing) -> None:
    await say([output])
