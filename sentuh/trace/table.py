"""Prints a story for a person: time, who did what, and below it why."""

from datetime import datetime

from rich.console import Console
from rich.table import Table

from sentuh.history.printable import shown
from sentuh.trace.story import Story, StoryStep

MARKS = {
    "output": "[cyan]▶[/]",
    "dead-letter": "[red]✗[/]",
    "assignment.expired.v1": "[yellow]◌[/]",
    "assignment.declined.v1": "[yellow]◌[/]",
    "assignment.withdrawn.v1": "[yellow]◌[/]",
    "task.unroutable.v1": "[yellow]![/]",
    "review.requested.v1": "[yellow]↻[/]",
    "verdict.reached.v1": "[bold green]■[/]",
}
MARK = "[dim]·[/]"


def show(story: Story, console: Console | None = None, *, places: bool = False) -> None:
    """Print head, steps, ending; with `places` also where each step can be read."""
    to = console or Console(highlight=False)
    to.print(f"[bold]{shown(story.id)}[/] of [bold]{shown(story.source)}[/]")
    to.print(_head(story))
    if story.steps:
        to.print(f"[dim]{story.steps[0].at:%Y-%m-%d}, times are UTC[/]")
    to.print(_steps(story, places=places))
    to.print(f"[bold]{shown(story.ending)}[/]")


def _head(story: Story) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, text in story.head.items():
        table.add_row(f"[dim]{name}[/]", shown(text))
    return table


def _steps(story: Story, *, places: bool) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    for _ in range(4):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.columns[1].justify = "right"
    began = story.steps[0].at if story.steps else None
    for step in story.steps:
        table.add_row(
            f"[dim]{step.at:%H:%M:%S}[/]",
            _since(began, step.at),
            MARKS.get(step.event, MARK),
            f"[bold]{shown(step.who)}[/]",
            _in_words(step, places=places),
        )
    return table


def _since(began: datetime | None, at: datetime) -> str:
    seconds = (at - (began or at)).total_seconds()
    return f"[dim]+{seconds:.2f} s[/]" if seconds < 1000 else f"[dim]+{seconds / 60:.0f} min[/]"


def _in_words(step: StoryStep, *, places: bool) -> str:
    lines = [shown(step.what)]
    lines += [f"[dim]{shown(step.why)}[/]"] if step.why else []
    lines += [f"[dim]{shown(step.place)}  {shown(step.id)}[/]"] if places else []
    return "\n".join(lines)
