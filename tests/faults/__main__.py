"""Kill every service at every fault point on real Kafka, one table: `python -m tests.faults`."""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.faults.kills import POINTS, Row, Shot, shoot
from tests.faults.replica import SERVICES, TWO_EACH
from tests.faults.stage import stage
from tests.faults.table import show
from tests.parts import choose_kafka

QUICK = (2, 3)


def main() -> int:
    """Run, print, and return 0 only if nothing is wrong."""
    given = _given()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it retries, and says so each time
    chosen = choose_kafka()
    console = Console(width=110 if not sys.stdout.isatty() else None)
    if not chosen.real:
        console.print(f"this needs Apache Kafka, and here is {chosen}", markup=False)
        return 1
    home = Path(tempfile.mkdtemp(prefix="sentuh-faults-"))
    with chosen.run() as kafka:
        console.print(f"Kafka: {chosen}", markup=False, highlight=False)
        rows = asyncio.run(run(kafka.bootstrap, home, _shots(given), console))
    show(rows, console)
    if all(row.ok for row in rows):
        shutil.rmtree(home)
        return 0
    console.print(f"not everything held; the logs are in {home}", markup=False, highlight=False)
    return 1


async def run(bootstrap: str, home: Path, shots: list[list[Shot]], console: Console) -> list[Row]:
    """Take each group of shots in turn on one stage."""
    rows: list[Row] = []
    began = time.monotonic()
    async with stage(bootstrap, f"f{time.time_ns() // 10**6}-", home, services=TWO_EACH) as found:
        for number, group in enumerate(shots):
            rows += await shoot(found, group, f"{number}")
            names = ", ".join(shot.name for shot in group)
            outputs, seconds = len(found.load.sent), time.monotonic() - began
            console.print(f"{seconds:4.0f} s  {outputs:5} outputs  {names}", highlight=False)
    return rows


def _shots(given: argparse.Namespace) -> list[list[Shot]]:
    services, points = given.service or SERVICES, given.point or POINTS
    if given.quick:
        return [[Shot(service, point, QUICK) for service in services] for point in points]
    return [[Shot(service, point)] for service in services for point in points]


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--service", action="append", choices=SERVICES, help="only this one")
    parser.add_argument("--point", action="append", choices=POINTS, help="only this one")
    parser.add_argument("--quick", action="store_true", help="all services at once, fewer kills")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
