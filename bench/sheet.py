"""One table, on a terminal and in Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

WRONG = ("NOT HELD", "not optimised")
"""What a cell begins with that is shown in red."""


@dataclass(frozen=True)
class Sheet:
    """A title, the columns' heads, and the rows."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def print(self, console: Console) -> None:
        """Show it; the first column to the left, numbers to the right, what is wrong in red."""
        table = Table(title=self.title, title_justify="left")
        for at, column in enumerate(self.columns):
            table.add_column(column, justify="left" if at == 0 else "right", overflow="fold")
        for row in self.rows:
            table.add_row(*row, style="red" if any(cell.startswith(WRONG) for cell in row) else "")
        console.print(table)

    def markdown(self) -> str:
        """Return it as Markdown, under a heading."""
        lines = [self.columns, ["---"] + ["---:"] * (len(self.columns) - 1), *self.rows]
        table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        return f"## {self.title}\n\n{table}"
