"""The faults: what is done to the stack, which alerts must tell of it, and how it is mended."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from tests.alerts.people import Outside
from tests.alerts.stack import Stack
from tests.alerts.told import Alert

OUTPUTS, WORKERS, GARBAGE = 12, 12, 60
BETWEEN_KILLS_SECONDS = 12.0

Act = Callable[[], Awaitable[object]]
Made = Callable[[Stack, Outside], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """Made on entering, mended on leaving."""

    what: str
    alerts: tuple[Alert, ...]
    made: Made


@contextlib.asynccontextmanager
async def nobody_registered(_: Stack, outside: Outside) -> AsyncIterator[None]:
    """Tasks come in that nobody can do; then people with the skill are registered, and away."""
    await outside.outputs(OUTPUTS)
    yield
    await outside.workers(WORKERS, "away")


@contextlib.asynccontextmanager
async def workers_gone(_: Stack, outside: Outside) -> AsyncIterator[None]:
    """People are said to be there and answer nothing; then they are said to be away."""
    await outside.outputs(OUTPUTS)
    await outside.workers(WORKERS, "available")
    yield
    await outside.workers(WORKERS, "away")


@contextlib.asynccontextmanager
async def garbage(_: Stack, outside: Outside) -> AsyncIterator[None]:
    """Somebody publishes what cannot be read, again and again; then stops."""
    async with _meanwhile(lambda: outside.garbage(GARBAGE), every=5):
        yield


@contextlib.asynccontextmanager
async def intake_stopped(stack: Stack, outside: Outside) -> AsyncIterator[None]:
    """Outputs come in and nobody takes them."""
    await stack.compose("stop", "intake")
    await outside.outputs(OUTPUTS)
    yield
    await stack.compose("start", "intake")


@contextlib.asynccontextmanager
async def payout_dies(stack: Stack, _: Outside) -> AsyncIterator[None]:
    """Kill -9 as soon as it is up again."""
    async with _meanwhile(lambda: stack.kill("payout"), every=BETWEEN_KILLS_SECONDS):
        yield


@contextlib.asynccontextmanager
async def redis_emptied(stack: Stack, _: Outside) -> AsyncIterator[None]:
    """All data gone at once, again and again; the services make their state whole by themselves."""
    read = "cut -d' ' -f2 /run/secrets/redis/redis.conf"
    empty = f"REDISCLI_AUTH=$({read}) redis-cli FLUSHALL"
    command = ["exec", "-T", "redis", "sh", "-c", empty]
    async with _meanwhile(lambda: stack.compose(*command), every=10):
        yield


@contextlib.asynccontextmanager
async def redis_paused(stack: Stack, _: Outside) -> AsyncIterator[None]:
    """Redis is there and answers nothing."""
    await stack.compose("pause", "redis")
    yield
    await stack.compose("unpause", "redis")


@contextlib.asynccontextmanager
async def auditor_stopped(stack: Stack, _: Outside) -> AsyncIterator[None]:
    """Nobody audits."""
    await stack.compose("stop", "auditor")
    yield
    await stack.compose("start", "auditor")


ROUNDS: tuple[tuple[Fault, ...], ...] = (
    (
        Fault("tasks nobody can do", (Alert("SentuhTasksUnroutable"),), nobody_registered),
        Fault(
            "garbage records",
            (Alert("SentuhDeadLetters", {"service": "intake"}),),
            garbage,
        ),
        Fault("auditor stopped", (Alert("SentuhAuditorSilent"),), auditor_stopped),
        Fault(
            "kill -9 of payout in a loop",
            (Alert("SentuhCrashLoop", {"service": "payout"}),),
            payout_dies,
        ),
    ),
    (
        Fault("workers gone", (Alert("SentuhOffersExpire"),), workers_gone),
    ),
    (
        Fault(
            "intake stopped, outputs coming in",
            (
                Alert("SentuhServiceDown", {"service": "intake"}),
                Alert("SentuhAuditBroken", {"what": "output"}),
            ),
            intake_stopped,
        ),
    ),
    (
        Fault(
            "Redis emptied again and again",
            (Alert("SentuhEpochClosed", {"service": "router"}),),
            redis_emptied,
        ),
    ),
    (
        Fault("Redis paused", (Alert("SentuhServiceNotReady", {"service": "qa"}),), redis_paused),
    ),
)  # fmt: skip
"""One round after the other; the faults of a round at the same time."""


@contextlib.asynccontextmanager
async def _meanwhile(act: Act, *, every: float) -> AsyncIterator[None]:
    """Do this again and again until left; what fails fails the run."""

    async def again() -> None:
        while not over.is_set():
            await act()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), every)

    over = asyncio.Event()
    acting = asyncio.create_task(again())
    try:
        yield
    finally:
        over.set()
        await acting
