"""Agreement on recorded crowds by kind, one setting for all: python -m bench.agreement FOLDER.

A kind is measured by its file `bench/agreement_<kind>.py`, which is listed nowhere else. Each shows
a table with a line for each set, the means, and its bars, met or missed. A picture shows for each
set how many of the answers were used and what that cost. With `--steps` it measures instead what
each thing that golds teach adds on choices.
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol, cast

import bench
from bench import steps
from bench.bars import Bar
from bench.plots import draw_agreement

PREFIX = "agreement_"


class Row(Protocol):
    """One set's line in its kind's table; `str()` gives it.

    used: the share of the recorded answers that was asked for, 0..1. full: what the plain rule
    (majority, mean) reaches with all answers. quality: what ours reaches with those it used.
    """

    name: str
    used: float
    full: float
    quality: float


class OfKind(Protocol):
    """What a file `bench/agreement_<kind>.py` holds."""

    QUALITY: str
    """What `full` and `quality` of its rows are, such as `accuracy` or `error`."""

    def header(self) -> str:
        """Return the titles of the columns."""

    def measured(self, folder: Path, seeds: int) -> Iterable[Row]:
        """Measure each set of the kind below the folder, and whatever the kind simulates."""

    def means(self, rows: Sequence[Row]) -> Row:
        """Return the line below the table."""

    def bars(self, rows: Sequence[Row]) -> Iterable[Bar]:
        """Yield what is promised of the sets together."""


def main() -> None:
    """Measure each kind of the folder; print a table each, and draw one picture."""
    options = _arguments()
    if options.steps:
        _show_steps(options)
        return
    measured: dict[str, tuple[str, Sequence[Row]]] = {}
    for kind, module in of_kinds(options.kinds).items():
        rows = _shown(kind, module, options)
        if rows:
            measured[kind] = (module.QUALITY, rows)
    if measured:
        print(f"\ndrawn: {draw_agreement(options.picture, measured)}")


def of_kinds(wanted: Sequence[str] = ()) -> Mapping[str, OfKind]:
    """Return the file of each kind by the kind's name, or of these kinds alone."""
    names = [
        module.name.removeprefix(PREFIX)
        for module in iter_modules(bench.__path__)
        if module.name.startswith(PREFIX)
    ]
    return {
        name: cast("OfKind", import_module(f"bench.{PREFIX}{name}"))
        for name in names
        if not wanted or name in wanted
    }


def _shown(kind: str, module: OfKind, options: argparse.Namespace) -> Sequence[Row]:
    rows: list[Row] = []
    for row in module.measured(options.folder, options.seeds):
        if not rows:
            print(f"\n{kind}, {options.seeds} seeds\n{module.header()}")
        print(row, flush=True)
        rows.append(row)
    if rows:
        print(module.means(rows))
        for bar in module.bars(rows):
            print(bar)
    return rows


def _show_steps(options: argparse.Namespace) -> None:
    print(f"choice by steps, {options.seeds} seeds\n{steps.header()}")
    rows = []
    for row in steps.measured(options.folder, options.seeds):
        print(row, flush=True)
        rows.append(row)
    for bar in steps.bars(rows) if rows else ():
        print(bar)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.agreement", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of sets, one folder each")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--kinds", nargs="*", default=(), help="measure these alone")
    parser.add_argument("--steps", action="store_true", help="what golds add to choices, by step")
    parser.add_argument("--picture", type=Path, default=Path("agreement.png"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
