"""Dead letters as a person reads them; what is printed can neither move nor hide anything."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from sentuh.dead_letters.letter_reader import counts_of
from sentuh.dead_letters.replay import Going, ReplayPlan
from sentuh.history.collect import DeadLetter
from sentuh.history.printable import cleaned

NONE = "No dead letters."


def show(
    letters: Sequence[DeadLetter], to: Console | None = None, *, left_out: int, payload: bool
) -> None:
    """Print letters in the order given; with `payload` also what was refused."""
    console = to or Console(highlight=False)
    table = Table("when (UTC)", "service", "reason", "what was refused, and why", box=None)
    table.columns[3].overflow = "fold"
    for column in table.columns[:3]:
        column.no_wrap = True
    for letter in letters:
        at = f"{letter.record.appended_at:%Y-%m-%d %H:%M:%S}"
        told = Group(*_told(letter, payload=payload))
        table.add_row(at, _text(letter.service), _text(letter.reason, "red"), told)
    if letters:
        console.print(table)
    if left_out:
        console.print(f"{left_out} older ones are not shown: --limit, --since, --counts.")


def show_counts(letters: Sequence[DeadLetter], to: Console | None = None) -> None:
    """Print how many there are by service and reason, or that there are none."""
    console = to or Console(highlight=False)
    if not letters:
        console.print(NONE)
        return
    table = Table("service", "reason", "letters", box=None)
    table.columns[2].justify = "right"
    for service, reason, count in counts_of(letters):
        table.add_row(_text(service), _text(reason), str(count))
    console.print(table)


def show_plan(plan: ReplayPlan, to: Console | None = None) -> None:
    """Print where each letter's record goes, and which stay and why."""
    console = to or Console(highlight=False)
    table = Table("", "dl_id", "where it goes, or why it stays", box=None, show_header=False)
    table.columns[1].no_wrap = True
    table.columns[2].overflow = "fold"
    for going in plan.going:
        row = f"to {going.place.topic}[{going.place.partition}], from {place_of(going.letter)}"
        table.add_row(Text("▶", "cyan"), _text(_id(going.letter)), _text(row))
    for staying in plan.staying:
        said = f"{place_of(staying.letter)}: {staying.why}"
        table.add_row(Text("✗", "red"), _text(_id(staying.letter)), _text(said))
    console.print(table)


def show_published(done: Sequence[Going], to: Console | None = None) -> None:
    """Print a line for each topic: how many records, and to which partitions."""
    console = to or Console(highlight=False)
    counts = Counter(one.place for one in done)
    for topic in sorted({place.topic for place in counts}):
        mine = {place.partition: n for place, n in sorted(counts.items()) if place.topic == topic}
        where = ", ".join(f"{n} to partition {partition}" for partition, n in mine.items())
        console.print(_text(f"{topic}: {sum(mine.values())} published, {where}"))


def place_of(letter: DeadLetter) -> str:
    """Where the refused record stands."""
    topic, partition, offset = letter.spot
    return f"{topic}[{partition}]@{offset}"


def _told(letter: DeadLetter, *, payload: bool) -> list[Text]:
    lines = [_text(f"{place_of(letter)}  {_id(letter)}"), _text(letter.detail, "dim")]
    if payload:
        record = letter.record
        lines.append(_text(f"key: {_decoded(record.key)}"))
        lines += [
            _text(f"{name}: {_decoded(said)}")
            for name, said in record.headers
            if not name.startswith("dl_")
        ]
        lines.append(_text(f"value: {_decoded(record.value)}"))
    return lines


def _id(letter: DeadLetter) -> str:
    return letter.record.header("dl_id") or "without dl_id"


def _decoded(raw: bytes | None) -> str:
    return "null" if raw is None else raw.decode("utf-8", "replace")


def _text(said: str, style: str = "") -> Text:
    return Text(cleaned(said), style)
