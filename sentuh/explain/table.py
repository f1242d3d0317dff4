"""Prints an explanation for a person: first a table of who was believed how much."""

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sentuh.explain.explanation import Explanation, OtherVerdict, Voice
from sentuh.history.printable import cleaned, shown

COLUMNS = ("who", "said", "believed", "why", "what it did")
NO_CHANGE = "Nothing that was tried would have changed it."
ALL_ALIKE = "Nobody said anything else: no other answer was there to take its place."
TOLD_MAX = 60


def show(explanation: Explanation, console: Console | None = None) -> None:
    """Print an explanation, and below it that of its second stage."""
    to = console or Console(highlight=False)
    for part in parts(explanation):
        to.print(part)
    if explanation.second is not None:
        to.print("\n[bold cyan]The second stage, which decided it[/]")
        show(explanation.second, to)


def parts(explanation: Explanation) -> list[RenderableType]:
    """Return what is printed: the verdict, the table of voices, why it stopped, what changes it."""
    verdict = f"[bold]{shown(explanation.told)}[/], {shown(explanation.sure)}"
    sections: list[RenderableType] = [
        f"[bold]{shown(explanation.task_id)}[/]: {verdict}",
        _head(explanation),
    ]
    if explanation.voices:
        sections.append(Padding(_voices(explanation), (1, 0, 0, 0)))
    sections += _section("Why asking stopped", [explanation.stopped])
    if explanation.recounted is not None:
        told = [_told(change) for change in explanation.changes]
        sections += _section("What would have changed it", told or [_no_change(explanation)])
    return [*sections, *_section("Besides", list(explanation.notes))]


def _head(explanation: Explanation) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, text in explanation.head.items():
        table.add_row(f"[dim]{name}[/]", shown(text))
    if explanation.counts:
        table.add_row("[dim]how it counts[/]", explanation.counts)
    return table


def _voices(explanation: Explanation) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in COLUMNS:
        table.add_column(column, overflow="fold")
    for voice in explanation.voices:
        style = "" if voice.standing == "counted" else "dim"
        table.add_row(*(Text(cleaned(cell)) for cell in _cells(voice)), style=style)
    return table


def _cells(voice: Voice) -> tuple[str, ...]:
    said = voice.told if len(voice.told) <= TOLD_MAX else f"{voice.told[:TOLD_MAX]}…"
    return voice.who, said, voice.believed or "not counted", voice.why, voice.did


def _section(title: str, lines: list[str]) -> list[RenderableType]:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    for line in lines:
        table.add_row("·", Text(cleaned(line), overflow="fold"))
    return [Group(Text(f"\n{title}", style="bold"), table)] if lines else []


def _no_change(explanation: Explanation) -> str:
    counted = {voice.told for voice in explanation.voices if voice.standing == "counted"}
    return ALL_ALIKE if len(counted) == 1 else NO_CHANGE


def _told(change: OtherVerdict) -> str:
    """Return a change as it is told; of one that may not be the smallest it says so."""
    return change.told if change.fewest else f"{change.told} Fewer may do: not all were tried."
