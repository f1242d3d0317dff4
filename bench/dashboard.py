"""A dashboard of ours drawn as a picture, from its own file and a Prometheus that has data.

    python -m bench.dashboard --prometheus http://127.0.0.1:9090 --minutes 15

It is no screenshot of Grafana: the file that Grafana is given says which panels there are, where
they stand and what they ask; the numbers are what this Prometheus answers; matplotlib draws them.
"""

import argparse
import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.gridspec import GridSpec

from tests.architecture.source import ROOT

BOARDS = ROOT / "deploy" / "grafana" / "dashboards"
PICTURE = ROOT / "bench" / "results" / "overview.png"
POINTS = 200
WIDTH_INCHES, ROW_INCHES = 15.0, 0.36
TIMEOUT_SECONDS = 30
STEP_SECONDS_MIN = 15
LEGEND_MAX = 8
DAY_SECONDS = 86_400
SHORT_SECONDS = 900

Json = Mapping[str, Any]
Curve = tuple[str, list[float], list[float]]
"""Name, days since 1970 as matplotlib counts them, and values."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, in seconds since 1970, and how far apart the points are."""

    start: float
    end: float

    @property
    def step(self) -> int:
        """Seconds between two points."""
        return max(int((self.end - self.start) / POINTS), STEP_SECONDS_MIN)


def main() -> None:
    """Draw the board and say where the picture is."""
    given = _parser().parse_args()
    board = json.loads((BOARDS / f"{given.board}.json").read_text())
    end = given.until.timestamp() if given.until else time.time()
    span = Span(end - given.minutes * 60, end)
    draw(board, given.prometheus, span, given.out)
    print(given.out)


def draw(board: Json, prometheus: str, span: Span, out: Path) -> None:
    """Draw every panel where the board's file puts it."""
    mpl.use("Agg")
    panels: Sequence[Json] = board["panels"]
    height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    figure = plt.figure(figsize=(WIDTH_INCHES, height * ROW_INCHES), facecolor="white")
    grid = GridSpec(
        height,
        24,
        figure=figure,
        left=0.04,
        right=0.985,
        top=0.955,
        bottom=0.03,
        wspace=4,
        hspace=2,
    )
    said = f"{board['title']}, {datetime.fromtimestamp(span.end, UTC):%Y-%m-%d %H:%M} UTC"
    figure.suptitle(said, fontsize=11, x=0.04, ha="left")
    for panel in panels:
        place = panel["gridPos"]
        rows = slice(place["y"], place["y"] + place["h"])
        axes = figure.add_subplot(grid[rows, place["x"] : place["x"] + place["w"]])
        _draw(axes, panel, prometheus, span)
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=80)
    plt.close(figure)


def _draw(axes: Axes, panel: Json, prometheus: str, span: Span) -> None:
    if panel["type"] == "row":
        axes.axis("off")
        axes.text(0, 0, panel["title"], fontsize=10, fontweight="bold")
    elif panel["type"] == "stat":
        _number(axes, panel, list(_curves(panel, prometheus, span)))
    else:
        _lines(axes, panel, list(_curves(panel, prometheus, span)), span)


def _number(axes: Axes, panel: Json, curves: Sequence[Curve]) -> None:
    axes.axis("off")
    last = next((values[-1] for _, _, values in curves if values), None)
    text = "no data" if last is None else _said(last, panel)
    axes.text(0.5, 0.4, text, fontsize=20, ha="center", va="center", color=_color(last, panel))
    axes.text(0.5, 0.95, panel["title"], fontsize=8, ha="center", va="top")


def _said(value: float, panel: Json) -> str:
    unit = panel["fieldConfig"]["defaults"]["unit"]
    return f"{value:.2g} s" if unit == "s" else f"{value:g}"


def _color(value: float | None, panel: Json) -> str:
    """That of the highest threshold reached."""
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    reached = [
        step["color"] for step in steps if step["value"] is None or (value or 0) >= step["value"]
    ]
    return {"text": "black", "green": "tab:green", "red": "tab:red"}[reached[-1]]


def _lines(axes: Axes, panel: Json, curves: Sequence[Curve], span: Span) -> None:
    stacked = panel["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"
    unit = panel["fieldConfig"]["defaults"]["unit"]
    for at, (name, times, values) in enumerate(curves):
        label = name if at < LEGEND_MAX else "_"
        if stacked:
            below = _below(curves[:at], times)
            axes.fill_between(
                times,
                below, [a + b for a, b in zip(below, values, strict=True)],
                alpha=0.6, label=label,
            )  # fmt: skip
        else:
            axes.plot(
                times,
                values,
                linewidth=1.2,
                label=label,
            )
    axes.set_title(
        panel["title"] + (f" [{unit}]" if unit != "short" else ""), fontsize=8, loc="left"
    )
    axes.set_ylim(bottom=0)
    axes.set_xlim(span.start / DAY_SECONDS, span.end / DAY_SECONDS)
    axes.grid(alpha=0.3)
    axes.tick_params(labelsize=7)
    shown = "%H:%M:%S" if span.end - span.start < SHORT_SECONDS else "%H:%M"
    axes.xaxis.set_major_formatter(dates.DateFormatter(shown))  # type: ignore[no-untyped-call]
    if curves:
        axes.legend(fontsize=6, loc="upper left", ncols=4, framealpha=0.6)
    else:
        axes.text(
            0.5, 0.5, "nothing in this time", transform=axes.transAxes, ha="center", fontsize=8
        )


def _below(curves: Sequence[Curve], times: Sequence[float]) -> list[float]:
    known = [dict(zip(at, values, strict=True)) for _, at, values in curves]
    return [sum(one.get(moment, 0.0) for one in known) for moment in times]


def _curves(panel: Json, prometheus: str, span: Span) -> Iterator[Curve]:
    for target in panel["targets"]:
        expression = target["expr"].replace("$__rate_interval", "1m")
        for found in _asked(prometheus, expression, span):
            numbers = [(at, float(value)) for at, value in found["values"] if value != "NaN"]
            times = [at / DAY_SECONDS for at, _ in numbers]
            name = target["legendFormat"]
            for label, value in found["metric"].items():
                name = name.replace(f"{{{{{label}}}}}", value)
            yield name, times, [value for _, value in numbers]


def _asked(prometheus: str, expression: str, span: Span) -> Sequence[Json]:
    asked = {"query": expression, "start": span.start, "end": span.end, "step": span.step}
    url = f"{prometheus}/api/v1/query_range?{urllib.parse.urlencode(asked)}"
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - as given
        found: Sequence[Json] = json.load(answer)["data"]["result"]
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard", description=__doc__)
    parser.add_argument("--prometheus", default="http://127.0.0.1:9090", metavar="URL")
    parser.add_argument("--board", default="overview", help="its file's name")
    parser.add_argument("--minutes", type=float, default=15, help="how far back")
    parser.add_argument(
        "--until", type=datetime.fromisoformat, metavar="TIME", help="up to when; default: now"
    )
    parser.add_argument("--out", type=Path, default=PICTURE, metavar="FILE")
    return parser


if __name__ == "__main__":
    main()
