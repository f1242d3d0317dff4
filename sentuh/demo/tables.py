"""Tables of the demo's report, and amounts of money in them."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from rich.table import Table

from sentuh.demo.by_kind import KindRow
from sentuh.demo.drafts import DraftRow, ReliabilityRow
from sentuh.demo.progress import PATHS, ServiceHealth
from shared.contracts.events.parts import Quote


def empty_table(*columns: str) -> Table:
    """Return an empty table: words to the left, numbers to the right."""
    empty = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for at, column in enumerate(columns):
        empty.add_column(column, justify="left" if at == 0 else "right")
    return empty


def amount(minor: int | Decimal, currency: str, exponent: int) -> str:
    """Format minor units: 25 with an exponent of 2 are `0.25 USD`."""
    places = exponent + max(0, -int(Decimal(minor).as_tuple().exponent))
    return f"{Decimal(minor).scaleb(-exponent):,.{places}f} {currency}"


def by_kind_table(rows: Sequence[KindRow], left_out: Mapping[str, str]) -> Table:
    """Return a line for each task type: what its outputs come to before people and after them."""
    columns = ("task type", "kind", "people saw", "answers", "measure", "before", "after", "paid")
    kinds = empty_table(*columns)
    for row in rows:
        counts = f"{row.judged} of {row.outputs}", f"{row.answers:.2f}"
        before, after = (_number(one, as_share=row.as_share) for one in (row.before, row.after))
        named = row.task_type, row.kind
        kinds.add_row(*named, *counts, row.measures, before, after, _sums(row.paid))
    kinds.caption = "\n".join(_notes(rows, left_out))
    kinds.caption_justify = "left"
    return kinds


def drafts_table(rows: Sequence[DraftRow]) -> Table:
    """Return a line for each task type with drafts: votes that began from them, and blind ones."""
    columns = ("task type", "kind", "measure", "draft", "drafted votes", "blind votes", "unchanged")
    table = empty_table(*columns)
    for row in rows:
        draft, drafted, blind = (
            _number(one, as_share=row.as_share) for one in (row.draft, row.drafted, row.blind)
        )
        votes = f"{drafted} of {row.drafted_answers}", f"{blind} of {row.blind_answers}"
        named = row.task_type, row.kind, row.measures
        table.add_row(*named, draft, *votes, f"{row.unchanged:.0%}")
    table.caption = "unchanged: of the drafted votes, how many are the draft as it was"
    table.caption_justify = "left"
    return table


def reliability_table(rows: Sequence[ReliabilityRow]) -> Table:
    """Return a line for each task type: how far each sort of people agree with the others."""
    sorts, types = (
        dict.fromkeys(getattr(row, name) for row in rows) for name in ("who", "task_type")
    )
    table = empty_table("agree with the others", *sorts)
    cells = {
        (row.task_type, row.who): f"{row.agreed:.0%} of {row.answers} ({row.weight:.2f})"
        for row in rows
    }
    for task_type in types:
        table.add_row(task_type, *(cells.get((task_type, who), "–") for who in sorts))
    table.caption = "of so many answers; in brackets the weight of each one's last answer, mean"
    table.caption_justify = "left"
    return table


def health_table(processes: Sequence[ServiceHealth]) -> Table:
    """Return a line for each process: how often it answered on each path, and how it ended."""
    table = empty_table("process", *PATHS, "metrics", "told to stop")
    for health in processes:
        cells = (f"{health.answered[path]} of {health.asked[path]}" for path in PATHS)
        table.add_row(health.process, *cells, f"{health.metrics} series", _ending(health.exit_code))
    table.caption = "answers with 200 of times asked, while the run went on"
    table.caption_justify = "left"
    return table


def _ending(exit_code: int | None) -> str:
    words = {None: "runs on", 0: "ended"}
    return words.get(exit_code, f"[red]ended with {exit_code}[/]")


def _notes(rows: Sequence[KindRow], left_out: Mapping[str, str]) -> Iterator[str]:
    yield "answers: counted, per output that people saw"
    for row in rows:
        if row.per_minute:
            yield f"{row.task_type}: {_sums(row.per_minute)} a minute heard"
    for kind, reason in left_out.items():
        yield f"{kind} is left out: {reason}"


def _number(number: float, *, as_share: bool) -> str:
    return f"{number:.1%}" if as_share else f"{number:.2f}"


def _sums(quotes: Sequence[Quote]) -> str:
    return " + ".join(amount(q.amount_minor, q.currency, q.exponent) for q in quotes) or "–"
