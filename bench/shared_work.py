"""Two processes of a service against one: what the same records cost the broker and Redis."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from bench.ground import Spent
from bench.throughput import RUN_SECONDS_MAX, Bench, Tell
from sentuh.child import StackError

LOOK_SECONDS = 0.1
SERVERS = ("kafka", "redis")


@dataclass(frozen=True, slots=True)
class Split:
    """CPU microseconds a record, by server: with one process of the service, and with two."""

    service: str
    one: Mapping[str, float]
    two: Mapping[str, float]

    @property
    def ratio(self) -> float:
        """What both servers together spend with two, over what they spend with one."""
        return sum(self.two.values()) / sum(self.one.values())


def split(bench: Bench, tell: Tell) -> Split:
    """Let one process and then two take the same records, published while they wait for them.

    What publishing them costs the broker is measured too, and left out.
    """
    alone = _fed(bench, 0, tell)
    found = [_fed(bench, count, tell) for count in (1, 2)]
    one, two = [
        {name: 1e6 * (cpu[name] - alone[name]) / len(bench.case.inputs) for name in SERVERS}
        for cpu in found
    ]
    return Split(bench.service.name, one, two)


def _fed(bench: Bench, count: int, tell: Tell) -> dict[str, float]:
    """CPU seconds of the servers while so many processes take all inputs."""
    tell(f"{bench.service.name}: {count} processes share the work")
    bench.put_back_to_ends()
    pids = {"redis": bench.on.valkey.pid, "kafka": bench.on.kafka.pid}
    with ExitStack() as stack:
        processes = [
            stack.enter_context(bench.on.process(bench.service.name, bench.names, number))
            for number in range(count)
        ]
        before = Spent.now(pids)
        bench.on.publish(bench.case.inputs)
        limit = time.monotonic() + RUN_SECONDS_MAX
        while processes and bench.waiting():
            if time.monotonic() > limit or not all(process.running for process in processes):
                raise StackError(f"{bench.service.name}: {bench.waiting()} records still wait")
            time.sleep(LOOK_SECONDS)
        return Spent.now(pids).since(before)
