"""Plots of what was measured, as PNG beside the tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

from bench.bounds import BOUNDS
from bench.compared import STAGES
from bench.inside import SERVICES

mpl.use("Agg")
Kept = Mapping[str, Any]
SERVICE, BOUND, EARLIER = "#2a6f97", "#c44536", "#b8c4cc"
PARTS = {
    "services": (SERVICES, SERVICE),
    "Redis": (("redis",), BOUND),
    "Kafka": (("kafka",), EARLIER),
}
SIZE, DPI = (7.2, 3.4), 110


def draw(folder: Path, *, before: Kept, now: Kept) -> list[Path]:
    """Draw what there are figures for: ratios to the relay, delays, growth."""
    found = []
    if now.get("services"):
        found.append(_ratios(folder / "throughput.png", before, now))
    if (now.get("whole") or {}).get("delays"):
        found.append(_delays(folder / "latency.png", now["whole"]["delays"]))
    if now.get("grown"):
        found.append(_growth(folder / "growth.png", now["grown"]))
    return found


def draw_outputs(path: Path, beside: Kept) -> Path:
    """Draw the CPU of an output in each stage, before and now, in parts of what it was before."""
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    for at, stage in enumerate(STAGES):
        whole = sum(_cost(beside, "before", stage, names) for names, _ in PARTS.values())
        for shift, build in ((-0.2, "before"), (0.2, "now")):
            bottom = 0.0
            for label, (names, colour) in PARTS.items():
                height = _cost(beside, build, stage, names) / whole
                named = label if not at and build == "now" else ""
                axes.bar(at + shift, height, 0.36, bottom=bottom, color=colour, label=named)
                bottom += height
            axes.text(at + shift, bottom, f"{bottom * whole:.1f}", ha="center", va="bottom", size=8)
    axes.set_xticks(range(len(STAGES)), [*STAGES.values()], fontsize=8)
    axes.set_ylabel("÷ before")
    axes.set_title("CPU of all processes for an output: before, now; above in ms", fontsize=10)
    axes.set_ylim(top=1.25)
    axes.legend(fontsize=8, loc="upper right", ncols=len(PARTS))
    return _saved(figure, path)


def draw_agreement(path: Path, measured: Mapping[str, tuple[str, Sequence[Any]]]) -> Path:
    """Draw a panel for each kind: for each set an arrow from all answers to those that were used.

    `measured` has for each kind what its quality is and its rows (see `bench.agreement.Row`).
    """
    width, height = SIZE
    figure, panels = plt.subplots(
        len(measured), figsize=(width, height * len(measured)), layout="constrained", squeeze=False
    )
    for (kind, (quality, rows)), axes in zip(measured.items(), panels.flat, strict=True):
        for row in rows:
            ours = (100 * row.used, row.quality)
            axes.annotate("", ours, (100, row.full), arrowprops={"arrowstyle": "->", "lw": 0.6})
            axes.plot(*ours, "o", color=SERVICE)
            axes.text(*ours, f" {row.name}", fontsize=6, va="bottom")
            axes.plot(100, row.full, "o", color=EARLIER)
        axes.set_xlabel("% of the recorded answers that were used")
        axes.set_ylabel(quality, fontsize=8)
        axes.set_title(f"{kind}: the plain rule on all answers (grey), ours (blue)", fontsize=10)
    return _saved(figure, path)


def _cost(beside: Kept, build: str, stage: str, processes: Sequence[str]) -> float:
    """Milliseconds of CPU an output takes in these processes, the median of all turns."""
    stages = [turn[build][stage] for turn in beside["whole"]]
    spent = [sum(float(one["cpu"][name]) for name in processes) for one in stages]
    return median(
        [1e3 * cpu / float(one["outputs"]) for cpu, one in zip(spent, stages, strict=True)]
    )


def _ratios(path: Path, before: Kept, now: Kept) -> Path:
    """Two bars a service, before and now, and a line at its bound."""
    promised = [bound for bound in BOUNDS if bound.what.startswith("records/s of ")]
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    for at, bound in enumerate(promised):
        for kept, shift, colour in ((before, -0.2, EARLIER), (now, 0.2, SERVICE)):
            height = bound.read(kept) or 0.0
            bar = axes.bar(at + shift, height, 0.36, color=colour)
            axes.bar_label(bar, fmt="%.3f", fontsize=8)
        axes.hlines(bound.limit, at - 0.45, at + 0.45, colors=BOUND, linestyles="dashed")
    names = [bound.what.split()[2] for bound in promised]
    axes.set_xticks(range(len(names)), names)
    axes.set_ylabel("records/s ÷ bare relay")
    axes.set_title("Throughput of one process: before (grey), now, bound (dashed)", fontsize=10)
    return _saved(figure, path)


def _delays(path: Path, delays: Kept) -> Path:
    """The share of outputs that had waited at most so long."""
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    for name, label, colour in (
        ("offers", "output to first offer (intake, router)", SERVICE),
        ("relayed", "the bare relay, one hop", EARLIER),
    ):
        waits: Sequence[float] = delays[name]
        axes.plot(
            [1000 * wait for wait in waits], range(1, len(waits) + 1), label=label, color=colour
        )
    axes.set_xscale("log")
    axes.set_xlabel("ms")
    axes.set_ylabel("% of outputs")
    axes.set_title(f"Delays at half load, {delays['rate']:.0f} outputs a second", fontsize=10)
    axes.legend(fontsize=8)
    return _saved(figure, path)


def _growth(path: Path, grown: Sequence[Kept]) -> Path:
    """CPU of one assignment among few and among many, each pair a line."""
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    for one, colour in zip(grown, (SERVICE, BOUND), strict=False):
        label = f"{one['of']}: {one['few']:,} and {one['many']:,}"
        for number, costs in enumerate(one["costs"]):
            sizes = (one["few"], one["many"])
            axes.plot(sizes, costs, marker="o", color=colour, label="" if number else label)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("CPU of an assignment, µs")
    axes.set_title("Growth: router and Redis", fontsize=10)
    axes.legend(fontsize=8)
    return _saved(figure, path)


def _saved(figure: Any, path: Path) -> Path:
    figure.savefig(path, dpi=DPI)
    plt.close(figure)
    return path
