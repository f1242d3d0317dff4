"""The router's processes over one store and one set of topics, that fail only where a test says."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

from prometheus_client import CollectorRegistry

from services.router.metrics import RouterMetrics
from services.router.service import build
from shared.contracts import envelope
from shared.contracts.events.model import Event
from shared.contracts.record import Outgoing, Record, TopicPartition
from shared.contracts.topics import DEAD_LETTERS, PARTITIONS, Names, Topic
from shared.kafka.batches import Batches, Fate
from shared.recovery.catchup import CatchUp, Waits
from shared.recovery.sweep import Sweeper
from shared.state.store import Value
from tests.services.router.in_memory import SETTINGS
from tests.support.assignments import Forever
from tests.support.builders import NOW
from tests.support.facts import INDEXES, facts
from tests.support.in_memory import dependencies_of, pipelines_of, record_of, store_in_memory
from tests.support.world.redis import Slot
from tests.support.world.topic_logs import TopicLogs

E = TypeVar("E", bound=Event)
_TRACE = envelope.derived_traceparent("t")
_TOKENS = count()
NOT_FACTS = (":markers", ":slots", ":form", *INDEXES)


class _Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return (self.moment - NOW).total_seconds()

    def jitter(self, seconds: float) -> float:
        return seconds

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class _Everything:
    """What a process holds that is alone in its group."""

    def __init__(self, clock: _Clock) -> None:
        self._clock = clock

    def partitions(self) -> Sequence[int]:
        return range(PARTITIONS)

    def read_until(self, _: int) -> datetime:
        return self._clock.now()


class _Log:
    """What a catch-up reads: everything is committed that a process took."""

    def __init__(self, router: "Router") -> None:
        self._router = router

    async def ends(self, topic: Topic) -> Mapping[TopicPartition, int]:
        return {p: len(log) for p, log in self._router.logs.logs.items() if p.topic == topic.name}

    async def committed(self, topic: Topic) -> Mapping[TopicPartition, int]:
        return {p: at for p, at in self._router.committed.items() if p.topic == topic.name}

    async def before(self, place: TopicPartition, offset: int, *, seconds: float) -> int:
        log = self._router.logs.logs[place]
        since = log[offset - 1].timestamp_ms - seconds * 1000
        return next(n for n, record in enumerate(log) if record.timestamp_ms >= since)

    async def read(
        self, place: TopicPartition, start: int, end: int
    ) -> AsyncIterator[Sequence[Record]]:
        yield self._router.logs.logs[place][start:end]


class Process:
    """One process: it takes what it is given, and sweeps when told to."""

    def __init__(self, router: "Router") -> None:
        service = build(
            SETTINGS,
            names=Names(),
            read_until=lambda _: router.clock.now(),
            metrics=RouterMetrics(CollectorRegistry()),
        )
        means = dependencies_of(
            service, store=router.store, publisher=router.logs, clock=router.clock
        )
        pipelines = pipelines_of(means)
        self.service = service
        self.catch_up = CatchUp(means, _Log(router), lambda: f"{next(_TOKENS)}", Waits(quiet=0.0))
        self.batches = Batches(pipelines, self.catch_up, router.clock)
        held = _Everything(router.clock)
        self.sweeper = Sweeper(means, catch_up=self.catch_up, pipelines=pipelines, held=held)


class Router:
    """Topics, a store, and as many processes as a test starts."""

    def __init__(self, batch_max: int = 500) -> None:
        self.clock = _Clock()
        self.logs = TopicLogs(Names(), now=self.clock.now)
        self.store = store_in_memory()
        self.committed: dict[TopicPartition, int] = {}
        self._assignment = Forever()
        self.starts_over = 0
        self.batch_max = batch_max
        self.first = Process(self)

    # --- what comes in ---------------------------------------------------------------------------

    def send(self, *events: Event) -> None:
        """Append events to their topics."""
        for event in events:
            encoded = envelope.encode(event, Names(), source="test", cause="c", traceparent=_TRACE)
            self.logs.append(encoded)

    def delete(self, topic: Topic, key: str) -> None:
        """Append a record without a value."""
        self.logs.append(Outgoing(topic.name, key.encode(), None, ()))

    def compact(self, topic: Topic) -> None:
        """Take away the value of all but the last record of each key, as if they were not there."""
        for place, log in self.logs.logs.items():
            if place.topic == topic.name:
                last = {record.key: record.offset for record in log}
                log[:] = [_kept(record, last) for record in log]

    # --- what is done ----------------------------------------------------------------------------

    async def start(self) -> "Router":
        """Open the root slot."""
        await self.first.catch_up.whole()
        return self

    def unread(self) -> list[Record]:
        """The next batch: records of all topics in turn, as a fetch gives them."""
        waiting: list[Record] = []
        for topic in self.first.service.card.consumes:
            for place, log in self.logs.logs.items():
                if place.topic == topic.name:
                    waiting += log[self.committed.get(place, 0) :]
        return waiting[: self.batch_max]

    async def take(self, process: Process | None = None) -> int:
        """Let a process take the next batch until it is acknowledged; how often it started over."""
        process, records, again = process or self.first, self.unread(), 0
        while records and await self._take(process, records) is Fate.READ_AGAIN:
            again += 1
        for record in records:
            self.committed[record.place] = record.offset + 1
        self.starts_over += again
        return again

    async def _take(self, process: Process, records: Sequence[Record]) -> Fate:
        fate = await process.batches.take(records, self._assignment)
        return fate if fate is Fate.READ_AGAIN else await process.batches.flush()

    async def work(self, process: Process | None = None) -> None:
        """Take batches until nothing is unread."""
        while self.unread():
            await self.take(process)

    async def rest(self, process: Process | None = None) -> None:
        """Work and sweep for as long as it takes for everything to come to rest."""
        for _ in range(15):
            await self.work(process)
            self.clock.moment += timedelta(seconds=1)
            await (process or self.first).sweeper.once()
        await self.work(process)

    def lose(self, *slots: str) -> None:
        """Redis is emptied, or lacks these slots, and no epoch is open."""
        server = self.store._server
        for slot in slots or list(server.slots):
            server.slots[slot] = Slot()
        server.open.clear()
        server.leases.clear()

    # --- what came of it -------------------------------------------------------------------------

    def of(self, event: type[E]) -> list[E]:
        """What was announced of one type, each once."""
        decoded = (envelope.decode(r, event.TOPIC) for r in self.logs.of(event.TOPIC) if r.value)
        events = dict(decoded)
        return [made for made in events.values() if isinstance(made, event)]

    def dead_letters(self) -> list[str]:
        """Why records went to the dead letters, each record once."""
        letters = self.logs.of(DEAD_LETTERS["router"])
        by_id = {letter.header("dl_id"): letter.header("dl_reason") for letter in letters}
        return [reason or "" for reason in by_id.values()]

    def slots(self) -> list[str]:
        """The slots there are, without the root slot."""
        return sorted(name for name in self.store._server.slots if name.startswith("{router:"))

    def keys(self, slot: str) -> dict[str, Value]:
        """What a slot holds, but for indexes and what the pattern keeps."""
        return facts(self.store._server.slots[slot].twin.items(), without=NOT_FACTS)

    def worker(self, pool: str, worker_id: str) -> Value:
        """The hash of a worker in a pool."""
        return self.keys(f"{{router:{pool}}}").get(f"{{router:{pool}}}:worker:{worker_id}", {})

    def root(self) -> dict[str, Value]:
        """What the root slot holds of people."""
        root = facts(self.store._server.slots["{router}"].twin.items())
        return {key: v for key, v in root.items() if any(p in key for p in _OF_PEOPLE)}

    def everything(self) -> dict[str, dict[str, Value]]:
        """What all pools hold."""
        return {slot: self.keys(slot) for slot in self.slots()}


_OF_PEOPLE = (":worker:", ":kept", ":leaving")


def _kept(record: Record, last: Mapping[bytes | None, int]) -> Record:
    if last[record.key] == record.offset:
        return record
    # In the log of a real broker the offset would be missing; here a stranger's record stands in.
    return record_of(
        Outgoing(record.topic, b"\xff", None, ()), partition=record.partition, offset=record.offset
    )
