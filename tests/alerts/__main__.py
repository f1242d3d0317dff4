"""Alerts fired by real faults in the compose stack, and over after them: `make alerts`."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.alerts import hurry
from tests.alerts.faults import ROUNDS, Fault
from tests.alerts.people import Outside
from tests.alerts.stack import Stack
from tests.alerts.told import Alert, AlertStates
from tests.architecture.source import ROOT

LIMIT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class FiredAlert:
    """One alert of one fault: seconds from fault to firing, from its end to resolved."""

    fault: str
    alert: Alert
    fired: float
    over: float


class Trial:
    """The stack, and who tells of its alerts."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._states = AlertStates(stack.where("prometheus"), stack.where("alertmanager"))
        self._outside = Outside(stack.bootstrap)

    async def run(self, fault: Fault) -> list[FiredAlert]:
        """Make it, wait until all its alerts fire, mend it, wait until none does."""
        for alert in fault.alerts:
            await self._states.until(alert, fires=False, limit=LIMIT_SECONDS)
        _say(f"{fault.what} ...")
        started = time.monotonic()
        async with fault.made(self._stack, self._outside):
            fired = await self._all(fault, fires=True, since=started)
        ended = time.monotonic()
        over = await self._all(fault, fires=False, since=ended)
        return [FiredAlert(fault.what, *one) for one in zip(fault.alerts, fired, over, strict=True)]

    async def _all(self, fault: Fault, *, fires: bool, since: float) -> Sequence[float]:
        async def one(alert: Alert) -> float:
            await self._states.until(alert, fires=fires, limit=LIMIT_SECONDS)
            took = time.monotonic() - since
            _say(f"  {alert} {'fires' if fires else 'is over'} after {took:.0f} s")
            return took

        return await asyncio.gather(*(one(alert) for alert in fault.alerts))


async def alerts(stack: Stack, by: int) -> None:
    """Start the stack, run every fault, print the table, leave nothing."""
    alerts_fired: list[FiredAlert] = []
    try:
        await stack.up()
        trial = Trial(stack)
        for faults in ROUNDS:
            for found in await asyncio.gather(*(trial.run(fault) for fault in faults)):
                alerts_fired += found
    finally:
        _table(alerts_fired, by)
        await stack.down()


def _table(alerts_fired: Sequence[FiredAlert], by: int) -> None:
    _say(f"\nEvery time in the rules divided by {by}; both Prometheus and Alertmanager said so.\n")
    _say("| fault | alert | fires after | over, once mended, after |")
    _say("|---|---|---|---|")
    for one in alerts_fired:
        _say(f"| {one.fault} | {one.alert} | {one.fired:.0f} s | {one.over:.0f} s |")


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.alerts", description=__doc__)
    parser.add_argument("--project", default="sentuh-alerts", help="compose project of the run")
    parser.add_argument(
        "--hurry", type=int, default=10, help="divide every time in the rules by this"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sentuh-alerts-") as folder:
        Path(folder).chmod(0o755)
        config = Path(folder) / "prometheus"
        hurry.write(ROOT / "deploy" / "prometheus", config, by=given.hurry)
        asyncio.run(alerts(Stack(given.project, config), given.hurry))
    return 0


if __name__ == "__main__":
    sys.exit(main())
