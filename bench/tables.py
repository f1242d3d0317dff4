"""The figures as tables: on a terminal, and in Markdown beside the JSON of the same."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import compared
from bench.bounds import rows as promises
from bench.delay import share
from bench.figures import Figures, Spread, waits
from bench.inside import SERVICES
from bench.page import is_whole, page
from bench.plots import draw, draw_outputs
from bench.sheet import Sheet

RESULTS = Path(__file__).with_name("results")
BESIDE = "beside"
"""Results of two builds that are kept under this name are part of the page."""
HOW = (
    "Medians, with the lowest and the highest in brackets; service and relay took turns, and a"
    " ratio is that of one pair. The relay consumes the same records, validates them, publishes"
    " each with acks=all and commits its offsets; it keeps no state."
)

BOTH = (
    "Medians of interleaved pairs; of a ratio also the lowest and the highest pair. Both builds ran"
    " on one machine, one broker and a Redis of its own each, their inputs and people made by their"
    " own code. CPU is counted until every offset is committed; a rate until the last record was"
    " published. Counts of bytes and writes are the server's own."
)


def sheets(figures: Figures, before: str = "") -> Iterable[Sheet]:
    """The tables there is something for; `before` names the results these are held against."""
    promised = list(promises(kept(before), figures.plain()))
    if promised:
        yield Sheet("Bounds", ["what", "bound", "before", "now", ""], promised)
    if figures.services:
        yield _throughput(figures)
        yield _cpu(figures)
        yield _catch_up(figures)
    if figures.whole is not None:
        yield _whole(figures)
        yield _resident(figures)
    if figures.weights is not None:
        yield _weights(figures)
    if figures.grown:
        yield _growth(figures)
    if figures.splits:
        yield _splits(figures)
    rows = [[name, what] for name, what in figures.machine.items()]
    rows.append(["measuring took", f"{figures.seconds:.0f} s"])
    yield Sheet("Measured on", ["what", "which"], rows)


def _throughput(figures: Figures) -> Sheet:
    rows = [
        [one.service, one.rate.shown(), one.relay.shown(), one.ratio.shown(".3f")]
        for one in figures.services
    ]
    return Sheet(
        "Throughput of one process, records/s", ["service", "service", "relay", "ratio"], rows
    )


def _cpu(figures: Figures) -> Sheet:
    columns = ["service", "service", "relay", "relay ÷ service", "Redis", "Kafka", "resident MiB"]
    rows = [
        [
            one.service,
            *(one.cpu[name].shown() for name in ("service", "relay")),
            one.cpu_ratio.shown(".3f"),
            *(one.cpu[name].shown() for name in ("redis", "kafka")),
            one.resident.shown(),
        ]
        for one in figures.services
    ]
    return Sheet("CPU a record costs, µs", columns, rows)


def _catch_up(figures: Figures) -> Sheet:
    rows = [
        [one.service, one.events.shown(), one.events_ratio.shown(".3f")] for one in figures.services
    ]
    return Sheet("Catch-up of an emptied Redis", ["service", "events/s", "÷ relay"], rows)


def _whole(figures: Figures) -> Sheet:
    whole = figures.whole
    assert whole is not None  # noqa: S101 - asked before
    rate = Spread.of([one.rate for one in whole.rounds])
    rows = [
        [f"outputs/s, {whole.rounds[0].outputs} at once", rate.shown()],
        *(
            [f"seconds to the verdict, {share}, 10 outputs a second", f"{seconds:.2f}"]
            for share, seconds in waits(whole.trickle).items()
        ),
        *(
            [
                f"seconds to the first offer, p{percent}, {whole.delays.rate:.0f} outputs a second",
                f"{share(whole.delays.offers, percent):.3f}",
            ]
            for percent in (50, 99)
        ),
        [
            "seconds of the relay's one hop, p99, at that rate",
            f"{share(whole.delays.relayed, 99):.3f}",
        ],
        *(
            [
                f"CPU of {name} an output, µs",
                Spread.of([1e6 * one.cpu[name] / one.outputs for one in whole.rounds]).shown(),
            ]
            for name in whole.rounds[0].cpu
        ),
    ]
    return Sheet("All four services, people who answer at once", ["what", "how much"], rows)


def _resident(figures: Figures) -> Sheet:
    assert figures.whole is not None  # noqa: S101 - asked before
    resident = figures.whole.resident
    rows = [[service, f"{resident[service] / 2**20:.0f}"] for service in SERVICES]
    return Sheet("Resident memory at rest, MiB", ["service", "MiB"], rows)


def _weights(figures: Figures) -> Sheet:
    weights = figures.weights
    assert weights is not None  # noqa: S101 - asked before
    rows = [
        [
            f"open task, {service}",
            f"{weights.settled[service].live:,}",
            f"{weights.settled[service].outcomes:,}",
            f"{weights.unsettled[service].outcomes:,}",
        ]
        for service in SERVICES
    ]
    worker = weights.worker
    rows.append(["worker with 5 skills, router", f"{worker.live:,}", f"{worker.outcomes:,}", ""])
    columns = ["of one", "live state", "outcomes, settled (10 minutes)", "outcomes before that"]
    return Sheet("Bytes in Redis", columns, rows)


def _growth(figures: Figures) -> Sheet:
    rows = [
        [
            one.of,
            f"{one.few:,}: {Spread.of([few for few, _ in one.costs]).shown()}",
            f"{one.many:,}: {Spread.of([many for _, many in one.costs]).shown()}",
            Spread.of([many / few for few, many in one.costs]).shown(".2f"),
        ]
        for one in figures.grown
    ]
    title = "CPU of router and Redis for an assignment, µs, among few and many in 200 lanes"
    return Sheet(title, ["of", "among", "among", "ratio"], rows)


def _splits(figures: Figures) -> Sheet:
    rows = [
        [
            one.service,
            *(
                Spread.of([pair[at][server] for pair in one.pairs]).shown()
                for server in ("kafka", "redis")
                for at in (0, 1)
            ),
            Spread.of(one.ratios).shown(".2f"),
        ]
        for one in figures.splits
    ]
    title = "CPU of the servers a record, µs, with one process of a service and with two"
    columns = ["service", "Kafka, one", "two", "Redis, one", "two", "ratio of both"]
    return Sheet(title, columns, rows)


def show(figures: Figures, before: str, console: Console) -> None:
    """Print the tables."""
    for sheet in sheets(figures, before):
        sheet.print(console)


def markdown(figures: Figures, before: str = "") -> str:
    """The tables as a page."""
    parts = ["# Measured", HOW, *(sheet.markdown() for sheet in sheets(figures, before))]
    return "\n\n".join(parts) + "\n"


def kept(name: str) -> dict[str, Any]:
    """The figures kept under a name; nothing where there are none."""
    path = RESULTS / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    return found


def write(figures: Figures, name: str, before: str) -> Path:
    """Keep tables, JSON and plots under this name, and of a whole run the README of the folder.

    Returns where the tables are.
    """
    RESULTS.mkdir(exist_ok=True)
    tables = RESULTS / f"{name}.md"
    text = json.dumps(figures.plain(), indent=2, ensure_ascii=False)
    tables.with_suffix(".json").write_text(text + "\n")
    tables.write_text(markdown(figures, before))
    draw(RESULTS, before=kept(before), now=figures.plain())
    if is_whole(figures.plain()):
        write_page(name, before)
    return tables


def write_compared(measured: Mapping[str, Any], name: str) -> Path:
    """Keep what two builds cost side by side under this name; return where the tables are."""
    tables = RESULTS / f"{name}.md"
    tables.with_suffix(".json").write_text(json.dumps(measured, indent=1) + "\n")
    if name == BESIDE and measured.get("whole"):
        draw_outputs(RESULTS / "cpu.png", measured)
    parts = ["# Two builds side by side", BOTH, *(s.markdown() for s in compared.sheets(measured))]
    tables.write_text("\n\n".join(parts) + "\n")
    return tables


def write_page(name: str, before: str) -> Path:
    """Write the README of the folder from the figures kept under `name`; returns where it is."""
    readme = RESULTS / "README.md"
    beside = kept(BESIDE)
    readme.write_text(page(kept(name), kept(before), beside, name=name, before_name=before))
    return readme
