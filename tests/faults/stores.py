"""Redis killed, standing still, refusing writes, emptied, taken back in time; its replies lost."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from shared.state.calls import COMMIT, LOAD, SETTLE
from tests.faults import memory
from tests.faults.fault import Fault
from tests.faults.play import Play, Trial
from tests.faults.proxy import Proxy
from tests.faults.replica import SERVICES, Replica
from tests.faults.stage import Stage, until

Deed = Callable[[Play], Awaitable[None]]
STALL_SECONDS = 9.0
"""Longer than a service waits for an answer, so that what it sent is done when it has given up."""
REFUSED_SECONDS = 4.0
LOST_MIN = 40
LOST_SECONDS = 300.0
WRITES = (LOAD, COMMIT, SETTLE)
"""The calls of which each changes something."""
REFUSALS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "READONLY": (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
    "NOREPLICAS": (
        ("CONFIG", "SET", "min-replicas-to-write", "1"),
        ("CONFIG", "SET", "min-replicas-to-write", "0"),
    ),
    "OOM": (("CONFIG", "SET", "maxmemory", "1mb"), ("CONFIG", "SET", "maxmemory", "0")),
}
"""The refusal by the name Redis counts it under: the commands that bring it about and end it."""


def stores(times: int = 2) -> list[Trial]:
    """Return the trials of all that befalls Redis, most of it several `times`."""
    stalled = {"seconds": f"{STALL_SECONDS:.0f} s"}
    return [
        Trial(Fault.REDIS_KILLED, _often(_killed, times)),
        Trial(Fault.REDIS_STALLED, _often(_stalled, times), words=stalled),
        Trial(Fault.REDIS_READ_ONLY, _often(_read_only, times)),
        Trial(Fault.REDIS_ALONE, _often(_alone, times)),
        Trial(Fault.REDIS_FULL, _often(_full, times)),
        Trial(Fault.REDIS_EMPTIED, _often(_emptied, times)),
        Trial(Fault.REDIS_ROLLED_BACK, _often(_rolled_back, times)),
        Trial(Fault.REPLIES_LOST, _replies_lost),
    ]


def _often(deed: Deed, times: int) -> Deed:
    async def again(play: Play) -> None:
        for _ in range(times):
            await play.stage.moving()
            await deed(play)
            await play.through()

    return again


async def _killed(play: Play) -> None:
    await _gone(play, _kill)


async def _emptied(play: Play) -> None:
    await _gone(play, memory.empty)


async def _rolled_back(play: Play) -> None:
    await asyncio.to_thread(memory.copy, play.stage)
    await play.stage.moving(20)
    await _gone(play, memory.take_back)


async def _gone(play: Play, deed: Callable[[Stage], None]) -> None:
    """What Redis knew is gone or doubtful: nothing is committed until it is whole again."""
    stage = play.stage
    watch = memory.Watch(stage, memory.slots(stage.valkey.url))
    await asyncio.to_thread(deed, stage)
    await watch.until_open()
    missed = watch.slots - watch.seen_closed
    play.check(holds=not missed, otherwise=f"never closed: {sorted(missed)}")
    play.check(holds=not watch.committed, otherwise=f"committed meanwhile: {watch.committed}")
    play.check(holds=not watch.ready, otherwise=f"ready meanwhile: {watch.ready}")
    silent = {replica.name for replica in stage.replicas} - watch.unready
    play.check(holds=not silent, otherwise=f"never said not to be ready: {silent}")
    play.fire(bool(watch.seen_closed))


def _kill(stage: Stage) -> None:
    stage.valkey.kill()
    stage.valkey.start()


async def _stalled(play: Play) -> None:
    """What was sent while it stood is done when it goes on, long after the sender gave up."""
    pid = play.stage.valkey.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        await play.sits_out(STALL_SECONDS, "Redis stands still")
        play.fire()
    finally:
        os.kill(pid, signal.SIGCONT)


async def _read_only(play: Play) -> None:
    await _refusing(play, "READONLY")


async def _alone(play: Play) -> None:
    await _refusing(play, "NOREPLICAS")


async def _full(play: Play) -> None:
    await _refusing(play, "OOM")


async def _refusing(play: Play, refusal: str) -> None:
    """Redis answers and refuses: every service says that it cannot work."""
    stage, (bring, end) = play.stage, REFUSALS[refusal]
    before = memory.refusals(stage.valkey.url, refusal)
    memory.command(stage.valkey.url, *bring)
    try:
        await play.sits_out(REFUSED_SECONDS, f"Redis refuses ({refusal})")
        play.fire(memory.refusals(stage.valkey.url, refusal) > before)
    finally:
        memory.command(stage.valkey.url, *end)


async def _replies_lost(play: Play) -> None:
    """One of two processes of each service loses replies, now and then two in a row."""
    stage = play.stage
    replicas = [stage.keeper.of(service)[-1] for service in SERVICES]
    async with _proxied(play, replicas) as proxies:
        for proxy in proxies:
            proxy.losing = True
        await until(
            lambda: (
                all(proxy.lost[name] >= 2 for proxy in proxies for name in WRITES)
                and sum(proxy.lost.total() for proxy in proxies) >= LOST_MIN
            ),
            LOST_SECONDS,
            left=lambda: str([dict(proxy.lost) for proxy in proxies]),
        )
        for proxy in proxies:
            proxy.losing = False
        play.fire(sum(proxy.lost.total() for proxy in proxies))
        await play.through()


@asynccontextmanager
async def _proxied(play: Play, replicas: list[Replica]) -> AsyncIterator[list[Proxy]]:
    """These processes reach Redis through a proxy of their own."""
    stage = play.stage
    async with AsyncExitStack() as stack:
        proxies = [await stack.enter_async_context(Proxy(stage.valkey.port)) for _ in replicas]
        for replica, proxy in zip(replicas, proxies, strict=True):
            replica.redis_url = proxy.url
        await stage.keeper.stop(*replicas)
        await stage.keeper.start(*replicas)
        try:
            yield proxies
        finally:
            for replica in replicas:
                replica.redis_url = stage.valkey.url
            await stage.keeper.stop(*replicas)
            await stage.keeper.start(*replicas)
