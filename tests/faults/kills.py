"""kill -9 of one of two processes at a fault point, life after life, under load."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial

from tests.faults.fault import Fault, Point
from tests.faults.kinds import BY_TYPE, every_kind
from tests.faults.play import Play, Trial
from tests.faults.stage import END_SECONDS, Stage, until

PASSAGES = (3, 2, 4)
"""At which passage of its point a process dies, life after life; never the first, or it would die
of the batch that it is given again."""
WITH_AN_OPEN_GATHER = (3, 2, 4, 5, 3, 2, 6, 3, 4, 5)
"""The same after publishing, ten times: what the batches before it published is not settled yet,
and is read again with it."""


MIXED_PER_SECOND = 4.0
"""Outputs of every kind: each needs more answers than one with two options, and some two tasks."""
LIVES = (
    (Point.COMMITTED, 3),
    (Point.PUBLISHING, 2),
    (Point.PUBLISHED, 4),
    (Point.SETTLED, 3),
    (Point.PUBLISHING, 3),
    (Point.COMMITTED, 2),
)
"""At which passage of which point a process dies, life after life, under every kind."""


def kill(service: str, point: Point, passages: Sequence[int] = ()) -> Trial:
    """Return the trial in which a process of the service dies at a point, again and again."""
    passages = passages or (WITH_AN_OPEN_GATHER if point is Point.PUBLISHED else PASSAGES)
    return Trial(
        Fault.KILL,
        partial(_shoot, service=service, point=point, passages=passages),
        on=(service, point),
        services=(service,),
        words={"service": service, "moment": point.moment},
    )


def kill_under_kinds(*services: str, lives: Sequence[tuple[Point, int]] = LIVES) -> Trial:
    """Return the trial in which a process of each of these services dies again and again.

    Meanwhile outputs of every kind of question come in. `lives` are the points at which a process
    dies, each with the passage at which it does.
    """
    return Trial(
        Fault.KILL_UNDER_KINDS,
        partial(_shoot_by_turns, services=services, lives=lives),
        services=services,
        words={"services": " and ".join(services)},
        rate=MIXED_PER_SECOND,
    )


async def _shoot_by_turns(
    play: Play, *, services: Sequence[str], lives: Sequence[tuple[Point, int]]
) -> None:
    stage = play.stage
    with every_kind(stage.load):
        await stage.moving(20)
        fired = Counter(stage.fired())
        for service in services:
            plan = [f"{point.of(service)}:kill:{passage}" for point, passage in lives]
            await stage.keeper.arm(stage.keeper.of(service)[-1], plan)
        ends: list[asyncio.Task[None]] = []
        for point, _ in lives:
            for service in services:
                fired[point.of(service)] += 1
                await stage.fires(point.of(service), fired[point.of(service)])
                play.fire()
                ends.append(asyncio.create_task(play.through()))
        await asyncio.gather(*ends)
        await until(lambda: not _unheard_of(stage), END_SECONDS, left=lambda: _unheard_of(stage))


def _unheard_of(stage: Stage) -> str:
    """Return what of the mixture nothing has come of yet; "" once there is a verdict of each."""
    judged = {task for task, _ in stage.follower.facts["verdict.reached"]}
    second = judged & {task for task, _ in stage.follower.facts["second.requested"]}
    missing = set(BY_TYPE) - {stage.load.asked.get(task) for task in judged}
    return ", ".join(sorted(missing | ({"a second stage"} if not second else set())))


async def _shoot(play: Play, *, service: str, point: Point, passages: Sequence[int]) -> None:
    keeper, stage, name = play.stage.keeper, play.stage, point.of(service)
    before = stage.fired().count(name)
    replica = keeper.of(service)[-1]
    await keeper.arm(replica, [f"{name}:kill:{passage}" for passage in passages])
    ends: list[asyncio.Task[None]] = []
    for number in range(1, len(passages) + 1):
        await stage.fires(name, before + number)
        play.fire()
        ends.append(asyncio.create_task(play.through()))
    await asyncio.gather(*ends)
