"""The stage of a fault run: topics, Valkey, processes, load and follower, and when all is over."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from sentuh.audit import audit
from sentuh.broker.topics import apply
from sentuh.demo.wire import Link
from sentuh.embedded.servers import ApacheKafka, Valkey
from shared.contracts.topics import Names
from tests.faults import kinds
from tests.faults.follower import Follower, following
from tests.faults.keeper import Keeper, keeping
from tests.faults.kept import differences, folded_facts, kept_facts
from tests.faults.load import Load
from tests.faults.replica import SERVICES, TWO_EACH, Replica, Site

END_SECONDS = 300.0
FIRE_SECONDS = 300.0
LOOK_SECONDS = 0.1
SESSION_SECONDS = 4
PLAIN_CATALOG = Path(__file__).with_name("catalog.yaml")


@dataclass(frozen=True)
class Stage:
    """Everything of one run. `expected` are the dead letters there must be."""

    link: Link
    site: Site
    broker: ApacheKafka
    valkey: Valkey
    keeper: Keeper
    load: Load
    follower: Follower
    expected: Counter[str] = field(default_factory=Counter)

    @property
    def replicas(self) -> list[Replica]:
        """Every process of a service."""
        return list(self.keeper.replicas)

    def unfinished(self) -> str:
        """What has not ended yet, in words; empty when all has."""
        self.load.check()
        self.keeper.check()
        outputs = {self.load.task_of(sent) for sent in self.load.sent}
        answers = self.load.answered | self.follower.about("assignment.answered")
        left: dict[str, set[Any]] = {
            "outputs without a verdict": self.follower.unjudged(outputs),
            "answers without a confirmed earning": self.follower.unpaid(answers),
            "tasks or assignments without an end": self.follower.unended(),
        }
        return "; ".join(
            f"{len(found)} {what} ({min(found)})" for what, found in left.items() if found
        )

    async def ended(self, seconds: float = END_SECONDS) -> None:
        """Wait until every output has its verdict and every answer its confirmed earning."""
        await until(lambda: not self.unfinished(), seconds, left=self.unfinished)

    def lost(self) -> int:
        """Outputs without a verdict and answers without a confirmed earning."""
        outputs = {self.load.task_of(sent) for sent in self.load.sent}
        answers = self.load.answered | self.follower.about("assignment.answered")
        return len(self.follower.unjudged(outputs)) + len(self.follower.unpaid(answers))

    async def moving(self, more: int = 10) -> None:
        """Wait until so many more verdicts are out: the load is felt everywhere."""
        enough = len(self.follower.facts["verdict.reached"]) + more
        await until(lambda: len(self.follower.facts["verdict.reached"]) >= enough, END_SECONDS)

    async def judged(self) -> tuple[str, ...]:
        """What is wrong once all should have ended; nothing, if nothing is."""
        try:
            await self.ended()
        except AssertionError as late:
            return (str(late),)
        letters = Counter(self.follower.letters)
        letters.subtract(self.expected)
        return (
            *await self.wrong(),
            *await self.forgotten(),
            *self.follower.promises.broken(),
            *(f"dead letters {name}: {count:+}" for name, count in letters.items() if count),
        )

    async def forgotten(self) -> list[str]:
        """Facts in Redis that are not what journals and inputs come to, a few of each service."""
        found: list[str] = []
        for service in SERVICES:
            kept = await asyncio.to_thread(kept_facts, self.valkey.url, service)
            found += differences(kept, await folded_facts(self.link, service))[:3]
        return found

    def fired(self) -> list[str]:
        """The fault points at which something fired, in order."""
        path = self.site.fired
        return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []

    async def fires(self, point: str, times: int) -> None:
        """Wait until something has fired at this point for that manieth time."""
        await until(
            lambda: self.fired().count(point) >= times,
            FIRE_SECONDS,
            left=lambda: f"{point}, which has not fired",
        )

    async def wrong(self) -> list[str]:
        """What the audit finds in all there is, Redis and the list of what was sent included."""
        names, redis = self.link.names, self.valkey.url
        report = await audit(self.link.bootstrap, names, sent=self.load.sent, redis=redis)
        return [
            f"invariant {number}: {violation}"
            for number in report.broken
            for violation in report.finding(number).violations[:3]
        ]


@asynccontextmanager
async def stage(
    broker: ApacheKafka, home: Path, *, services: Sequence[str] = TWO_EACH
) -> AsyncIterator[Stage]:
    """Topics of its own, Valkey and a process for each service named, ready; people at work."""
    bootstrap = broker.bootstrap
    link = Link(bootstrap, Names(f"f{time.time_ns() // 10**6}-"), seed=1)
    await apply(bootstrap, link.names)
    session = await asyncio.to_thread(_session_seconds, bootstrap)
    async with Valkey(home / "valkey") as valkey:
        site = Site(bootstrap, link.names.prefix, valkey.url, home, session)
        site.catalog.write_text(kinds.catalog(PLAIN_CATALOG), encoding="utf-8")
        replicas = [
            Replica(name, services[: at + 1].count(name), site) for at, name in enumerate(services)
        ]
        async with following(link) as follower, Load(link) as load, keeping(replicas) as keeper:
            await keeper.start(*replicas)
            yield Stage(link, site, broker, valkey, keeper, load, follower)


async def until(
    fact: Callable[[], bool], seconds: float, *, left: Callable[[], str] = lambda: "all of it"
) -> None:
    """Wait for a fact; AssertionError says what is left if it does not come."""
    limit = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > limit:
            raise AssertionError(f"after {seconds:.0f} s there is left: {left()}")
        await asyncio.sleep(LOOK_SECONDS)


def _session_seconds(bootstrap: str) -> int:
    """The shortest session that suits us and the broker."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    broker = next(iter(admin.list_topics(timeout=10).brokers))
    asked = ConfigResource(ResourceType.BROKER, str(broker))
    told = admin.describe_configs([asked])[asked].result(10)
    return max(SESSION_SECONDS, int(told["group.min.session.timeout.ms"].value) // 1000)
