"""The table of the fault runs: a line for each fault, then what was wrong."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.faults.play import Row

COLUMNS = (
    "fired", "absorbed", "lost", "paid twice", "audit", "through p50", "through max",
)  # fmt: skip


def show(rows: Sequence[Row], console: Console) -> None:
    """Print the rows, then what was wrong, and whether all held."""
    title = "faults under load, two processes of each service, Apache Kafka and Valkey"
    table = Table("fault", *COLUMNS, title=title)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*cells(row), style="" if row.ok else "bold red")
    console.print(table)
    console.print(
        "absorbed: records and outcomes that came twice and had no effect; through: from the end"
        " of a fault until all sent and answered by then was judged and paid"
    )
    for name, wrong in dict.fromkeys(found for row in rows for found in wrongs(row)):
        console.print(f"{name}: {wrong}", style="red", markup=False, highlight=False)
    held = sum(row.ok for row in rows)
    console.print(f"{held} of {len(rows)} held", style="green" if held == len(rows) else "bold red")


def cells(row: Row) -> tuple[str, ...]:
    """The texts of one line."""
    counts = (row.fired, row.absorbed, row.lost, row.paid_twice)
    times = (row.back_median, max(row.back_seconds, default=0.0))
    return (
        row.trial.text,
        *(str(count) for count in counts),
        "broken" if row.wrong else "ok",
        *(f"{seconds:.1f} s" for seconds in times),
    )


def wrongs(row: Row) -> list[tuple[str, str]]:
    """Return what is wrong with a row, each under its name, and what must come of its fault."""
    missed = ["has not hit anything, so it shows nothing"] if row.missed else []
    problems = [*missed, *row.wrong]
    must = [f"what must come of it: {row.trial.fault.value.effect}"] if problems else []
    return [(row.trial.name, problem) for problem in (*problems, *must)]
