"""kill -9 of one of two processes at a fault point, life after life, under load."""

import asyncio
from collections.abc import Sequence
from functools import partial

from tests.faults.play import Fault, Play

POINTS = {
    "committed": "after its commit",
    "publishing": "between two publishes",
    "published": "after publishing",
    "settled": "after settling",
}
PASSAGES = (3, 2, 4)
"""At which passage of its point a process dies, life after life; never the first, or it would die
of the batch that it is given again."""


def kill(service: str, point: str, passages: Sequence[int] = PASSAGES) -> Fault:
    """One of the service's processes dies at this point, at these passages of it."""
    play = partial(_shoot, point=f"{service}.{point}", passages=passages)
    said = f"{service} killed {POINTS[point]}"
    return Fault(f"kill-{service}-{point}", said, play, services=(service,), doubles=True)


async def _shoot(play: Play, *, point: str, passages: Sequence[int]) -> None:
    keeper, stage = play.stage.keeper, play.stage
    before = stage.fired().count(point)
    replica = keeper.of(point.partition(".")[0])[-1]
    await keeper.arm(replica, [f"{point}:kill:{passage}" for passage in passages])
    ends: list[asyncio.Task[None]] = []
    for number in range(1, len(passages) + 1):
        await stage.fires(point, before + number)
        play.fire()
        ends.append(asyncio.create_task(play.through()))
    await asyncio.gather(*ends)
