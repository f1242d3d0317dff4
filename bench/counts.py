"""Exact counts of every service, of one build or of two: `python -m bench --part counts`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.inside import SERVICES
from bench.sheet import Sheet
from bench.sides import sides
from bench.throughput import Tell
from sentuh.embedded.servers import Valkey

RECORDS = 600
WHAT = {
    "functions": "functions called",
    "calls": "Redis calls",
    "writes": "Redis writes",
    "received": "bytes to Redis",
    "sent": "bytes from Redis",
}
SIZES = {"large": "batches of 250", "small": "batches of 5"}
Counts = Mapping[str, Mapping[str, Mapping[str, float]]]
"""By service, size of batches and what is counted: for one record."""


def counted(
    against: Path | None, home: Path, tell: Tell, services: Sequence[str] = SERVICES
) -> Mapping[str, Counts]:
    """Count every service of this build, and of another where one is named: by `before`, `now`."""
    with Valkey(home / "counts") as valkey, sides(against, tell) as builds:
        counts: dict[str, dict[str, Any]] = {name: {} for name in builds}
        for service in services:
            for name, build in builds.items():
                tell(f"{name}: counting {service}")
                counts[name][service] = build.ask(
                    "counts", url=valkey.url, service=service, records=RECORDS
                )
        return counts


def sheets(counts: Mapping[str, Counts]) -> list[Sheet]:
    """A table for each size of batches: a row for each service and what was counted."""
    both = "before" in counts
    columns = ["service", "of a record", *(["before"] if both else []), "now"]
    columns += ["ratio"] if both else []
    return [
        Sheet(f"Counts, {said}", columns, [*_rows(counts, size)]) for size, said in SIZES.items()
    ]


def _rows(counts: Mapping[str, Counts], size: str) -> Sequence[Sequence[str]]:
    return [
        [service, said, *_cells([build[service][size][what] for build in counts.values()])]
        for service in counts["now"]
        for what, said in WHAT.items()
    ]


def _cells(values: Sequence[float]) -> list[str]:
    """Each value, and of two the second to the first."""
    cells = [f"{value:,.0f}" if value >= 100 else f"{value:.3g}" for value in values]
    if len(values) > 1:
        cells.append(f"{values[-1] / values[0]:.2f}" if values[0] else "")
    return cells
