"""The page of the faults: what the last whole run came to, by group of rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.fault import Fault
from tests.faults.play import Row

FOLDER = Path(__file__).parent
TEMPLATE, LAST_RUN, README = (FOLDER / name for name in ("page.md", "last_run.json", "README.md"))
HEAD = (
    "what", "how", "fired", "came twice, no effect", "lost", "paid twice", "back after, at most",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are told together: those of these faults."""

    what: str
    how: str
    faults: tuple[Fault, ...]


GROUPS = (
    Group(
        "processes killed", "`kill -9` at each fault point of each service (16 rows)", (Fault.KILL,)
    ),
    Group(
        "processes killed under every kind",
        "`kill -9` of the router and qa by turns, while all kinds of questions are asked",
        (Fault.KILL_UNDER_KINDS,),
    ),
    Group(
        "processes stopped",
        "past their session, then woken; SIGTERM in mid-batch",
        (Fault.ZOMBIE, Fault.SIGTERM),
    ),
    Group(
        "services away",
        "for longer than the offers' deadlines, the router and all four",
        (Fault.OVERDUE,),
    ),
    Group("a third process", "joins and leaves", (Fault.JOIN,)),
    Group(
        "broker",
        "`kill -9` and started on the same data; stopped for a minute; standing still for a minute",
        (Fault.BROKER_KILLED, Fault.BROKER_AWAY, Fault.BROKER_STALLED),
    ),
    Group(
        "Redis",
        "`kill -9`; standing still; read-only; without its replicas; out of memory; emptied;"
        " restored from an older copy",
        (
            Fault.REDIS_KILLED,
            Fault.REDIS_STALLED,
            Fault.REDIS_READ_ONLY,
            Fault.REDIS_ALONE,
            Fault.REDIS_FULL,
            Fault.REDIS_EMPTIED,
            Fault.REDIS_ROLLED_BACK,
        ),
    ),
    Group("replies of Redis", "lost after execution", (Fault.REPLIES_LOST,)),
    Group(
        "records",
        "one of twenty poisonous or hostile; a group's committed offsets deleted",
        (Fault.POISON, Fault.OFFSETS_DELETED),
    ),
)


def summed_up(rows: Sequence[Row], minutes: float) -> dict[str, Any]:
    """What a run came to, as JSON has it."""
    return {
        "rows": len(rows),
        "held": sum(row.ok for row in rows),
        "minutes": round(minutes),
        "groups": [
            _group([row for row in rows if row.trial.fault in group.faults]) for group in GROUPS
        ],
    }


def _group(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "fired": sum(row.fired for row in rows),
        "absorbed": sum(row.absorbed for row in rows),
        "lost": sum(row.lost for row in rows),
        "paid_twice": sum(row.paid_twice for row in rows),
        "back_max": round(max((s for row in rows for s in row.back_seconds), default=0.0), 1),
    }


def page(run: Mapping[str, Any]) -> str:
    """Fill the template from what a run came to."""
    body = [_line(*pair) for pair in zip(GROUPS, run["groups"], strict=True)]
    held = f"{run['held']} of {run['rows']} rows held"
    audits = "each with a clean audit" if run["held"] == run["rows"] else "NOT ALL"
    note = f"{held}, {audits}, in {run['minutes']} minutes{run.get('note', '')}."
    text = TEMPLATE.read_text(encoding="utf-8")
    return text.replace("{{table}}", _table(body)).replace("{{held}}", note)


def _line(group: Group, sums: Mapping[str, Any]) -> tuple[str, ...]:
    counts = (f"{sums[name]:,}" for name in ("fired", "absorbed", "lost", "paid_twice"))
    return (group.what, group.how, *counts, f"{sums['back_max']:.1f} s")


def _table(body: Iterable[Sequence[str]]) -> str:
    lines = [HEAD, ["---", "---"] + ["---:"] * (len(HEAD) - 2), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(run: Mapping[str, Any]) -> None:
    """Keep what a run came to, and the page of it."""
    LAST_RUN.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    README.write_text(page(run), encoding="utf-8")
