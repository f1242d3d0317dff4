"""All four services of one build for some minutes: the CPU of every process for an output.

The stages, one after the other, with people who answer at once: at rest; few people, each with one
task at a time (`eight`); a burst; then outputs at 1, 10 and 40 a second. CPU of a stage is counted
until every verdict is there and every offset is committed: what a build puts off is counted too.
First offers are measured at the highest of the rates, which both builds hold with room, and beside
the bare relay's hop of the same records at that rate, in the same minute.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bench.side.borrowed import SERVICES, Names, delay, flow, ground, whole
from bench.side.place import Place, Tell, resident_mib

PEOPLE_FEW, PEOPLE = 8, 200
OUTPUTS_FEW = 60
BURST = 400
RATES = {1: 15.0, 10: 10.0, 40: 10.0}
"""Outputs a second, and for how many seconds."""
RATE_OF_OFFERS = 40
REST_SECONDS = 3.0
LOOK_SECONDS = 0.2
END_SECONDS = 180.0

Stage = dict[str, Any]


class Turn:
    """One start of all services on topics of their own."""

    def __init__(self, place: Place, number: int, tell: Tell) -> None:
        self._place = place
        self._tell = tell
        self._names = Names(f"{place.label}-whole-{number}-")
        self._processes = [place.on.process(name, self._names) for name in SERVICES]
        self._groups: list[Any] = []
        whole.NAMES = self._names

    async def stages(self) -> dict[str, Any]:
        """Start everything, take all stages, end everything."""
        whole.WORKERS, capacity, flow.CAPACITY = PEOPLE_FEW, flow.CAPACITY, 1
        try:
            await whole._prepared(self._place.on)
            async with self._running(), whole._crowd(self._place.on) as crowd:
                measured = {"rest": await self._rest()}
                await self._burst(crowd, OUTPUTS_FEW // 2, "warm-few")
                measured["eight"] = await self._burst(crowd, OUTPUTS_FEW, "eight")
                flow.CAPACITY = capacity
                await crowd.say(flow.people(self._names, PEOPLE))
                await self._burst(crowd, BURST, "warm")
                measured["burst"] = await self._burst(crowd, BURST, "burst")
                for rate in RATES:
                    measured[str(rate)] = await self._steadily(crowd, rate)
                return measured
        finally:
            flow.CAPACITY = capacity
            await asyncio.to_thread(self._forget)

    async def _rest(self) -> Stage:
        """CPU seconds a second while nothing comes, and what stays in memory."""
        before = self._spent()
        await asyncio.sleep(REST_SECONDS)
        spent = self._spent().since(before)
        return {
            "cpu": {name: seconds / REST_SECONDS for name, seconds in spent.items()},
            "resident": {found.service: resident_mib(found.pid) for found in self._processes},
        }

    async def _burst(self, crowd: Any, count: int, label: str) -> Stage:
        """Outputs all at once."""
        outputs = flow.outputs(self._names, count, label=label)
        before = self._spent()
        seconds, waits = await crowd.take(outputs, lambda what: self._tell(f"{label}: {what}"))
        await self._acknowledged()
        cpu = self._spent().since(before)
        return {"outputs": count, "seconds": seconds, "cpu": cpu, "verdicts": _shares(waits)}

    async def _steadily(self, crowd: Any, rate: int) -> Stage:
        """Outputs at a rate; of the highest rate also the waits for first offers."""
        self._tell(f"{rate} outputs a second")
        outputs = flow.outputs(self._names, int(rate * RATES[rate]), label=f"at-{rate}")
        crowd.watch, before = delay.Watch(), self._spent()
        crowd._verdicts.clear()
        await crowd.watch.steadily(crowd.say, outputs, rate)
        await self._verdicts(crowd, len(outputs))
        await self._acknowledged()
        cpu = self._spent().since(before)
        waits = whole._waits(list(crowd.watch.sent.values()), crowd._verdicts)
        stage: Stage = {"outputs": len(outputs), "cpu": cpu, "verdicts": _shares(waits)}
        if rate == RATE_OF_OFFERS:
            stage |= await self._offers(crowd, outputs, rate)
        return stage

    async def _offers(self, crowd: Any, outputs: Sequence[Any], rate: int) -> Stage:
        for waived in outputs[:: flow.WAIVED_EACH]:
            del crowd.watch.sent[(waived.key or b"").decode()]
        offers = await crowd.watch.delays(whole.task_of)
        delay.SECONDS = RATES[rate]
        hops = await delay.relayed(
            self._place.on, self._names, rate, say=crowd.say, tell=self._tell
        )
        return {"offers": _shares(offers), "hop": _shares(hops)}

    async def _verdicts(self, crowd: Any, count: int) -> None:
        limit = time.monotonic() + END_SECONDS
        while len(crowd._verdicts) < count:
            if time.monotonic() > limit:
                raise TimeoutError(f"{len(crowd._verdicts)} of {count} have a verdict")
            await asyncio.sleep(LOOK_SECONDS)

    async def _acknowledged(self) -> None:
        """Wait until every service has committed the offset of everything it reads."""
        limit = time.monotonic() + END_SECONDS
        while await asyncio.to_thread(self._unread):
            if time.monotonic() > limit:
                raise TimeoutError("records are not acknowledged")
            await asyncio.sleep(LOOK_SECONDS)

    def _unread(self) -> int:
        """Records that some service has not acknowledged."""
        return sum(
            sum(group.ends(self._names, topics).values()) - group.committed(self._names, topics)
            for group, topics in self._groups
        )

    def _spent(self) -> Any:
        return self._place.spent({found.service: found.pid for found in self._processes})

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        self._tell("starting all services")
        try:
            await asyncio.gather(*[asyncio.to_thread(one.start) for one in self._processes])
            self._groups = [await asyncio.to_thread(self._group, name) for name in SERVICES]
            yield
        finally:
            await asyncio.gather(*[asyncio.to_thread(one.stop) for one in self._processes])

    def _group(self, service: str) -> Any:
        group = ground.Group(self._place.on, self._names.prefix + service)
        return group, whole.build(service, self._names).card.consumes

    def _forget(self) -> None:
        """Delete its topics: a broker with thousands of partitions is another broker."""
        admin = self._place.on.admin
        topics = [
            name for name in admin.list_topics().topics if name.startswith(self._names.prefix)
        ]
        for deleted in admin.delete_topics(topics).values() if topics else ():
            deleted.result(30)


def _shares(waits: Sequence[float]) -> dict[str, float]:
    """Seconds that half, 19 of 20, and 99 of 100 waited at most."""
    return {f"p{percent}": delay.share(waits, percent) for percent in (50, 95, 99)}
