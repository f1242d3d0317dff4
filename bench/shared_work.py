"""Two processes of a service against one: what the same records cost the broker and Redis.

Of a steady state: the processes have joined and stand still while the records are published and
the state is put back, then begin on them together. So neither publishing nor a start is measured;
nor are the first runs, and what the broker compiles during the others.
"""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.ground import Ground, Spent, compiling
from bench.throughput import RUN_SECONDS_MAX, Bench, Tell, prefixed
from sentuh.demo.processes import ServiceProcess
from sentuh.embedded.child import StackError

LOOK_SECONDS = 0.2
SETTLE_SECONDS = 1.0
"""A member learns by its next heartbeat that another has come or gone."""
RECORDS_MAX = {"router": 3_000}
"""Of a run: two or three seconds' work. Of other services, RECORDS_MAX_ELSE."""
RECORDS_MAX_ELSE = 5_000
WARM_RUNS = 2

Costs = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Split:
    """CPU microseconds a record, by server: in pairs, with one process of the service and with
    two.
    """

    service: str
    pairs: Sequence[tuple[Costs, Costs]]

    @property
    def ratios(self) -> list[float]:
        """Pair by pair, what both servers together spend with two over what they do with one."""
        return [sum(two.values()) / sum(one.values()) for one, two in self.pairs]


def records_of(service: str, records: int) -> int:
    """How many of so many records a run takes."""
    return min(records, RECORDS_MAX.get(service, RECORDS_MAX_ELSE))


def split(bench: Bench, pairs: int, tell: Tell) -> Split:
    """One process and two in turn, the order changing from pair to pair."""
    bench.put_back_to_ends()
    found = []
    with ExitStack() as stack:
        crew = _Crew(bench, stack)
        for number in range(WARM_RUNS):
            crew.fed(2, prefixed(tell, f"{bench.service.name}: warming up, {number + 1}"))
        for number in range(pairs):
            said = prefixed(tell, f"{bench.service.name}: pair {number + 1} of {pairs}")
            # Who is there already begins: half of the starts and stops are spared.
            spent = {count: crew.fed(count, said) for count in ((1, 2) if number % 2 else (2, 1))}
            found.append((spent[1], spent[2]))
    return Split(bench.service.name, found)


class _Crew:
    """Up to two processes of one service, which end with the stack."""

    def __init__(self, bench: Bench, stack: ExitStack) -> None:
        self._bench = bench
        self._processes = [
            bench.on.process(bench.service.name, bench.names, number) for number in range(2)
        ]
        for process in self._processes:
            stack.callback(process.stop)

    def fed(self, count: int, tell: Tell) -> Costs:
        """CPU microseconds a record that each server spends while so many take all inputs."""
        tell(f"{count} of its processes")
        self._muster(count)
        bench = self._bench
        with _standing_still(self._running):
            bench.publish_again()
            whole, before = bench.published(), _Servers.now(bench.on)
        limit = time.monotonic() + RUN_SECONDS_MAX
        while (done := bench.acknowledged()) < whole:
            if time.monotonic() > limit or len(self._running) < count:
                raise StackError(f"{bench.service.name}: {whole - done} records still wait")
            time.sleep(LOOK_SECONDS)
        spent = _Servers.now(bench.on).since(before)
        return {name: 1e6 * cpu / len(bench.case.inputs) for name, cpu in spent.items()}

    @property
    def _running(self) -> list[ServiceProcess]:
        return [process for process in self._processes if process.running]

    def _muster(self, count: int) -> None:
        """Have so many of them, and each told what to read."""
        for process in self._processes[count:]:
            process.stop()
        for process in self._processes[:count]:
            if not process.running:
                process.start()
        limit = time.monotonic() + RUN_SECONDS_MAX
        while self._bench.members() != count:
            if time.monotonic() > limit:
                raise StackError(f"{self._bench.service.name}: its group does not come to rest")
            time.sleep(LOOK_SECONDS)
        time.sleep(SETTLE_SECONDS)


@dataclass(frozen=True, slots=True)
class _Servers:
    """CPU seconds of both servers, and of the broker's compiler threads, up to a moment.

    What a broker compiles depends on how long it has run, not on what it is asked now: for minutes
    after its start that is as much as all the rest.
    """

    spent: Spent
    compiling: Mapping[int, float]

    @classmethod
    def now(cls, on: Ground) -> "_Servers":
        """Up to now."""
        pids = {"redis": on.valkey.pid, "kafka": on.kafka.pid}
        return cls(Spent.now(pids), compiling(on.kafka.pid))

    def since(self, before: "_Servers") -> Costs:
        """What was spent after another moment, compiling left out."""
        spent = self.spent.since(before.spent)
        compiled = sum(cpu - before.compiling.get(at, 0.0) for at, cpu in self.compiling.items())
        return {**spent, "kafka": spent["kafka"] - compiled}


@contextmanager
def _standing_still(processes: Sequence[ServiceProcess]) -> Iterator[None]:
    """They run again afterwards; for shorter than their session."""
    for process in processes:
        os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process.pid, signal.SIGCONT)
