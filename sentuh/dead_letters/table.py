"""Prints dead letters for a person; text of others is cleaned, so that it can hide nothing."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from sentuh.dead_letters.dead_letter_reader import counts_of, output_of
from sentuh.dead_letters.replay import Going, ReplayPlan
from sentuh.history.collect import DeadLetter
from sentuh.history.printable import cleaned

NONE = "No dead letters."
_NAME_MAX = 120
"""Longer sources and ids, which nobody checked, are cut off."""


def show(
    dead_letters: Sequence[DeadLetter], to: Console | None = None, *, left_out: int, payload: bool
) -> None:
    """Print dead letters in this order; with `payload` also key, headers and value."""
    console = to or Console(highlight=False)
    table = Table("when (UTC)", "service", "reason", "what was refused, and why", box=None)
    table.columns[3].overflow = "fold"
    for column in table.columns[:3]:
        column.no_wrap = True
    for dead_letter in dead_letters:
        at = f"{dead_letter.record.appended_at:%Y-%m-%d %H:%M:%S}"
        about = Group(*_lines(dead_letter, payload=payload))
        table.add_row(at, _text(dead_letter.service), _text(dead_letter.reason, "red"), about)
    if dead_letters:
        console.print(table)
    if left_out:
        console.print(f"{left_out} older ones are not shown: --limit, --since, --counts.")


def show_counts(dead_letters: Sequence[DeadLetter], to: Console | None = None) -> None:
    """Print the count for each service and reason, or that there are none."""
    console = to or Console(highlight=False)
    if not dead_letters:
        console.print(NONE)
        return
    table = Table("service", "reason", "dead letters", box=None)
    table.columns[2].justify = "right"
    for service, reason, count in counts_of(dead_letters):
        table.add_row(_text(service), _text(reason), str(count))
    console.print(table)


def show_plan(plan: ReplayPlan, to: Console | None = None) -> None:
    """Print where each record goes, and which dead letters stay and why."""
    console = to or Console(highlight=False)
    table = Table("", "dl_id", "where it goes, or why it stays", box=None, show_header=False)
    table.columns[1].no_wrap = True
    table.columns[2].overflow = "fold"
    for going in plan.going:
        row = f"to {going.place.topic}[{going.place.partition}], from {place_of(going.dead_letter)}"
        table.add_row(Text("▶", "cyan"), _text(_id(going.dead_letter)), _text(row))
    for staying in plan.staying:
        reason = f"{place_of(staying.dead_letter)}: {staying.why}"
        table.add_row(Text("✗", "red"), _text(_id(staying.dead_letter)), _text(reason))
    console.print(table)


def show_published(done: Sequence[Going], to: Console | None = None) -> None:
    """Print a line for each topic: the number of records published to each partition."""
    console = to or Console(highlight=False)
    counts = Counter(one.place for one in done)
    for topic in sorted({place.topic for place in counts}):
        mine = {place.partition: n for place, n in sorted(counts.items()) if place.topic == topic}
        where = ", ".join(f"{n} to partition {partition}" for partition, n in mine.items())
        console.print(_text(f"{topic}: {sum(mine.values())} published, {where}"))


def place_of(dead_letter: DeadLetter) -> str:
    """Format the position of the refused record: tasks[3]@17."""
    topic, partition, offset = dead_letter.spot
    return f"{topic}[{partition}]@{offset}"


def _lines(dead_letter: DeadLetter, *, payload: bool) -> list[Text]:
    lines = [_text(f"{place_of(dead_letter)}  {_id(dead_letter)}")]
    ref = output_of(dead_letter)
    if ref is not None:
        lines.append(_text(f"source {_short(ref[0])}, id {_short(ref[1])}"))
    lines.append(_text(dead_letter.detail, "dim"))
    if payload:
        record = dead_letter.record
        lines.append(_text(f"key: {_decoded(record.key)}"))
        lines += [
            _text(f"{name}: {_decoded(value)}")
            for name, value in record.headers
            if not name.startswith("dl_")
        ]
        lines.append(_text(f"value: {_decoded(record.value)}"))
    return lines


def _short(text: str) -> str:
    return text if len(text) <= _NAME_MAX else f"{text[:_NAME_MAX]}…"


def _id(dead_letter: DeadLetter) -> str:
    return dead_letter.record.header("dl_id") or "without dl_id"


def _decoded(raw: bytes | None) -> str:
    return "null" if raw is None else raw.decode("utf-8", "replace")


def _text(text: str, style: str = "") -> Text:
    return Text(cleaned(text), style)
