"""Where a build is measured: the broker both share, its own Redis, and what was spent so far."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
from confluent_kafka.admin import AdminClient

from bench.side.borrowed import ground

Seconds = dict[str, float]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """Addresses and process ids of the servers; `label` begins the names of this build's topics."""

    bootstrap: str
    kafka_pid: int
    redis: str
    redis_pid: int
    home: str
    label: str

    @cached_property
    def on(self) -> Any:
        """The same as the build's own bench has it."""
        kafka = SimpleNamespace(bootstrap=self.bootstrap, pid=self.kafka_pid)
        valkey = SimpleNamespace(url=self.redis, pid=self.redis_pid)
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})
        home = Path(self.home) / self.label
        home.mkdir(parents=True, exist_ok=True)
        return ground.Ground(kafka, valkey, home, admin)

    def spent(self, own: Mapping[str, int]) -> "Spent":
        """CPU of both servers, and of these processes of the build, up to now."""
        pids = {**own, "redis": self.redis_pid, "kafka": self.kafka_pid}
        return Spent(time.time(), {name: _cpu(pid) for name, pid in pids.items()}, self._compiled)

    @property
    def _compiled(self) -> Mapping[int, float]:
        found: Mapping[int, float] = ground.compiling(self.kafka_pid)
        return found


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of processes up to a moment, and of the threads that compile in the broker.

    What a broker compiles depends on how long it has run, not on what it is asked now.
    """

    at: float
    cpu: Mapping[str, float]
    compiled: Mapping[int, float]

    def since(self, before: "Spent") -> Seconds:
        """What each process spent after another moment, compiling left out."""
        spent = {name: seconds - before.cpu[name] for name, seconds in self.cpu.items()}
        spent["kafka"] -= sum(s - before.compiled.get(at, 0.0) for at, s in self.compiled.items())
        return spent


def _cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def resident_mib(pid: int) -> float:
    """Resident memory of a process."""
    return float(psutil.Process(pid).memory_info().rss / 2**20)
