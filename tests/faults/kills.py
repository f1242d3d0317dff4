"""kill -9 of one of two processes at a fault point, life after life, under load."""

import asyncio
from collections.abc import Sequence
from functools import partial

from tests.faults.fault import Fault, Point
from tests.faults.play import Play, Trial

PASSAGES = (3, 2, 4)
"""At which passage of its point a process dies, life after life; never the first, or it would die
of the batch that it is given again."""
WITH_AN_OPEN_GATHER = (3, 2, 4, 5, 3, 2, 6, 3, 4, 5)
"""The same after publishing, ten times: what the batches before it published is not settled yet,
and is read again with it."""


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
