"""The router beside Quix Streams on the router's core job: `python -m bench.peers --python PATH`.

Quix Streams needs versions of libraries other than ours: it has an environment of its own, made
with `make peers`. One broker, one Redis, pairs in turn; then kills under load.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from bench.ground import Ground, ground
from bench.machine import machine
from bench.peers.contenders import PEERS, Contender, Ours, Quix
from bench.peers.drive import Drive, Kills, Run, driving
from bench.peers.table import KEPT, sheets
from bench.side.quiet import quieten
from bench.throughput import Tell

PYTHON = Path("build/peers/bin/python")
WARM = 1_000


def main() -> None:
    """Measure, print, keep."""
    options = _arguments()
    quieten()
    console = Console(width=None if sys.stdout.isatty() else 120)
    if not options.python.is_file():
        sys.exit(f"{options.python} is not there: run make peers, or name another with --python")
    with tempfile.TemporaryDirectory(prefix="sentuh-peers-") as home, ground(Path(home)) as on:
        kept = {
            "machine": dict(machine(on.kafka.version, on.valkey.version)),
            **asyncio.run(_measured(on, options, lambda what: _say(console, what))),
        }
    KEPT.write_text(json.dumps(kept, indent=1) + "\n")
    for sheet in sheets(kept):
        sheet.print(console)


async def _measured(on: Ground, options: argparse.Namespace, tell: Tell) -> dict[str, object]:
    contenders: list[Contender] = [Ours(on)]
    contenders += [Quix(on, options.python, peer) for peer in options.peer or [*PEERS][:2]]
    async with AsyncExitStack() as stack:
        drives = [await _begun(on, one, stack, tell) for one in contenders]
        runs: dict[str, list[Run]] = {drive.contender.name: [] for drive in drives}
        for number in range(options.pairs):
            for drive in drives if number % 2 else reversed(drives):
                tell(f"pair {number + 1} of {options.pairs}: {drive.contender.name}")
                runs[drive.contender.name].append(await drive.run(f"run-{number}", options.tasks))
        kills = {}
        for drive in drives:
            kills[drive.contender.name] = await drive.kills(options.kills, options.seed)
    return _plain(runs, kills)


async def _begun(on: Ground, one: Contender, stack: AsyncExitStack, tell: Tell) -> Drive:
    """Start a contender and its driver, and let it run warm."""
    tell(f"{one.name}: starting")
    await asyncio.to_thread(one.prepare)
    stack.callback(one.process.stop)
    await asyncio.to_thread(one.start)
    drive = await stack.enter_async_context(driving(on, one, tell))
    await drive.run("warm", WARM)
    return drive


def _plain(runs: dict[str, list[Run]], kills: dict[str, Kills]) -> dict[str, object]:
    return {
        "runs": {name: [asdict(run) for run in found] for name, found in runs.items()},
        "kills": {name: asdict(found) for name, found in kills.items()},
    }


_said = [""]


def _say(console: Console, what: str) -> None:
    """Print what goes on, once for each thing that does."""
    begins = what.rstrip("0123456789").partition(": ")[0] + what.partition(": ")[2][:4]
    if begins != _said[0]:
        _said[0] = begins
        console.print(what, highlight=False, markup=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--python", type=Path, default=PYTHON, help="that has Quix Streams")
    parser.add_argument("--peer", action="append", choices=PEERS, help="the first two else")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--tasks", type=int, default=4_000, help="of one run, each answered once")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1, help="of the moments of the kills")
    return parser.parse_args()


if __name__ == "__main__":
    main()
