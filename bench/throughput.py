"""A service's records a second on its main path, against the bare relay of the same records."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import redis
from confluent_kafka.admin import NewTopic

from bench.cases import Case, case
from bench.ground import Ground, Group, Spent, resident_bytes
from bench.inside import build
from bench.side.journal import Ends, last_published
from bench.state import Image, open_epochs
from sentuh.broker.topics import apply
from sentuh.demo.processes import ServiceProcess
from sentuh.embedded.child import StackError
from shared.contracts.topics import PARTITIONS, Names
from shared.state.commit import RedisStore

LOOK_SECONDS = 0.02
RUN_SECONDS_MAX = 240.0
RELAYED = 20_000
"""The relay reads the same records again and again until it has read about so many."""
Tell = Callable[[str], None]


def prefixed(tell: Tell, before: str) -> Tell:
    """Tell the same with something before it."""
    return lambda what: tell(f"{before}: {what}")


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement: records of how many seconds, and the CPU seconds of each process."""

    records: int
    seconds: float
    cpu: Mapping[str, float]
    resident: int = 0

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds

    def each(self, process: str) -> float:
        """Microseconds of CPU a record."""
        return 1e6 * self.cpu[process] / self.records


class Bench:
    """One service, ready to be measured as often as wanted."""

    def __init__(self, on: Ground, service: str, records: int, *, label: str = "") -> None:
        self.on = on
        self.names = Names(f"{label}{service}-")
        self.service = build(service, self.names)
        self._group = Group(on, self.names.prefix + service)
        self._client = redis.Redis.from_url(on.valkey.url)
        self._client.flushall()
        self.case = asyncio.run(self._prepared(records))
        self._image = Image.of(self._client)
        self._relay_topic = self.names.prefix + "relay"
        made = on.admin.create_topics([NewTopic(self._relay_topic, PARTITIONS, 1)])
        made[self._relay_topic].result(15)
        on.publish([*self.case.before, *self.case.inputs])

    async def _prepared(self, records: int) -> Case:
        await apply(self.on.kafka.bootstrap, self.names)
        client = redis.asyncio.Redis.from_url(self.on.valkey.url)
        try:
            store = RedisStore(client)
            await store.prepare()
            await open_epochs(self.service, store)
            return await case(self.service.name, self.names, records, store)
        finally:
            await client.aclose()

    def run(self, tell: Tell) -> Run:
        """Take the service's process through all records once."""
        self._image.put_back(self._client)
        self.on.forget(self.names, [self.service.card.journal])
        self._group.put_back(self.names, self.case.topics, self.case.others)
        process = self.on.process(self.service.name, self.names)
        process.spawn()
        try:
            return self._watched(process, tell)
        finally:
            process.stop()

    def _watched(self, process: ServiceProcess, tell: Tell) -> Run:
        """From the first commit of offsets to the last record published on the service's journal.

        At a commit its records are handled. The last commit ends no run: it may come later than
        what it is for. CPU is counted until then, for what is put off is to be counted too.
        """
        ends, started = self._journal_ends(), time.time()
        pids = {"service": process.pid, "redis": self.on.valkey.pid, "kafka": self.on.kafka.pid}
        whole, limit = len(self.case.inputs), time.monotonic() + RUN_SECONDS_MAX
        first, done, began = 0, 0, Spent.now(pids)
        now = began
        while done < whole:
            if time.monotonic() > limit or not process.running:
                raise StackError(f"{self.service.name}: {done} of {whole} records, then no more")
            time.sleep(LOOK_SECONDS)
            now, done = Spent.now(pids), self._group.committed(self.names, self.case.topics)
            if not first and done < whole:
                first, began, started = done, now, time.time()
            tell(f"{self.service.name}: {done} of {whole} records")
        resident = resident_bytes(pids["service"])
        ended = last_published(self.on.kafka.bootstrap, ends, self._journal_ends())
        return Run(whole - first, ended - started, now.since(began), resident)

    def _journal_ends(self) -> Ends:
        return self._group.ends(self.names, [self.service.card.journal])

    def put_back_to_ends(self) -> None:
        """State as at the beginning, and nothing to read until more is published."""
        self._image.put_back(self._client)
        self.on.forget(self.names, [self.service.card.journal])
        self._group.put_back(self.names, (), self.service.card.consumes)

    def publish_again(self) -> None:
        """State as at the beginning, and all inputs once more."""
        self._image.put_back(self._client)
        self.on.publish(self.case.inputs)

    def published(self) -> int:
        """The sum of the ends of all it reads."""
        return sum(self._group.ends(self.names, self.service.card.consumes).values())

    def acknowledged(self) -> int:
        """The sum of its offsets in all it reads; that of the ends once nothing waits."""
        return self._group.committed(self.names, self.service.card.consumes)

    def members(self) -> int:
        """How many processes read, all of them told what; 0 while they are not."""
        return self._group.members()

    def relay(self, tell: Tell) -> Run:
        """Let the relay read the same records."""
        whole = len(self.case.inputs)
        passes = max(RELAYED // whole, 1)
        tell(f"{self.service.name}: relay, {passes} times {whole} records")
        topics = [part for topic in self.case.topics for part in ("--topic", self.names.of(topic))]
        command = [
            *(sys.executable, "-m", "bench.relay", "--bootstrap", self.on.kafka.bootstrap),
            *("--group", self.names.prefix + "relay", "--to", self._relay_topic, *topics),
            *("--records", str(whole), "--passes", str(passes)),
        ]
        told = subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=RUN_SECONDS_MAX
        )
        found = json.loads(told.stdout.splitlines()[-1])
        return Run(found["records"], found["seconds"], {"relay": found["cpu"]})
