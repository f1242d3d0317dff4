"""Prints for a person what intake would do with each record, and what its gate looked at."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from sentuh.check.answering import Became, Checked
from sentuh.history.printable import cleaned, shown
from sentuh.trace import doubts
from sentuh.trace.gating import fired, promised, proves_nothing
from sentuh.trace.sureness import share
from shared.contracts.events.parts import Confidence, Gate

_BECAME: Mapping[Became, str] = {
    "task": "[cyan]people see it[/]",
    "waived": "[green]waived[/]",
    "kept": "[cyan]kept[/]",
    "refused": "[red]refused[/]",
}
_TEXT_MAX = 60


def show(every: Sequence[Checked], console: Console | None = None) -> None:
    """Print for each record what becomes of it, how it was read, and why; at last the counts."""
    to = console or Console(highlight=False)
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for checked in every:
        table.add_row(_BECAME[checked.became], "\n".join(_lines(checked)))
    to.print(table)
    if len(every) > 1:
        counts = Counter(checked.became for checked in every)
        every_way = [became for became in _BECAME if counts[became] or became != "kept"]
        to.print(", ".join(f"{counts[became]} {became}" for became in every_way))


def _lines(checked: Checked) -> list[str]:
    lines = [f"[bold]{shown(checked.where)}[/]"]
    if checked.output is not None:
        about = f", asked as {checked.task_type}" if checked.task_type else ""
        lines += [f"{shown(checked.output['format'] + about)}", _what(checked.output)]
    if checked.became == "kept":
        lines += [
            "a model server's request, for its response",
            _short(checked.request or "(empty)"),
        ]
    if checked.reason is not None:
        lines.append(f"[red]{checked.reason}[/]: {shown(checked.detail or '')}")
    elif checked.gate is not None and checked.output is not None:
        confidence = Confidence.model_validate(checked.output["confidence"])
        lines.append(f"[dim]{shown(_gated(checked.gate, confidence))}[/]")
    if checked.event is not None and _lacks_draft(checked.event):
        lines.append("[yellow]no draft: its answer does not fit the question, or is not there[/]")
    return [line for line in lines if line]


def _lacks_draft(event: Mapping[str, Any]) -> bool:
    """Return whether people were to begin from a draft of the task that this event makes."""
    drafts = event.get("policy", {}).get("draft_blind_share") is not None
    return drafts and "draft" not in event.get("asked", {})


def _what(output: Mapping[str, object]) -> str:
    """Return what the model said in a few words: its answer, its text, how many candidates."""
    for name in ("answer", "text"):
        value = output.get(name)
        if value is not None:
            return _short(
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            )
    candidates = output.get("candidates")
    return f"{len(candidates)} candidates" if isinstance(candidates, list) and candidates else ""


def _short(text: str) -> str:
    words = cleaned(text)
    return shown(words if len(words) <= _TEXT_MAX else words[: _TEXT_MAX - 1] + "…")


def _gated(gate: Gate, confidence: Confidence) -> str:
    told = _by_confidence(gate, confidence)
    clause = "" if gate.clause is None else f"; {fired(gate.clause)}"
    return told + clause + promised(gate)


def _by_confidence(gate: Gate, confidence: Confidence) -> str:
    if gate.reason in {"absent", "sentinel"}:
        return doubts.in_words(confidence)
    sure, where = share(confidence.value or 0.0), confidence.source_path or "what was declared"
    threshold = f"the gate asks nobody from {share(gate.threshold)} on"
    if proves_nothing(gate):
        return f"{sure} sure by {where}"
    if gate.reason == "audit":
        threshold += f", and audits {share(gate.audit_share)} all the same"
    return f"{sure} sure by {where}; {threshold}"
