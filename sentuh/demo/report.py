"""Prints the report at the end of the demo, or writes it as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sentuh.audit import Report as Audit
from sentuh.demo.drafts import Anchoring
from sentuh.demo.numbers import Money, Numbers, Score, WorkerRow
from sentuh.demo.progress import PATHS, ServiceHealth
from sentuh.demo.tables import (
    amount,
    by_kind_table,
    drafts_table,
    empty_table,
    health_table,
    reliability_table,
)
from sentuh.demo.workforce import Person
from sentuh.explain import Explanation
from sentuh.explain import parts as explained_in

VIOLATIONS_SHOWN = 3
TICKS = {
    "ok": "[green]✓[/]",
    "broken": "[bold red]✗[/]",
    "open": "[yellow]…[/]",
    "skipped": "[yellow]–[/]",
}
EMBEDDED_CANNOT = (
    "It keeps everything in memory: what a broker's crash or restart does is not shown.",
    "It ignores LogAppendTime, so answers are stamped by the worker app's clock; on Apache Kafka"
    " lateness is judged by the broker's.",
    "It enforces no size limits and knows no idempotent producer: a record may be there twice,"
    " which the services absorb.",
    "Nothing was killed here: `make faults` does that on Apache Kafka.",
)


@dataclass(frozen=True, slots=True)
class Run:
    """The results of a run; `lacking` is empty if the run came to its end."""

    seed: int
    workers: int
    kafka: str
    redis: str
    embedded: bool
    seconds: float
    kept: str | None
    lacking: str
    people: Mapping[str, Person]
    numbers: Numbers
    drafts: Anchoring
    audit: Audit
    health: Sequence[ServiceHealth]
    explained: Explanation | None = None

    @property
    def ok(self) -> bool:
        """Whether the run ended, every process answered, and every audited invariant holds."""
        answered = all(health.answered[path] for health in self.health for path in PATHS)
        return not self.lacking and answered and self.audit.ok


def as_json(run: Run) -> str:
    """Return the whole report as one JSON document."""
    numbers = asdict(run.numbers)
    for row, money in zip(numbers["money"], run.numbers.money, strict=True):
        row["per_right_verdict_minor"] = money.per_right_verdict_minor
    whole = {
        "ok": run.ok,
        "seed": run.seed,
        "workers": run.workers,
        "kafka": run.kafka,
        "redis": run.redis,
        "seconds": round(run.seconds, 1),
        "lacking": run.lacking,
        "numbers": numbers,
        "drafts": asdict(run.drafts),
        "health": {health.process: dict(health.answered) for health in run.health},
        "explained": None if run.explained is None else json.loads(run.explained.as_json()),
        "audit": json.loads(run.audit.as_json()),
    }
    return json.dumps(whole, indent=2, ensure_ascii=False, default=_plain) + "\n"


def show(run: Run, console: Console) -> None:
    """Print the report."""
    numbers = run.numbers
    parts: list[RenderableType] = [
        Panel(_headline(run), title="Sentuh", subtitle=_stack(run)),
        _section("What became of the outputs", _flow(numbers), _types(numbers)),
        *([_section("Kinds beside choices", _kinds(numbers))] * bool(numbers.by_kind)),
        *([_drafts(run.drafts)] * bool(run.drafts.by_type)),
        _section("Who was right, of the choices", _accuracy(numbers)),
        _section("Is a stated probability true?", _calibration(numbers)),
        _section("Money and time", _money(numbers), _time(numbers)),
        _section("People", _people(run)),
        *_explained(run),
        _section("Processes", health_table(run.health)),
        _section("What must always hold", _invariants(run.audit)),
        *(
            [_section("What the embedded broker cannot show", _list(EMBEDDED_CANNOT))]
            * run.embedded
        ),
        _section("Where to look next", _list(_next(run))),
    ]
    for part in parts:
        console.print(part)


def percent(score: Score) -> str:
    """Format a share as a percentage; a dash if there is nothing to share."""
    return f"{score.share:.1%}" if score.of else "–"


def _headline(run: Run) -> str:
    numbers = run.numbers
    gain = (numbers.verdict.share - numbers.model.share) * 100
    state = (
        "[green]Everything that must hold holds.[/]" if run.ok else f"[bold red]{_wrong(run)}[/]"
    )
    waived = numbers.waived / numbers.outputs if numbers.outputs else 0.0
    return (
        f"{numbers.outputs} model outputs; people saw {numbers.judged}, the model was trusted with"
        f" {numbers.waived} ({waived:.0%}).\n"
        f"Choices right: the model alone [bold]{percent(numbers.model)}[/], the verdicts"
        f" [bold]{percent(numbers.verdict)}[/] ({gain:+.1f} points) on the same outputs.\n{state}"
    )


def _wrong(run: Run) -> str:
    if run.lacking:
        return f"The run did not come to its end: {run.lacking}."
    if run.audit.broken:
        return f"Broken: invariants {', '.join(map(str, run.audit.broken))}."
    return "A process did not answer /live, /ready and /metrics."


def _stack(run: Run) -> str:
    return f"{run.kafka} · {run.redis} · seed {run.seed} · {run.seconds:.0f} s"


def _section(title: str, *parts: RenderableType) -> RenderableType:
    return Group(Text(f"\n{title}", style="bold cyan"), *(Padding(part, (0, 2)) for part in parts))


def _flow(numbers: Numbers) -> RenderableType:
    answers, dead_letters = numbers.answers, sum(numbers.dead_letters.values())
    per = numbers.answers_per_verdict
    mean = sum(count * of for count, of in per.items()) / max(1, sum(per.values()))
    spread = ", ".join(f"{count}: {of}" for count, of in per.items())
    stops = ", ".join(f"{why} {count}" for why, count in numbers.stopped.items())
    return _list(
        (
            f"{numbers.outputs} sent: {numbers.waived} waived, {numbers.judged} judged by people,"
            f" {dead_letters} dead letters",
            f"{answers['counted']} answers counted, {mean:.2f} per verdict ({spread}); besides"
            f" {answers['surplus']} surplus and {answers['late']} late ones: paid, not counted",
            f"people's verdicts stopped: {stops or 'none'}",
        )
    )


def _types(numbers: Numbers) -> Table:
    table = empty_table("task type", "outputs", "waived", "model right", "verdict right")
    for row in numbers.by_type:
        counts = f"{row.outputs}", f"{row.waived}"
        table.add_row(row.task_type, *counts, percent(row.model), percent(row.verdict))
    return table


def _kinds(numbers: Numbers) -> Table:
    return by_kind_table(numbers.by_kind, numbers.left_out)


def _drafts(drafts: Anchoring) -> RenderableType:
    tables = drafts_table(drafts.by_type), reliability_table(drafts.reliability)
    return _section("What drafts lead people to", *tables)


def _accuracy(numbers: Numbers) -> Table:
    table = empty_table("on the same outputs", "outputs", "model", "plain majority", "verdict")
    judged = percent(numbers.model_judged), percent(numbers.majority_judged)
    table.add_row(
        "all", f"{numbers.verdict.of}", percent(numbers.model), "", percent(numbers.verdict)
    )
    table.add_row(
        "judged by people", f"{numbers.verdict_judged.of}", *judged, percent(numbers.verdict_judged)
    )
    waived = percent(numbers.model_waived)
    table.add_row("waived", f"{numbers.model_waived.of}", waived, "", waived)
    return table


def _calibration(numbers: Numbers) -> Table:
    table = empty_table("people's verdicts stated at", "how many", "stated, mean", "right")
    for row in numbers.calibration:
        label = f"{row.low:.2f} to {row.high:.2f}"
        table.add_row(label, f"{row.actual.of}", f"{row.stated:.1%}", percent(row.actual))
    return table


def _money(numbers: Numbers) -> Table:
    table = empty_table("payable to workers", "answers", "right verdicts", "per right verdict")
    for row in numbers.money:
        paid = amount(row.amount_minor, row.currency, row.exponent)
        table.add_row(paid, f"{row.answers}", f"{row.right_verdicts}", _per_right(row))
    return table


def _per_right(row: Money) -> str:
    each = row.per_right_verdict_minor
    return "–" if each is None else amount(each, row.currency, row.exponent)


def _time(numbers: Numbers) -> RenderableType:
    return Text(
        f"from task to people's verdict: p50 {numbers.seconds_p50:.1f} s,"
        f" p99 {numbers.seconds_p99:.1f} s"
    )


def _people(run: Run) -> Table:
    table = empty_table("", "worker", "who", "on time", "right", "weight", "earned")
    for name, row in (("best", run.numbers.best), ("worst", run.numbers.worst)):
        if row is not None:
            table.add_row(name, *_worker(row, run.people))
    table.caption = "weight: the mean reliability their answers were counted with; nobody told qa"
    table.caption_justify = "left"
    return table


def _worker(row: WorkerRow, people: Mapping[str, Person]) -> Iterable[str]:
    person = people.get(row.worker_id)
    earned = " + ".join(amount(q.amount_minor, q.currency, q.exponent) for q in row.earned)
    described = person.described if person else "?"
    return (
        row.worker_id,
        described,
        f"{row.answers.of}",
        percent(row.answers),
        f"{row.weight:.2f}",
        earned,
    )


def _explained(run: Run) -> Iterable[RenderableType]:
    if run.explained is not None:
        command = f"sentuh explain {run.explained.task_id}"
        yield _section(f"One verdict, explained by `{command}`", *explained_in(run.explained))


def _invariants(audit: Audit) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    for finding in audit.findings:
        title = finding.title + (f" [dim](skipped: {finding.reason})[/]" if finding.reason else "")
        table.add_row(TICKS[finding.status], f"{finding.number}", title)
        for violation in finding.violations[:VIOLATIONS_SHOWN]:
            table.add_row("", "", Text(str(violation), style="red"))
        if len(finding.violations) > VIOLATIONS_SHOWN:
            table.add_row("", "", f"... and {len(finding.violations) - VIOLATIONS_SHOWN} more")
    return table


def _next(run: Run) -> Iterable[str]:
    kept = f"The logs, the catalog and the publisher's list of this run: {run.kept}"
    yield kept if run.kept else "--keep leaves the logs; --report FILE writes this as JSON"
    if run.embedded:
        yield 'The same on a cluster: make demo ARGS="--kafka HOST:PORT --redis redis://HOST:PORT"'
    yield "To publish, or to be a worker: --stay keeps it open, and prints its addresses"
    yield "The proof, on real Apache Kafka and with processes killed: make test, make faults"
    yield "Questions, gates, pay: deploy/catalog.yaml; the map of the house: CONTRIBUTING.md"


def _list(lines: Iterable[str]) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    for line in lines:
        table.add_row("·", Text(line))
    return table


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if hasattr(value, "model_dump"):
        return value.model_dump()
    raise TypeError(f"{type(value).__name__} has no JSON form: add it here")
