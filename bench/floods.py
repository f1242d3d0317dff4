"""Floods by strangers beside ordinary work: `python -m bench.floods`.

Outputs come at a steady rate all the while. For each flood it prints how long first offers took
meanwhile, as a multiple of without, what it left in Redis, and whether anything of the good was
lost. It exits with 1 if a bound is broken.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import redis

from bench import flow, whole
from bench.delay import Watch, share, task_of
from bench.ground import Ground, Group, ground
from bench.inside import build
from bench.side.quiet import quieten
from sentuh.audit import audit
from shared.contracts.envelope import derived_traceparent, encode
from shared.contracts.events.model import Event
from shared.contracts.events.people import PresenceChanged
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.record import Outgoing
from shared.contracts.topics import Topic

COUNT = 10_000
RATE = 20.0
"""Outputs a second: work that leaves the machine room for a flood."""
CALM_SECONDS = 15.0
TIMES_MAX = 3.0
"""The p99 of first offers during a flood, of that without, at most."""
LEFT_BYTES_MAX = 16 * 1024 * 1024
"""Bytes that all floods together may leave in Redis."""
HANDLED_SECONDS_MAX = 120.0
UNREAD_MAX = 100
"""Records of the ordinary work that may wait at any moment."""

Flood = Callable[[int], Event]


@dataclass(frozen=True, slots=True)
class Phase:
    """How long first offers took in one phase, in seconds, and Redis' bytes at its end."""

    name: str
    p50: float
    p99: float
    flooded_seconds: float
    redis_bytes: int


def _pools(number: int) -> Event:
    return _presence(f"x-{number}", f"pool-{number}")


def _workers(number: int) -> Event:
    return _presence(f"y-{number}", flow.POOL)


def _presence(worker: str, pool: str) -> PresenceChanged:
    return PresenceChanged(pool=pool, at=datetime.now(UTC), worker_id=worker, presence="available")


def _answers(number: int) -> Event:
    return OfferAnswered(
        pool=flow.POOL,
        at=datetime.now(UTC),
        task_id=f"t-{number}",
        worker_id=f"x-{number}",
        token="k1.nobody.signed-this",  # noqa: S106 - no key has signed it
        answer="right",
    )


FLOODS: Mapping[str, Flood] = {
    "presences of as many pools": _pools,
    "unknown workers": _workers,
    "bad answers": _answers,
}


def _records(flood: Flood, count: int) -> list[Outgoing]:
    trace = derived_traceparent("flood")
    return [
        encode(flood(number), whole.NAMES, source="strangers", cause="c", traceparent=trace)
        for number in range(count)
    ]


async def _measured(on: Ground, count: int, rate: float) -> tuple[list[Phase], str]:
    await whole._prepared(on)
    phases = []
    async with whole._running(on, _tell), whole._crowd(on) as crowd:
        await asyncio.sleep(whole.REST_SECONDS)
        await crowd.take(flow.outputs(whole.NAMES, 200, label="warm"), _tell)
        phases.append(await _phase(on, crowd, "none", [], rate))
        for name, flood in FLOODS.items():
            phases.append(await _phase(on, crowd, name, _records(flood, count), rate))
        await asyncio.sleep(5)
        report = await audit(on.kafka.bootstrap, whole.NAMES, redis=on.valkey.url)
    broken = ", ".join(str(number) for number in report.broken)
    return phases, f"broken: {broken}" if broken else ""


async def _phase(
    on: Ground, crowd: whole.Crowd, name: str, flood: Sequence[Outgoing], rate: float
) -> Phase:
    """Let outputs come until the flood is handled, or for CALM_SECONDS where there is none."""
    _tell(f"outputs at {rate:.0f} a second; flood: {name}")
    crowd.watch = Watch()
    group = await asyncio.to_thread(Group, on, f"{whole.NAMES.prefix}router")
    service = build("router", whole.NAMES)
    flooding = asyncio.create_task(_flooded(on, group, service.card.consumes, flood))
    label = name.replace(" ", "-")
    outputs = flow.outputs(whole.NAMES, int(rate * CALM_SECONDS), label=label, waived_each=0)
    await crowd.watch.steadily(crowd.say, outputs, rate)
    seconds = await flooding
    delays = await crowd.watch.delays(task_of)
    bytes_held = int(redis.Redis.from_url(on.valkey.url).info("memory")["used_memory"])
    return Phase(name, share(delays, 50), share(delays, 99), seconds, bytes_held)


async def _flooded(
    on: Ground, group: Group, topics: Sequence[Topic], flood: Sequence[Outgoing]
) -> float:
    """Publish a flood a few seconds in; seconds until the router has read all of it."""
    if not flood:
        return 0.0
    await asyncio.sleep(CALM_SECONDS / 4)
    began = time.monotonic()
    await asyncio.to_thread(on.publish, flood)
    while time.monotonic() - began < HANDLED_SECONDS_MAX:
        ends = await asyncio.to_thread(group.ends, whole.NAMES, topics)
        done = await asyncio.to_thread(group.committed, whole.NAMES, topics)
        if done >= sum(ends.values()) - UNREAD_MAX:
            return time.monotonic() - began
        await asyncio.sleep(0.2)
    raise TimeoutError(f"{len(flood)} records of strangers were not handled in time")


def _tell(what: str) -> None:
    sys.stderr.write(f"\r{what:<70}")


def _print(phases: Sequence[Phase], broken: str) -> bool:
    """Print a line for each phase; return whether every bound held."""
    calm, *floods = phases
    sys.stdout.write(
        "\n| flood | p50 | p99 | of calm | handled in | Redis |\n|---|---|---|---|---|---|\n"
    )
    for phase in phases:
        times = phase.p99 / calm.p99
        sys.stdout.write(
            f"| {phase.name} | {phase.p50:.3f} s | {phase.p99:.3f} s | {times:.1f} |"
            f" {phase.flooded_seconds:.1f} s | {phase.redis_bytes / 1e6:.1f} MB |\n"
        )
    left = phases[-1].redis_bytes - calm.redis_bytes
    is_fast = all(phase.p99 <= TIMES_MAX * calm.p99 for phase in floods)
    sys.stdout.write(f"\nfirst offers at most {TIMES_MAX:.0f} times as long: {_said(is_fast)}\n")
    is_small = left <= LEFT_BYTES_MAX
    sys.stdout.write(
        f"left in Redis {left / 1e6:.1f} MB of {LEFT_BYTES_MAX / 1e6:.0f}: {_said(is_small)}\n"
    )
    sys.stdout.write(f"audit: {broken or 'nothing is lost'}\n")
    return is_fast and is_small and not broken


def _said(is_held: bool) -> str:  # noqa: FBT001 - one word for one fact
    return "held" if is_held else "NOT HELD"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.floods", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="records of each flood")
    parser.add_argument("--rate", type=float, default=RATE, help="outputs a second meanwhile")
    options = parser.parse_args()
    quieten()
    with tempfile.TemporaryDirectory(prefix="sentuh-floods-") as home, ground(Path(home)) as on:
        phases, broken = asyncio.run(_measured(on, options.count, options.rate))
    return 0 if _print(phases, broken) else 1


if __name__ == "__main__":
    sys.exit(main())
