"""The table of the fault runs, one line for each service and point."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.faults.kills import Row

COLUMNS = ("killed", "fired", "absorbed", "lost", "paid twice", "audit", "back p50", "back max")


def show(rows: Sequence[Row], console: Console) -> None:
    """Print the rows, then what was wrong."""
    table = Table("service", *COLUMNS, title="kill -9 under load, two processes of each service")
    for column in table.columns[2:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*_cells(row), style="" if row.ok else "bold red")
    console.print(table)
    for wrong in dict.fromkeys(wrong for row in rows for wrong in row.wrong):
        console.print(wrong, style="red", markup=False, highlight=False)


def _cells(row: Row) -> tuple[str, ...]:
    counts = (row.firings, row.absorbed, row.lost, row.paid_twice)
    times = (row.back_median, max(row.back_seconds, default=0.0))
    said = {
        "committed": "after commit",
        "publishing": "between two publishes",
        "published": "after publish",
        "settled": "after settle",
    }
    return (
        row.shot.service,
        said[row.shot.point],
        *(str(count) for count in counts),
        "broken" if row.wrong else "ok",
        *(f"{seconds:.1f} s" for seconds in times),
    )
