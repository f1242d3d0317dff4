"""Tries every reported input on a real broker and prints a table; exits 1 if one is not right."""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sentuh.history.printable import shown
from tests.reported import on_broker, processes
from tests.reported.cases import KINDS, SECTIONS, Case, Section, cases
from tests.reported.judge import Outcome, problems
from tests.support.cluster import choose_kafka, choose_redis

WIDTH = 200


def main() -> int:
    """Try the inputs of the folders named; 1 if something came out wrong."""
    asked = _arguments()
    tried: list[tuple[Section, Sequence[Case]]] = [
        (section, cases(section, folder)) for section, folder in asked.items()
    ]
    outcomes = _outcomes([case for _, some in tried for case in some])
    wrong = [_print(section, some, outcomes) for section, some in tried]
    return 1 if sum(wrong) else 0


def _arguments() -> Mapping[Section, Path | None]:
    parser = argparse.ArgumentParser(prog="python -m tests.reported", description=__doc__)
    parser.add_argument("--dir", type=Path, help="reports in another folder than tests/reported")
    parser.add_argument(
        "--samples", type=Path, nargs="?", const=Path(), help="outputs of real programs alone"
    )
    parser.add_argument("--further", action="store_true", help="further inputs alone")
    given = parser.parse_args()
    if given.dir:
        return {"inputs": given.dir}
    if given.samples:
        return {"samples": None if given.samples == Path() else given.samples}
    return {"further": None} if given.further else dict.fromkeys(SECTIONS)


def _outcomes(every: Sequence[Case]) -> Mapping[str, Outcome]:
    kafka, redis = choose_kafka(), choose_redis()
    print(f"Kafka: {kafka}; Redis: {redis}", file=sys.stderr)
    records = [case for case in every if not case.is_file]
    with kafka.run() as broker, redis.run() as server, tempfile.TemporaryDirectory() as home:
        with on_broker.running(broker, server.url, Path(home)) as world:
            outcomes = dict(world.outcomes(records))
        for case in every:
            if case.is_file:
                outcomes[case.number] = processes.outcome_of(case, broker)
    return outcomes


def _print(section: Section, some: Sequence[Case], outcomes: Mapping[str, Outcome]) -> int:
    """Print one table and return how many cases are not right."""
    table = Table(title=section, show_lines=True)
    for name in ("no.", "kind", "in short, and its source", "expected", "what came out", "right"):
        table.add_column(name, overflow="fold")
    wrong = 0
    for case in some:
        found = problems(case, outcomes[case.number])
        wrong += bool(found)
        row = case.row
        short = f"{row.short if row else ''}\n({case.source})"
        why = f"\nwhy otherwise: {row.why}" if row and row.why else ""
        verdict = "yes" if not found else "NO: " + "; ".join(found)
        kind = KINDS.get(row.kind, "") if row else ""
        cells = (case.number, kind, short, case.expected + why, str(outcomes[case.number]), verdict)
        table.add_row(*(_lines(cell) for cell in cells))
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    console.print(table)
    console.print(f"{section}: {len(some) - wrong} of {len(some)} right")
    counts = Counter(case.row.kind for case in some if case.row and case.row.kind)
    for kind, words in KINDS.items() if counts else ():
        console.print(f"  {counts[kind]:3} {words}")
    return wrong


def _lines(text: str) -> str:
    return "\n".join(shown(line) for line in text.splitlines())


if __name__ == "__main__":
    sys.exit(main())
