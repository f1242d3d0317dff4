"""Prints the report of an audit for a person."""

from rich.console import Console
from rich.table import Table

from sentuh.audit.report import Finding, Report
from sentuh.history.printable import shown

SHOWN_MAX = 5
MARKS = {
    "ok": "[green]ok[/]",
    "broken": "[bold red]BROKEN[/]",
    "open": "[yellow]open[/]",
    "skipped": "[dim]skipped[/]",
}


def show(report: Report, console: Console | None = None) -> None:
    """Print counts, then each invariant with its first violations, then the one sentence."""
    to = console or Console()
    to.print(_counts(report))
    to.print(invariants(report))
    for note in report.notes:
        to.print(f"[dim]{shown(note)}[/]")
    to.print(_sentence(report))


def invariants(report: Report) -> Table:
    """Return a table with a row for each invariant: whether it holds, and its first violations."""
    table = Table("", "invariant", "", box=None, pad_edge=False)
    for finding in report.findings:
        table.add_row(
            str(finding.number), shown(finding.title) + _first(finding), MARKS[finding.status]
        )
    return table


def _first(finding: Finding) -> str:
    if finding.reason:
        return f"\n  [dim]{shown(finding.reason)}[/]"
    lines = [f"\n  {shown(str(violation))}" for violation in finding.violations[:SHOWN_MAX]]
    more = len(finding.violations) - SHOWN_MAX
    return "".join(lines) + (f"\n  and {more} more (--json names all)" if more > 0 else "")


def _counts(report: Report) -> Table:
    table = Table("", "", box=None, pad_edge=False, show_header=False)
    table.columns[1].justify = "right"
    for name, number in report.counts.items():
        if number:
            table.add_row(name, f"{number:,}")
    return table


def _sentence(report: Report) -> str:
    if not report.ok:
        names = ", ".join(map(str, report.broken))
        waits = all(one.open for finding in report.findings for one in finding.violations)
        hint = " All of it may only not be finished yet: --allow-open takes that." if waits else ""
        ids = "Each line above begins with the ids to look for."
        return f"[bold red]Broken: {names}.[/] {ids}{hint}"
    skipped = [str(finding.number) for finding in report.findings if finding.status == "skipped"]
    waiting = sum(
        len(finding.violations) for finding in report.findings if finding.status == "open"
    )
    more = f" Not looked at: {', '.join(skipped)}." if skipped else ""
    more += f" Not finished yet: {waiting}." if waiting else ""
    return f"[green]Nothing is broken.[/]{more}"
