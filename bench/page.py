"""The page of `bench/results/`: what a whole run measured, with the remarks of `bench/page.md`."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.bounds import BOUNDS, Kept, rows
from bench.inside import SERVICES

TEMPLATE = Path(__file__).with_name("page.md")
WHOLE = ("services", "whole", "weights", "grown", "splits")
"""What a run must have measured before the page is written from it."""

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


def page(now: Kept, before: Kept, *, name: str, before_name: str) -> str:
    """Fill the template from kept figures; `name` and `before_name` are their files'."""
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
    }
    text = TEMPLATE.read_text(encoding="utf-8")
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
