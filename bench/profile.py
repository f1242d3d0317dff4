"""Where one service's time goes, in memory: python -m bench.profile SERVICE [--outputs N]."""

import argparse
import asyncio
import cProfile
import pstats
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from bench.flow import Flow, outputs
from bench.inside import SERVICES
from shared.contracts.topics import Names
from shared.observe.garbage import look_seldom

NAMES = Names("profile-")
OUTPUTS_EACH_WORKER = 20


class Clocks:
    """CPU seconds of each service, and a profile of one of them."""

    def __init__(self, profiled: str | None) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.profile = cProfile.Profile()
        self._profiled = profiled

    @contextmanager
    def watch(self, service: str) -> Iterator[None]:
        """Measure what the service does meanwhile."""
        began = time.process_time()
        if service == self._profiled:
            self.profile.enable()
        try:
            yield
        finally:
            self.profile.disable()
            self.seconds[service] += time.process_time() - began


def main() -> None:
    """Run the flow with people who answer at once; print where the time went."""
    given = _arguments()
    clocks = run(given.outputs, None)
    whole = sum(clocks.seconds.values())
    for service in SERVICES:
        seconds = clocks.seconds[service]
        each = 1e6 * seconds / given.outputs
        print(f"{service:<8}{each:8.0f} µs of CPU an output {seconds / whole:6.0%}")
    if given.service:
        print(f"\n{given.service}, under the profiler (its own cost is in these numbers):")
        stats = pstats.Stats(run(given.outputs, given.service).profile)
        stats.sort_stats(given.sort).print_stats(given.top)


def run(count: int, profiled: str | None) -> Clocks:
    """Take that many outputs through all services."""
    clocks = Clocks(profiled)
    flow = Flow(NAMES, clocks.watch)
    look_seldom()
    workers = max(count // OUTPUTS_EACH_WORKER, 10)
    asyncio.run(flow.run(outputs(NAMES, count), workers))
    return clocks


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("service", nargs="?", choices=SERVICES, help="show its functions")
    parser.add_argument("--outputs", type=int, default=500)
    parser.add_argument("--top", type=int, default=30, help="functions shown")
    parser.add_argument("--sort", choices=("tottime", "cumtime"), default="tottime")
    return parser.parse_args()


if __name__ == "__main__":
    main()
