"""The supervisor: starts again at once what was killed, and counts what came twice."""

import asyncio
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sentuh.embedded.child import StackError
from tests.faults.replica import Replica

LOOK_SECONDS = 0.02
SCRAPE_SECONDS = 1.0
REPLAYED = 'outcomes_total{outcome="replayed"}'


@dataclass
class Keeper:
    """Keeps replicas alive. Whoever dies of anything but kill -9 ends the run.

    `plans` holds for each replica the faults of its next lives, in order.
    """

    replicas: list[Replica]
    plans: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _replayed: dict[tuple[str, int], float] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set)
    work: list["asyncio.Task[None]"] = field(default_factory=list)

    def of(self, service: str) -> list[Replica]:
        """The processes of one service."""
        return [replica for replica in self.replicas if replica.service == service]

    def replayed(self, service: str) -> int:
        """Outcomes that came twice and were recognised, over all lives of a service's processes."""
        found = (n for (name, _), n in self._replayed.items() if name.startswith(f"{service}-"))
        return int(sum(found))

    def check(self) -> None:
        """Raise what has ended the keeping, if anything has."""
        for task in self.work:
            if task.done():
                task.result()

    async def start(self, *replicas: Replica) -> None:
        """Start these and wait until all are ready."""
        for replica in replicas:
            await self._spawn(replica)
        await asyncio.gather(*(asyncio.to_thread(replica.wait_ready) for replica in replicas))

    async def stop(self, *replicas: Replica) -> None:
        """End these in good order, without starting them again."""
        for replica in replicas:
            await self.scrape(replica)
            self.let_go(replica)
        await asyncio.gather(*(asyncio.to_thread(replica.stop) for replica in replicas))

    def let_go(self, replica: Replica) -> None:
        """Its end is wanted from now on: do not start it again."""
        self._kept.discard(replica.name)

    async def arm(self, replica: Replica, faults: Sequence[str]) -> None:
        """Start it anew with the first of these faults; each later life gets the next.

        A fault may strike before anybody has seen it ready, so that is not waited for.
        """
        await self.stop(replica)
        self.plans[replica.name] = list(faults)
        await self._spawn(replica)

    async def scrape(self, replica: Replica) -> dict[str, float]:
        """What it says of itself now."""
        if not replica.running:
            return {}
        life = (replica.name, replica.pid)
        metrics = await asyncio.to_thread(replica.metrics)
        if metrics:
            self._replayed[life] = replica.sample(metrics, REPLAYED)
        return metrics

    async def keep(self) -> None:
        """Start again whoever was killed, for ever."""
        while True:
            for replica in list(self.replicas):
                if replica.name in self._kept and not replica.running:
                    await self._resurrect(replica)
            await asyncio.sleep(LOOK_SECONDS)

    async def watch(self) -> None:
        """Scrape everybody again and again, so that little of a life goes unseen."""
        while True:
            for replica in list(self.replicas):
                await self.scrape(replica)
            await asyncio.sleep(SCRAPE_SECONDS)

    async def _spawn(self, replica: Replica) -> None:
        plan = self.plans[replica.name]
        replica.faults = plan.pop(0) if plan else ""
        await asyncio.to_thread(replica.spawn)
        self._kept.add(replica.name)

    async def _resurrect(self, replica: Replica) -> None:
        if replica.exit_code != -signal.SIGKILL:
            raise StackError(
                f"{replica.name} ended by itself with {replica.exit_code}; see {replica.log}"
            )
        await self._spawn(replica)


@asynccontextmanager
async def keeping(replicas: Sequence[Replica]) -> AsyncIterator[Keeper]:
    """Keep them alive meanwhile; whatever happens, end them all."""
    keeper = Keeper(list(replicas))
    keeper.work = [asyncio.create_task(work) for work in (keeper.keep(), keeper.watch())]
    try:
        yield keeper
    finally:
        for task in keeper.work:
            task.cancel()
        await asyncio.gather(*keeper.work, return_exceptions=True)
        ends = (asyncio.to_thread(replica.stop) for replica in keeper.replicas)
        await asyncio.shield(asyncio.gather(*ends))
