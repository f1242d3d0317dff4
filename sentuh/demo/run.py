"""One run of the demo, from the first process to the report."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from sentuh.audit import audit, read_sent
from sentuh.demo import processes
from sentuh.demo.drafts import anchoring
from sentuh.demo.explaining import worth_explaining
from sentuh.demo.journal import read_journal
from sentuh.demo.kinds import lacking
from sentuh.demo.material import read_truths
from sentuh.demo.numbers import numbers
from sentuh.demo.parts import CATALOG, Parts, parts
from sentuh.demo.processes import DemoProcess, RunPlace, ServiceProcess
from sentuh.demo.progress import (
    QUIET_SECONDS,
    Counts,
    ServiceHealth,
    count_sent,
    follow,
    probe,
)
from sentuh.demo.report import Run
from sentuh.demo.screen import Screen
from sentuh.demo.standstill import STILL_SECONDS, Standstill
from sentuh.demo.wishes import Wishes
from sentuh.demo.workforce import workforce
from sentuh.embedded.child import LOG_TAIL_LINES, Child, StackError
from sentuh.explain import explain

LOOK_SECONDS = 0.25
STEADY_SECONDS_MAX = 20.0


@dataclass(slots=True)
class Course:
    """The state of a run while it goes on."""

    wishes: Wishes
    counts: Counts = field(default_factory=Counts)
    health: list[ServiceHealth] = field(default_factory=list)
    lacking: str = ""


async def run(wishes: Wishes, console: Console, tell: Callable[[Run], None]) -> None:
    """Start everything, watch it to its end, stop it, and tell the audited numbers.

    With `wishes.stay` the services then run on until it is cancelled.

    Raises StackError or SettingError, with what to do, if a part cannot start or ends too soon.
    Example: await run(Wishes(outputs=50, workers=20, seed=1, rate=45), Console(), print).
    """
    began = time.monotonic()
    screen = Screen(console)
    screen.say(_beginning(wishes))
    for kind, reason in lacking().items():
        screen.say(f"leaving out the kind {kind}: {reason}")
    async with parts(wishes) as stack, AsyncExitStack() as running:
        course = Course(wishes)
        services = processes.services(stack.place)
        await _work(stack.place, course, screen, services=services, running=running)
        if not wishes.stay:
            await running.aclose()
        for service, health in zip(services, course.health, strict=True):
            health.exit_code = service.exit_code
        screen.say("reading the topics again and checking what must hold")
        tell(await _audited(stack, course, seconds=lambda: time.monotonic() - began))
        if wishes.stay:
            await _stay(stack.place, screen, services)


async def _stay(place: RunPlace, screen: Screen, services: Sequence[ServiceProcess]) -> None:
    """Start intake again, with the times that people need, and wait until cancelled."""
    place.catalog.write_text(CATALOG.read_text())
    intake = [service for service in services if service.service == "intake"]
    for service in intake:
        await asyncio.to_thread(service.stop)
        await asyncio.to_thread(service.spawn)
    await _ready(services)
    screen.stay(place, services)
    await asyncio.Event().wait()


def _beginning(wishes: Wishes) -> str:
    """Describe the start of the run: servers started, and servers that were named."""
    kafka = f"calling on the broker at {wishes.kafka}" if wishes.kafka else "starting a broker"
    return f"{kafka}, {'calling on the Redis that was named' if wishes.redis else 'starting Redis'}"


async def _work(
    place: RunPlace,
    course: Course,
    screen: Screen,
    *,
    services: Sequence[ServiceProcess],
    running: AsyncExitStack,
) -> None:
    """Run upstream and people from the start of the services to the end of the work.

    The services, and the upstream, end with `running`.
    """
    course.health = [ServiceHealth(service.name) for service in services]
    upstream = processes.publisher(place, course.wishes.outputs, course.wishes.rate)
    people = processes.worker_app(place, course.wishes.workers)
    # The upstream trains its models and speaks its recordings while the services start.
    await running.enter_async_context(_children([*services, upstream]))
    screen.say("starting intake, router twice, qa, payout")
    await _ready(services)
    course.counts.grown_at = time.monotonic()
    place.begin.touch()
    async with (
        _background(follow(place.link, course.counts)),
        _background(probe(services, course.health)),
        _children([people]),
    ):
        with screen.live(course.counts, course.health, course.wishes.outputs):
            await _end_of(place, course, upstream=upstream, others=[*services, people])


async def _ready(services: Sequence[ServiceProcess]) -> None:
    """Wait until each service is ready, and then until all are at once.

    A process that joins a consumer group makes the others pause, and be not ready for a moment.
    Example: router-2 joins as the last, and router-1 is not ready until both have partitions.
    """
    await asyncio.gather(*(asyncio.to_thread(service.wait_ready) for service in services))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STEADY_SECONDS_MAX):
            while not all(  # noqa: ASYNC110 - what is outside gives no event
                await asyncio.gather(*(asyncio.to_thread(service.ready) for service in services))
            ):
                await asyncio.sleep(LOOK_SECONDS)


async def _end_of(
    place: RunPlace, course: Course, *, upstream: DemoProcess, others: Sequence[Child]
) -> None:
    """Wait until all is done and quiet, or nothing moves any more and `course.lacking` says so."""
    counts, standstill = course.counts, Standstill()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        counts.sent = await asyncio.to_thread(count_sent, place.sent)
        for child in others:
            _must_run(child)
        if upstream.exit_code not in {None, 0}:
            _must_run(upstream)
        quiet = time.monotonic() - counts.grown_at
        if upstream.exit_code == 0 and quiet >= QUIET_SECONDS and counts.complete():
            return
        # The upstream computes before it sends, for long on a busy machine.
        computing = 0 if counts.sent else upstream.cpu_ticks()
        if standstill.look((counts.facts, counts.sent, computing), time.monotonic()):
            course.lacking = f"{counts.lacking()}, and no more in {STILL_SECONDS:.0f} s"
            if unwell := [health.process for health in course.health if not health.well]:
                course.lacking += f"; not ready: {', '.join(unwell)}"
            return


def _must_run(child: Child) -> None:
    if child.running:
        return
    lines = child.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    tail = "\n".join(f"  {line}" for line in lines)
    raise StackError(f"{child.name} ended with {child.exit_code}. The end of {child.log}:\n{tail}")


async def _audited(stack: Parts, course: Course, *, seconds: Callable[[], float]) -> Run:
    place, wishes, link = stack.place, course.wishes, stack.place.link
    journal = await read_journal(link)
    told = worth_explaining(journal)
    sent = await asyncio.to_thread(read_sent, place.sent)
    report = await audit(link.kafka, link.names, sent=sent, redis=place.redis)
    people = {person.worker_id: person for person in workforce(wishes.workers, wishes.seed)}
    truths = read_truths(place.truth)
    return Run(
        seed=wishes.seed,
        workers=wishes.workers,
        kafka=stack.kafka,
        redis=stack.redis,
        embedded=place.embedded,
        seconds=seconds(),
        kept=str(place.home) if wishes.keep else None,
        lacking=course.lacking,
        people=people,
        numbers=numbers(journal, truths),
        drafts=anchoring(journal, truths, people),
        audit=report,
        health=course.health,
        explained=None if told is None else await explain(link.kafka, link.names, told),
    )


@asynccontextmanager
async def _children(children: Sequence[Child]) -> AsyncIterator[None]:
    """Spawn the children; at the end stop all of them at once and wait until they are gone."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_stop, children)
        for child in children:
            await asyncio.to_thread(child.spawn)
        yield


async def _stop(children: Sequence[Child]) -> None:
    stopping = asyncio.gather(*(asyncio.to_thread(child.stop) for child in children))
    await asyncio.shield(stopping)


@asynccontextmanager
async def _background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run a coroutine meanwhile; an error that it raises is raised at the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        if not task.done():
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
