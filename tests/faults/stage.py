"""The stage of a fault run: topics, Valkey, processes, load and follower, and when all is over."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from sentuh.audit import Report, audit
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
        left = {
            "outputs without a verdict": self.follower.unjudged(outputs),
            "answers without a confirmed earning": self.follower.unpaid(self.load.answered),
            "tasks or assignments without an end": self.follower.unended(),
        }
        return "; ".join(
            f"{len(found)} {what} ({sorted(found)[0]})" for what, found in left.items() if found
        )

    async def ended(self, seconds: float = END_SECONDS) -> None:
        """Wait until every output has its verdict and every answer its confirmed earning."""
        await until(lambda: not self.unfinished(), seconds, said=self.unfinished)

    async def audit(self) -> Report:
        """Judge all there is, the list of what was sent and Redis included."""
        names, redis = self.link.names, self.valkey.url
        return await audit(self.link.bootstrap, names, sent=self.load.sent, redis=redis)


@asynccontextmanager
async def stage(
    bootstrap: str, prefix: str, home: Path, *, each: int = 1
) -> AsyncIterator[Stage]:
    """Topics, Valkey and `each` processes of every service, up and ready; people at work."""
    link = Link(bootstrap, Names(prefix), seed=1)
    await apply(bootstrap, link.names)
    session = await asyncio.to_thread(_session_seconds, bootstrap)
    async with Valkey(home / "valkey") as valkey:
        site = Site(bootstrap, prefix, valkey.url, home, session)
        replicas = [Replica(name, at + 1, site) for name in SERVICES for at in range(each)]
        async with following(link) as follower, Load(link) as load, keeping(replicas) as keeper:
            await keeper.start(*replicas)
            yield Stage(link, site, valkey, keeper, load, follower)


async def until(
    fact: Callable[[], bool], seconds: float, *, said: Callable[[], str] = lambda: "nothing"
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
