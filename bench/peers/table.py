"""The table of the router beside its peers."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.figures import Spread
from bench.sheet import Sheet

KEPT = Path(__file__).parents[1] / "results" / "peers.json"
OURS, PEER = "router", "Quix Streams"
"""The peer is held to a bound where it does what the router does: `quix_events`, its defaults."""
CPU_MOST, RATE_LEAST = 0.80, 1.00


def sheets(kept: Mapping[str, Any]) -> Iterator[Sheet]:
    """What each costs and loses; ours to each of theirs, and whether that is what is promised."""
    columns = ["", "own CPU, µs", "with servers, µs", "records/s", "kills", "lost"]
    columns += ["doubled", "same again"]
    rows = [_row(name, runs, kept["kills"].get(name)) for name, runs in kept["runs"].items()]
    yield Sheet("The router's core job, a record", columns, rows)
    ratios = [
        row
        for name, runs in kept["runs"].items()
        if name != OURS
        for row in _ratios(name, runs, kept)
    ]
    yield Sheet("Router ÷ peer", ["of", "bound", "ratio", ""], ratios)
    yield Sheet("Measured on", ["what", "which"], [[*row] for row in kept["machine"].items()])


def _row(name: str, runs: Sequence[Any], kills: Mapping[str, int] | None) -> list[str]:
    fates = ("kills", "lost", "doubled", "again")
    return [
        name,
        Spread.of([_own(run) for run in runs]).shown(),
        Spread.of([_all(run) for run in runs]).shown(),
        Spread.of([_rate(run) for run in runs]).shown(),
        *(f"{kills[fate]:,}" if kills else "" for fate in fates),
    ]


def _ratios(name: str, theirs: Sequence[Any], kept: Mapping[str, Any]) -> Iterator[list[str]]:
    ours = kept["runs"][OURS]
    cpu = _spread(_own, ours, theirs)
    rate = _spread(_rate, ours, theirs)
    whole = _spread(_all, ours, theirs)
    bounds = (f"≤ {CPU_MOST:.2f}", f"≥ {RATE_LEAST:.2f}") if name == PEER else ("", "")
    yield [
        f"own CPU: {name}",
        bounds[0],
        cpu.shown(".2f"),
        _held(name, is_so=cpu.median <= CPU_MOST),
    ]
    yield [f"CPU with servers: {name}", "", whole.shown(".2f"), ""]
    yield [
        f"records/s: {name}",
        bounds[1],
        rate.shown(".2f"),
        _held(name, is_so=rate.median >= RATE_LEAST),
    ]


def _spread(of: Any, ours: Sequence[Any], theirs: Sequence[Any]) -> Spread:
    return Spread.of([of(a) / of(b) for a, b in zip(ours, theirs, strict=True)])


def _held(name: str, *, is_so: bool) -> str:
    return ("held" if is_so else "NOT HELD") if name == PEER else ""


def _own(run: Mapping[str, Any]) -> float:
    return 1e6 * float(run["cpu"]["own"]) / float(run["records"])


def _all(run: Mapping[str, Any]) -> float:
    return 1e6 * float(sum(run["cpu"].values())) / float(run["records"])


def _rate(run: Mapping[str, Any]) -> float:
    return float(run["offering"]) / float(run["seconds"])
