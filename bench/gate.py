"""Whether the gate keeps its promise, on planted truth: python -m bench.gate.

The outputs of planted models run through a gate that learns from people's verdicts. A line says in
how many runs the promise was kept and what was waived, beside a threshold chosen once from the
first 500 verdicts, and beside what no test could exceed. Kept as bench/results/gate.md and
gate.png. It exits with 1 if a bar is missed.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import repeat
from pathlib import Path

from bench.gate_page import draw, page
from bench.gate_planted import CALIBRATED, drifting, steady_models, swapped
from bench.gate_rows import Case, Row, row_of
from bench.gate_runs import Came, People, Trial
from services.intake.promise.thresholds import Promise

RESULTS = Path(__file__).with_name("results")
OUTPUTS, CHANGING, SLOWLY = 10_000, 20_000, 50_000
SLIPS, BLIND = People(false_alarms=0.01, missed=0.1), People(missed=0.3)


@lru_cache(maxsize=1)
def cases() -> Sequence[Case]:
    """Return all cases, in the order of the page."""
    five, two = Promise(0.05), Promise(0.02)
    edge, steady = steady_models(0.05)[-1], steady_models(0.02)
    return (
        *(Case(planted, five, OUTPUTS) for planted in steady_models(0.05)),
        *(Case(planted, two, OUTPUTS) for planted in steady[:2]),
        Case(drifting(3), five, CHANGING),
        Case(drifting(3), two, SLOWLY),
        Case(CALIBRATED, Promise(0.05, missed=0.1), OUTPUTS, SLIPS),
        Case(edge, five, OUTPUTS, BLIND, broken=True),
        Case(edge, Promise(0.05, missed=0.3), OUTPUTS, BLIND),
        *(Case(swapped(times * 0.05), five, CHANGING) for times in (3, 1.5)),
        Case(swapped(0.06), two, CHANGING),
    )


def measured(numbers: Sequence[int], seeds: int, processes: int) -> list[Row]:
    """Measure these cases, and print a line for each."""
    rows = []
    with ProcessPoolExecutor(processes) as pool:
        for number in numbers:
            case = cases()[number]
            runs = list(pool.map(_run, repeat(number, seeds), range(seeds), chunksize=5))
            rows.append(row_of(case, runs))
            print(_line(rows[-1]), flush=True)
    return rows


def _run(number: int, seed: int) -> Came:
    case = cases()[number]
    return Trial(case.planted, case.promise, case.people, seed).run(case.outputs)


def _line(row: Row) -> str:
    case = row.case
    shares = f"waived {row.waived:6.1%}, once {row.once:6.1%}, at best {row.best:6.1%}"
    line = f"at most {case.promise.max_error:.0%}: kept {row.kept} of {row.runs}, {shares}"
    if row.swap is not None:
        line += f", noticed {row.swap.noticed} of {row.swap.runs} after {row.swap.middle:.0f}"
    return f"{line}  {case.name}"


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(prog="python -m bench.gate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="runs of each line")
    parser.add_argument("--processes", type=int, default=2, help="at once")
    parser.add_argument("--folder", type=Path, default=RESULTS, help="where the page is written")
    options = parser.parse_args()
    rows = measured(range(len(cases())), options.seeds, options.processes)
    bars = [bar for row in rows for bar in row.bars()]
    print("\n".join(map(str, bars)))
    (options.folder / "gate.md").write_text(page(rows, bars, options.seeds), encoding="utf-8")
    draw(options.folder / "gate.png", rows)
    sys.exit(not all(bar.met for bar in bars))


if __name__ == "__main__":
    main()
