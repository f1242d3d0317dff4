"""The stage of a fault run: topics, Valkey, processes, load and follower, and when all is over."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from sentuh.audit import audit
from sentuh.demo.wire import Link
from sentuh.stack import Valkey
from sentuh.topics import apply
from shared.topics import Names
from tests.faults.follower import Follower, following
from tests.faults.keeper import Keeper, keeping
from tests.faults.load import Load
from tests.faults.replica import SERVICES, Replica, Site

END_SECONDS = 90.0
LOOK_SECONDS = 0.1
SESSION_SECONDS = 4


@dataclass(frozen=True)
class Stage:
    """Everything of one run."""

    link: Link
    site: Site
    valkey: Valkey
    keeper: Keeper
    load: Load
    follower: Follower

    @property
    def replicas(self) -> list[Replica]:
        """Every process of a service."""
        return list(self.keeper.replicas)

    def unfinished(self) -> str:
        """What has not ended yet, in words; empty when all has."""
        self.load.check()
        outputs = {self.load.task_of(sent) for sent in self.load.sent}
        left: dict[str, set[Any]] = {
            "outputs without a verdict": self.follower.unjudged(outputs),
            "answers without a confirmed earning": self.follower.unpaid(self.load.answered),
            "tasks or assignments without an end": self.follower.unended(),
        }
        return "; ".join(
            f"{len(found)} {what} ({min(found)})" for what, found in left.items() if found
        )

    async def ended(self, seconds: float = END_SECONDS) -> None:
        """Wait until every output has its verdict and every answer its confirmed earning."""
        await until(lambda: not self.unfinished(), seconds, said=self.unfinished)

    def lost(self) -> int:
        """Outputs without a verdict and answers without a confirmed earning."""
        outputs = {self.load.task_of(sent) for sent in self.load.sent}
        unpaid = self.follower.unpaid(self.load.answered)
        return len(self.follower.unjudged(outputs)) + len(unpaid)

    def fired(self) -> list[str]:
        """The fault points at which something fired, in order."""
        path = self.site.fired
        return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []

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
    bootstrap: str, prefix: str, home: Path, *, services: Sequence[str] = SERVICES
) -> AsyncIterator[Stage]:
    """Topics, Valkey and a process for each service named, up and ready; people at work."""
    link = Link(bootstrap, Names(prefix), seed=1)
    await apply(bootstrap, link.names)
    session = await asyncio.to_thread(_session_seconds, bootstrap)
    async with Valkey(home / "valkey") as valkey:
        site = Site(bootstrap, prefix, valkey.url, home, session)
        replicas = [
            Replica(name, services[: at + 1].count(name), site) for at, name in enumerate(services)
        ]
        async with following(link) as follower, Load(link) as load, keeping(replicas) as keeper:
            await keeper.start(*replicas)
            yield Stage(link, site, valkey, keeper, load, follower)


async def until(
    fact: Callable[[], bool], seconds: float, *, said: Callable[[], str] = lambda: "all of it"
) -> None:
    """Wait for a fact; AssertionError says what is left if it does not come."""
    limit = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > limit:
            raise AssertionError(f"after {seconds:.0f} s there is left: {said()}")
        await asyncio.sleep(LOOK_SECONDS)


def _session_seconds(bootstrap: str) -> int:
    """The shortest session that suits us and the broker."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    broker = next(iter(admin.list_topics(timeout=10).brokers))
    asked = ConfigResource(ResourceType.BROKER, str(broker))
    told = admin.describe_configs([asked])[asked].result(10)
    return max(SESSION_SECONDS, int(told["group.min.session.timeout.ms"].value) // 1000)
