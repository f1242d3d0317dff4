"""The broker killed, away for a while, and standing still: on the same data when it is back."""

import asyncio
import os
import signal
import time
from functools import partial

from tests.faults.play import Fault, Play
from tests.faults.stage import until

AWAY_SECONDS = 60.0
KILLS = 3
NOTICED_SECONDS = 30.0


def brokers(away_seconds: float = AWAY_SECONDS, *, kills: int = KILLS) -> list[Fault]:
    """All that befalls the broker."""
    away = f"{away_seconds:.0f} s"
    return [
        Fault(
            "broker-killed", "broker killed (kill -9), started again", partial(_kill, times=kills)
        ),
        Fault(
            "broker-away",
            f"broker stopped, started {away} later",
            partial(_away, seconds=away_seconds),
        ),
        Fault(
            "broker-stalled",
            f"broker stands still for {away}",
            partial(_stall, seconds=away_seconds),
        ),
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
        await _sit_out(play, seconds)
    finally:
        await asyncio.to_thread(broker.start)
    await play.through()


async def _stall(play: Play, *, seconds: float) -> None:
    pid = play.stage.broker.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        await _sit_out(play, seconds)
    finally:
        os.kill(pid, signal.SIGCONT)
    await play.through()


async def _sit_out(play: Play, seconds: float) -> None:
    """Every process says that it cannot work, and that it lives."""
    stage, began = play.stage, time.monotonic()
    await until(
        lambda: not any(replica.ready() for replica in stage.replicas),
        NOTICED_SECONDS,
        said=lambda: "somebody says to be ready without a broker",
    )
    play.fire()
    await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))
    for replica in stage.replicas:
        status, said = replica.ask("/live")
        play.check(holds=status == 200, otherwise=f"{replica.name} is not alive: {status} {said}")
