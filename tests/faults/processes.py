"""Processes that stand still and come back, are told to stop, stay away, join and leave."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial

from shared.contracts.events.parts import Claims
from tests.faults import memory
from tests.faults.chance import chance_of
from tests.faults.fault import Fault, Point
from tests.faults.groups import Groups
from tests.faults.play import Play, Trial
from tests.faults.replica import SERVICES, Replica
from tests.faults.stage import until

NOTICED_SECONDS = 180.0
ZOMBIE_POINTS = (Point.COMMITTED, Point.PUBLISHING, Point.PUBLISHED)
STOP_SECONDS = 60.0
BRIEF_SECONDS = 5
"""How long an offer of the brief task type may be accepted, and an accepted one answered."""
AWAY_SECONDS = 3.0 * BRIEF_SECONDS


def zombie(service: str, points: Sequence[Point] = ZOMBIE_POINTS) -> Trial:
    """Return the trial in which one of the service's processes stands still at each of these points
    until the group has dropped it.
    """
    return _of_one(Fault.ZOMBIE, service, partial(_zombie, service=service, points=points))


def told_to_stop(service: str) -> Trial:
    """Return the trial in which each of the service's processes is told to stop while it stands
    between commit and publish.
    """
    return _of_one(Fault.SIGTERM, service, partial(_told_to_stop, service=service))


def _of_one(fault: Fault, service: str, play: Callable[[Play], Awaitable[None]]) -> Trial:
    return Trial(fault, play, on=(service,), services=(service,), words={"service": service})


def away(*services: str, times: int = 2) -> Trial:
    """Return the trial in which nobody does the work of these services until the deadlines of what
    is offered are over.
    """
    is_all = set(services) == set(SERVICES)
    return Trial(
        Fault.OVERDUE,
        partial(_away, services=services, times=times),
        on=("all",) if is_all else services,
        words={"who": "all services" if is_all else " and ".join(services)},
    )


def third(*services: str) -> Trial:
    """Return the trial in which a third process of each of these services joins and leaves."""
    play = partial(_join_and_leave, services=services)
    return Trial(Fault.JOIN, play, services=services)


async def _zombie(play: Play, *, service: str, points: Sequence[Point]) -> None:
    for point in points:
        await _sleep_through_session(play, service, point)
        play.fire()
        await play.through()


async def _sleep_through_session(play: Play, service: str, point: Point) -> None:
    groups, replica = Groups(play.stage.link), play.stage.keeper.of(service)[-1]
    await play.delayed_at(replica, point, seconds=2, passage=2)
    async with standing_still(replica):
        await until(
            lambda: len(groups.members(service)) == 1,
            NOTICED_SECONDS,
            left=lambda: f"the group still counts on {replica.name}",
        )
        await asyncio.sleep(1)  # what it left is now in another's hands


@asynccontextmanager
async def standing_still(replica: Replica) -> AsyncIterator[None]:
    """A process that does nothing and knows nothing of it."""
    replica.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        replica.signal(signal.SIGCONT)


async def _told_to_stop(play: Play, *, service: str) -> None:
    """One after the other, each between commit and publish; then nothing of theirs is left open."""
    stage = play.stage
    for replica in stage.keeper.of(service):
        await play.delayed_at(replica, Point.COMMITTED, seconds=1, passage=3)
        stage.keeper.let_go(replica)
        replica.signal(signal.SIGTERM)
        code = await asyncio.to_thread(replica.wait, STOP_SECONDS)
        play.check(holds=code == 0, otherwise=f"{replica.name} ended with {code}")
        play.fire()
    open_ = {
        slot: count
        for slot, count in memory.unsettled(stage.valkey.url).items()
        if slot.startswith(f"{{{service}:")
    }
    play.check(holds=not open_, otherwise=f"left unsettled: {open_}")
    handled = memory.handled(stage.valkey.url, service)
    committed = await asyncio.to_thread(Groups(stage.link).committed, service)
    same = committed == {name: handled.get(name) for name in committed}
    play.check(holds=same, otherwise=f"{service}: acknowledged is not what was handled")
    await stage.keeper.start(*stage.keeper.of(service))
    await play.through()


async def _away(play: Play, *, services: Sequence[str], times: int) -> None:
    """People go on answering what they hold, most in time and some too late, and nobody reads it.

    It has hit if there are answers in time that are read only after their lease.
    """
    stage = play.stage
    replicas = [replica for service in services for replica in stage.keeper.of(service)]
    with slow_people(play):
        for _ in range(times):
            await stage.moving(20)
            await stage.keeper.stop(*replicas)
            await asyncio.sleep(AWAY_SECONDS)
            play.fire(bool(stage.follower.promises.unread()))
            await stage.keeper.start(*replicas)
            await play.through()


@contextmanager
def slow_people(play: Play) -> Iterator[None]:
    """Meanwhile offers are short, and people take their time over them, some too much."""
    load = play.stage.load
    task_type, thinking = load.task_type, load.thinking
    load.task_type, load.thinking = "brief", _thinking
    try:
        yield
    finally:
        load.task_type, load.thinking = task_type, thinking


def _thinking(claims: Claims) -> float:
    chance = chance_of("thinking", claims.task_id, claims.worker_id)
    return BRIEF_SECONDS * (1.5 if chance > 0.85 else 0.7 * chance)


async def _takes_part(replica: Replica) -> None:
    await until(
        lambda: replica.batches() > 0,
        NOTICED_SECONDS,
        left=lambda: f"{replica.name}, which takes no part",
    )


async def _join_and_leave(play: Play, *, services: Sequence[str]) -> None:
    """It takes its share, and gives it back."""
    stage = play.stage
    for service in services:
        replica = Replica(service, len(stage.keeper.of(service)) + 1, stage.site)
        stage.keeper.replicas.append(replica)
        await stage.keeper.start(replica)
        await _takes_part(replica)
        play.fire()
        await play.through()
        await stage.keeper.stop(replica)
        stage.keeper.replicas.remove(replica)
        await play.through()
