"""What the services cost, as ratios to a bare relay on the same broker: `python -m bench`."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench import against as both
from bench import compared
from bench.counts import counted
from bench.counts import sheets as count_sheets
from bench.figures import Figures, Measured
from bench.ground import Ground, ground
from bench.growth import MANY, growth
from bench.inside import SERVICES
from bench.machine import machine
from bench.refold import caught_up
from bench.shared_work import Split, records_of, split
from bench.side.quiet import quieten
from bench.tables import show, write, write_compared, write_page
from bench.throughput import Bench, Tell, prefixed
from bench.weight import weights
from bench.whole import whole
from shared.observe.garbage import look_seldom

PARTS = ("counts", "formats", "services", "splits", "whole", "weights", "growth")
LINE_EVERY_SECONDS = 5.0
SPLIT_PAIRS_MAX = 5
PAIRS, PAIRS_AGAINST = 5, 7


def main() -> None:
    """Measure, print, keep."""
    options = _arguments()
    quieten()
    console = Console(width=None if sys.stdout.isatty() else 150)
    if options.page:
        console.print(f"written: {write_page(options.page, options.before)}", highlight=False)
        return
    if options.part == ["counts"]:
        _count(options, console)
        return
    if options.against:
        _compare(options, console)
        return
    options.pairs = options.pairs or PAIRS
    began = time.monotonic()
    look_seldom()  # what is measured in this process is to run as in a service's
    with (
        tempfile.TemporaryDirectory(prefix="sentuh-bench-") as home,
        _telling(console) as tell,
        ground(Path(home)) as on,
    ):
        figures = _measured(options, on, tell, began)
    page = write(figures, options.name, options.before)
    show(figures, options.before, console)
    console.print(f"kept as bench/results/{page.name} and .json", highlight=False)


def _count(options: argparse.Namespace, console: Console) -> None:
    """Count and print, and keep nothing: whoever counts again finds the same."""
    with tempfile.TemporaryDirectory(prefix="sentuh-bench-") as home, _telling(console) as tell:
        counts = counted(options.against, Path(home), tell, options.service or SERVICES)
    for sheet in count_sheets(counts):
        sheet.print(console)


def _compare(options: argparse.Namespace, console: Console) -> None:
    """Measure this build and another in turn, print one table of the bounds, keep all of it."""
    parts = [part for part in options.part or both.EVERY_PART if part in both.EVERY_PART]
    extent = both.Extent(
        pairs=options.pairs or PAIRS_AGAINST,
        records=options.records,
        weigh=options.weigh,
        grow=options.grow,
        services=options.service or SERVICES,
        parts=parts,
    )
    with tempfile.TemporaryDirectory(prefix="sentuh-bench-") as home, _telling(console) as tell:
        measured = both.against(options.against, extent, Path(home), tell)
    page = write_compared(measured, options.name)
    for sheet in compared.sheets(measured):
        sheet.print(console)
    console.print(f"kept as bench/results/{page.name} and .json", highlight=False)


def _measured(options: argparse.Namespace, on: Ground, tell: Tell, began: float) -> Figures:
    found = machine(on.kafka.version, on.valkey.version)
    parts = options.part or PARTS
    chosen = options.service or SERVICES
    measured = [_service(options, on, name, tell) for name in chosen] if "services" in parts else []
    flowing = whole(on, options.pairs, options.outputs, tell) if "whole" in parts else None
    weighed = weights(on, options.weigh, tell) if "weights" in parts else None
    grown = growth(on, options.grow, tell) if "growth" in parts else ()
    splits = [_split(options, on, name, tell) for name in chosen] if "splits" in parts else []
    seconds = time.monotonic() - began
    return Figures(found, measured, flowing, weighed, grown, seconds, splits)


def _service(options: argparse.Namespace, on: Ground, name: str, tell: Tell) -> Measured:
    """Service and relay in turn, the order changing from pair to pair; a catch-up after each."""
    tell(f"{name}: making {options.records} records")
    bench = Bench(on, name, options.records)
    pairs, folds = [], []
    for number in range(options.pairs):
        said = prefixed(tell, f"pair {number + 1} of {options.pairs}")
        relayed = bench.relay(said) if number % 2 else None
        run = bench.run(said)
        pairs.append((run, relayed or bench.relay(said)))
        folds.append(caught_up(bench, said))
    return Measured.of(name, pairs, folds)


def _split(options: argparse.Namespace, on: Ground, name: str, tell: Tell) -> Split:
    """One process and two, on topics of their own; more pairs than these tell no more."""
    records = records_of(name, options.records)
    tell(f"{name}: making {records} records")
    return split(
        Bench(on, name, records, label="split-"), min(options.pairs, SPLIT_PAIRS_MAX), tell
    )


@contextmanager
def _telling(console: Console) -> Iterator[Tell]:
    """Say what goes on: live on a terminal, elsewhere a line every few seconds."""
    began, told = time.monotonic(), [0.0]

    def line(what: str) -> str:
        return f"{time.monotonic() - began:5.0f} s  {what}"

    def plainly(what: str) -> None:
        if time.monotonic() - told[0] >= LINE_EVERY_SECONDS:
            told[0] = time.monotonic()
            console.print(line(what), highlight=False, markup=False)

    if not console.is_terminal:
        yield plainly
        return
    with console.status("starting") as status:
        yield lambda what: status.update(line(what))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--pairs", type=int, help="of two kinds of run in turn, rounds of all: 5; of two builds: 7"
    )
    parser.add_argument("--records", type=int, default=10_000, help="of one service's run")
    parser.add_argument("--outputs", type=int, default=400, help="at once, through all services")
    parser.add_argument("--weigh", type=int, default=500, help="tasks and workers weighed")
    parser.add_argument("--grow", type=int, default=MANY, help="free workers, and waiting tasks")
    parser.add_argument("--service", action="append", choices=SERVICES, help="only this one")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this one")
    parser.add_argument(
        "--against", type=Path, metavar="DIR", help="a checkout to measure in turn with this one"
    )
    today = datetime.now(UTC).date().isoformat()
    parser.add_argument("--name", default=today, help="of the files in bench/results/")
    parser.add_argument("--before", default="before", help="results to hold these against")
    parser.add_argument(
        "--page", metavar="NAME", help="measure nothing: write the README anew from these results"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
