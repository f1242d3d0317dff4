"""The page of `bench/results/`: what a whole run measured, with the remarks of `bench/page.md`."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench import compared
from bench.against import PARTS
from bench.bounds import BOUNDS, Kept, rows
from bench.inside import SERVICES

TEMPLATE, BESIDE = (Path(__file__).with_name(name) for name in ("page.md", "beside.md"))
WHOLE = ("services", "whole", "weights", "grown", "splits")
"""What a run must have measured before the page is written from it."""

SUMS = ("all processes", "own processes", "Redis", "Kafka")
"""Rows that the page takes of the table that splits the CPU of an output."""

_HEAD = (
    "service",
    "records/s",
    "÷ relay: before",
    "now",
    "wanted",
    "CPU a record",
    "relay's CPU ÷ that",
    "Redis",
    "catch-up ÷ relay: before",
    "now",
    "wanted",
)


def is_whole(now: Kept) -> bool:
    """Say whether everything was measured: a page of some parts would lose the others."""
    each = [{one["service"] for one in now.get(part) or ()} for part in ("services", "splits")]
    return all(now.get(part) for part in WHOLE) and each == [set(SERVICES)] * 2


def page(now: Kept, before: Kept, beside: Kept, *, name: str, before_name: str) -> str:
    """Fill the template from kept figures; `name` and `before_name` are their files'. `beside` is
    what two builds cost side by side: empty where that was not measured.
    """
    promised = list(rows(before, now))
    texts = {
        "name": name,
        "before": before_name,
        "machine": _machine(now["machine"]),
        "services": table(_HEAD, _services(now, before)),
        "together": _together(now["whole"]),
        "bounds": table(("what", "bound", "before", "now", ""), promised),
        "held": f"{sum(row[-1] == 'held' for row in promised)} of {len(promised)}",
        "missed": "; ".join(f"{row[0]} ({row[3]}, {row[1]})" for row in _missed(promised))
        or "none",
        "weights": _weights(now["weights"]["settled"]),
        "beside": _beside(beside) if is_whole_beside(beside) else "",
    }
    return _filled(TEMPLATE, texts)


def is_whole_beside(beside: Kept) -> bool:
    """Say whether two builds were measured side by side in every part."""
    return all(beside.get(part) for part in PARTS)


def claim(beside: Kept) -> str:
    """Return what the README says of this build beside the one before.

    Example: "0.60 in a burst, 0.55 with 8 people at once, 0.45 at 10 a second".
    """
    ratios = compared.outputs(beside["whole"])
    return ", ".join(f"{ratio.median:.2f} {where}" for where, ratio in ratios.items())


def _beside(beside: Kept) -> str:
    """The section about two builds side by side."""
    first, split, *_ = compared.sheets(beside)
    texts = {
        "builds": " and ".join(f"{build} ({commit})" for build, commit in _commits(beside)),
        "pairs": str(len(beside["whole"])),
        "python": beside["built"]["now"]["Python built"],
        "bounds": table(first.columns, first.rows),
        "cpu": table(split.columns, [row for row in split.rows if row[0].endswith(SUMS)]),
        "held": f"{sum(row[-1] == 'held' for row in first.rows)} of {len(first.rows)}",
    }
    return _filled(BESIDE, texts)


def _commits(beside: Kept) -> Iterable[tuple[str, str]]:
    names = {"before": "the one before", "now": "this build"}
    return [(names[build], about["commit"]) for build, about in beside["built"].items()]


def _filled(template: Path, texts: Mapping[str, str]) -> str:
    text = template.read_text(encoding="utf-8")
    for key, said in texts.items():
        text = text.replace("{{" + key + "}}", said)
    return text


def table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, numbers to the right."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _missed(promised: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    return [row for row in promised if row[-1] != "held"]


def _machine(machine: Mapping[str, str]) -> str:
    kafka, valkey = machine["Apache Kafka"], machine["Valkey"]
    return f"{machine['cores']} shared cores, Apache Kafka {kafka} and Valkey {valkey}"


def _services(now: Kept, before: Kept) -> Iterable[list[str]]:
    was = {one["service"]: one for one in before.get("services") or ()}
    for one in now["services"]:
        name = one["service"]
        yield [
            name,
            f"{one['rate']['median']:,.0f}",
            _ratio(was.get(name), "ratio", ".3f"),
            _ratio(one, "ratio", ".3f"),
            _wanted(f"records/s of {name} ÷ relay"),
            f"{one['cpu']['service']['median']:,.0f} µs",
            f"{one['cpu_ratio']['median']:.3f}",
            f"{one['cpu']['redis']['median']:,.0f} µs",
            _ratio(was.get(name), "events_ratio", ".2f"),
            _ratio(one, "events_ratio", ".2f"),
            _wanted(f"catch-up of {name}, events/s ÷ relay"),
        ]


def _ratio(one: Mapping[str, Any] | None, figure: str, form: str) -> str:
    return "" if one is None else f"{one[figure]['median']:{form}}"


def _wanted(what: str) -> str:
    return next(f"{bound.limit:.2f}" for bound in BOUNDS if bound.what == what)


def _together(whole: Mapping[str, Any]) -> str:
    rounds = whole["rounds"]
    rates = sorted(one["outputs"] / one["seconds"] for one in rounds)
    outputs = rounds[0]["outputs"]
    spread = f"{rates[0]:.0f}–{rates[-1]:.0f}"
    return f"{median(rates):.0f} outputs/s ({spread}) in a burst of {outputs}"


def _weights(settled: Mapping[str, Mapping[str, int]]) -> str:
    live = {name: one["live"] for name, one in settled.items()}
    head = ("of one open task", *live, "together")
    return table(
        head, [["bytes", *(f"{count:,}" for count in (*live.values(), sum(live.values())))]]
    )
