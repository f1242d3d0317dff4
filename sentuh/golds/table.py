"""Prints how golds stand, for a person."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from sentuh.golds.standing import GoldStanding
from sentuh.history.printable import shown


def show(rows: Sequence[GoldStanding], console: Console | None = None) -> None:
    """Print a row for each gold, then how many there are, and how many are asked."""
    to = console or Console()
    table = Table("task type", "gold", "state", "placed", "right", "", box=None, pad_edge=False)
    for one in rows:
        cells = one.task_type, one.gold_id, one.state
        times = f"{one.placed} of {one.placed_max}"
        right = f"{one.right} of {one.answers}" if one.answers else ""
        table.add_row(*map(shown, cells), times, right, shown(one.reason or ""))
    if rows:
        to.print(table)
    asked = sum(one.state == "asked" for one in rows)
    to.print(f"Golds listed: {len(rows)}; asked: {asked}.")
