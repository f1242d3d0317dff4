"""One process of one service, and the same records for it again and again: rate, CPU, Redis.

The process has joined its group and stands still (SIGSTOP) while its records are published and the
state is put back to what it was; then it goes on. Neither a start nor publishing is measured.

* The **time** of a run ends with the last record that the service publishes on its journal, by the
  record's own timestamp. Offsets end no run: a build may commit them with every batch or only once
  in two seconds, and nobody waits for them.
* The **CPU** of a run ends when all offsets are committed: what a build puts off it does then, and
  that is counted. No wait is in it.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.side.borrowed import refold, throughput
from bench.side.journal import Ends, last_published
from bench.side.meter import Meter
from bench.side.place import Place, Tell, resident_mib

LOOK_SECONDS = 0.2
SETTLE_SECONDS = 1.0
"""A member learns by its next heartbeat that another has come or gone."""
RUN_SECONDS_MAX = 240.0


class Station:
    """One service of this build with its records, ready to be run as often as wanted."""

    def __init__(self, place: Place, service: str, records: int, tell: Tell) -> None:
        tell(f"{service}: making {records} records")
        self._place = place
        self._tell = tell
        self._bench: Any = throughput.Bench(place.on, service, records, label=f"{place.label}-")
        self._meter = Meter(place.redis)
        self._process: Any = None
        self.start()

    def start(self) -> None:
        """Begin with an empty journal and nothing to read; wait until the process has joined."""
        bench = self._bench
        bench.put_back_to_ends()
        bench.on.forget(bench.names, bench.case.topics)
        self._process = bench.on.process(bench.service.name, bench.names)
        self._process.start()
        limit = time.monotonic() + RUN_SECONDS_MAX
        while bench.members() != 1:
            _within(limit, "its group does not come to rest")
            time.sleep(LOOK_SECONDS)
        time.sleep(SETTLE_SECONDS)

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.stop()

    def run(self) -> dict[str, Any]:
        """Have all records handled: seconds, CPU seconds by process, and what Redis was asked."""
        bench, own = self._bench, {"service": self._process.pid}
        with _standing_still(self._process.pid):
            bench.publish_again()
            whole, ends = bench.published(), self._journal_ends()
            asked, spent = self._meter.read(), self._place.spent(own)
        limit = time.monotonic() + RUN_SECONDS_MAX
        while (done := bench.acknowledged()) < whole:
            _within(limit, f"{whole - done} records still wait")
            self._tell(f"{bench.service.name}: {whole - done} records to go")
            time.sleep(LOOK_SECONDS)
        count = len(bench.case.inputs)
        return {
            "records": count,
            "cpu": self._place.spent(own).since(spent),
            "redis": self._meter.since(asked, records=count),
            "seconds": last_published(self._place.bootstrap, ends, self._journal_ends()) - spent.at,
            "resident": resident_mib(self._process.pid),
        }

    def caught_up(self) -> float:
        """Events a second that are folded again from one run's journal; the process has ended."""
        if self._process.running:
            self.stop()
            self.start()
            self.run()
            self.stop()
        return float(refold.caught_up(self._bench, self._tell).rate)

    def _journal_ends(self) -> Ends:
        bench = self._bench
        ends: Ends = bench._group.ends(bench.names, [bench.service.card.journal])
        return ends


@contextmanager
def _standing_still(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _within(limit: float, otherwise: str) -> None:
    if time.monotonic() > limit:
        raise TimeoutError(otherwise)
