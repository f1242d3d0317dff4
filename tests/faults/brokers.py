"""The broker killed, away for a while, and standing still: on the same data when it is back."""

import asyncio
import os
import signal
from functools import partial

from tests.faults.fault import Fault
from tests.faults.play import Play, Trial

AWAY_SECONDS = 60.0
KILLS = 3


def brokers(away_seconds: float = AWAY_SECONDS, *, kills: int = KILLS) -> list[Trial]:
    """Return the trials of all that befalls the broker."""
    words = {"seconds": f"{away_seconds:.0f} s"}
    return [
        Trial(Fault.BROKER_KILLED, partial(_kill, times=kills)),
        Trial(Fault.BROKER_AWAY, partial(_away, seconds=away_seconds), words=words),
        Trial(Fault.BROKER_STALLED, partial(_stall, seconds=away_seconds), words=words),
    ]


async def _kill(play: Play, *, times: int) -> None:
    broker = play.stage.broker
    for _ in range(times):
        pid = broker.pid
        await asyncio.to_thread(broker.kill)
        await asyncio.to_thread(broker.start)
        play.fire(broker.pid != pid)
        await play.through()


async def _away(play: Play, *, seconds: float) -> None:
    broker = play.stage.broker
    await asyncio.to_thread(broker.stop)
    try:
        await play.sits_out(seconds, "the broker is away")
        play.fire()
    finally:
        await asyncio.to_thread(broker.start)
    await play.through()


async def _stall(play: Play, *, seconds: float) -> None:
    pid = play.stage.broker.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        await play.sits_out(seconds, "the broker stands still")
        play.fire()
    finally:
        os.kill(pid, signal.SIGCONT)
    await play.through()
