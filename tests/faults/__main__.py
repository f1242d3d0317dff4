"""Every fault there is, on real Kafka and Redis, and one table: `python -m tests.faults`."""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from sentuh.embedded.child import StackError
from sentuh.embedded.servers import ApacheKafka, kafka_version
from tests.faults import page
from tests.faults.play import Row, Trial, perform
from tests.faults.rows import chosen, names
from tests.faults.stage import stage
from tests.faults.table import show, wrongs


def main() -> int:
    """Run, print, and return 0 only if every row fired and nothing is wrong."""
    given = _given()
    for name in ("aiokafka", "kafka"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # it retries, and says so each time
    console = Console(width=130 if not sys.stdout.isatty() else None)
    home = Path(tempfile.mkdtemp(prefix="sentuh-faults-"))
    run = Run(home, console)
    try:
        asyncio.run(run.all([*chosen(given.only)]))
    except StackError as failure:
        console.print(f"{failure}", markup=False, highlight=False)
        return 1
    except KeyboardInterrupt:
        show(run.rows, console)
        console.print(f"stopped before its end; the logs are in {home}", highlight=False)
        return 1
    show(run.rows, console)
    if not given.only:
        page.write(page.summed_up(run.rows, run.minutes()))
        console.print("kept as tests/faults/README.md and last_run.json", highlight=False)
    if all(row.ok for row in run.rows):
        shutil.rmtree(home)
        return 0
    console.print(f"not everything held; the logs are in {home}", markup=False, highlight=False)
    return 1


@dataclass
class Run:
    """One run over the rows, and what came of them so far."""

    home: Path
    console: Console
    rows: list[Row] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def minutes(self) -> float:
        """How long it takes, up to now."""
        return (time.monotonic() - self._began) / 60

    async def all(self, stages: list[list[Trial]]) -> None:
        """Take all rows in turn; those of one group on one stage, as long as nothing is wrong."""
        async with ApacheKafka(self.home / "kafka") as broker:
            said = f"Apache Kafka {kafka_version()} (local JDK), {sum(map(len, stages))} faults"
            self.console.print(said, highlight=False)
            for trials in stages:
                left = list(trials)
                while left:
                    left = await self._on_one_stage(broker, left)

    async def _on_one_stage(self, broker: ApacheKafka, trials: list[Trial]) -> list[Trial]:
        """Those that are left when a row went wrong: its stage shows nothing about the next."""
        async with stage(broker, self.home / f"stage-{len(self.rows)}") as found:
            for number, trial in enumerate(trials, 1):
                self._say(f"{trial.name} ...")
                self.rows += await perform(found, [trial])
                row = self.rows[-1]
                self._say(
                    f"{trial.name}: fired {row.fired}, through after {row.back_median:.1f} s,"
                    f" {len(found.load.sent)} outputs so far"
                )
                if not row.ok:
                    for _, wrong in wrongs(row):
                        self.console.print(f"       {wrong}", markup=False, highlight=False)
                    return trials[number:]
        return []

    def _say(self, text: str) -> None:
        at = time.monotonic() - self._began
        self.console.print(f"{at:5.0f} s  {text}", markup=False, highlight=False)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="this row, or all whose names begin so; again for more: " + ", ".join(names()),
    )
    given = parser.parse_args()
    for name in given.only:
        if not [*chosen([name])]:
            parser.error(f"no row is called {name}; there are {', '.join(names())}")
    return given


if __name__ == "__main__":
    sys.exit(main())
