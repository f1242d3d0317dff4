"""What is promised of speed, beside what was measured, before and now."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

Kept = Mapping[str, Any]
"""Figures as they are kept in `bench/results/NAME.json`."""
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Bound:
    """One promise: `at_least` or at most so much of what `read` finds in kept figures."""

    what: str
    limit: float
    read: Callable[[Kept], float | None]
    at_least: bool = False
    form: str = ".3f"

    def row(self, before: Kept, now: Kept) -> list[str] | None:
        """The promise, what was measured before and now, and whether it is held; None where it was
        not measured now.
        """
        found, was = self.read(now), self.read(before)
        if found is None:
            return None
        held = found >= self.limit if self.at_least else found <= self.limit
        sign = "≥" if self.at_least else "≤"
        return [
            self.what,
            f"{sign} {self.limit:,g}",
            "" if was is None else f"{was:{self.form}}",
            f"{found:{self.form}}",
            "held" if held else "NOT HELD",
        ]


def rows(before: Kept, now: Kept) -> Iterable[list[str]]:
    """The rows of all promises that were measured."""
    return (found for bound in BOUNDS if (found := bound.row(before, now)) is not None)


def _service(name: str, figure: str) -> Callable[[Kept], float | None]:
    def read(kept: Kept) -> float | None:
        for one in kept.get("services") or ():
            if one["service"] == name:
                return float(one[figure]["median"])
        return None

    return read


def _of(*path: str) -> Callable[[Kept], float | None]:
    def read(kept: Kept) -> float | None:
        found: Any = kept
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return None if found is None else float(found)

    return read


def _open_task(kept: Kept) -> float | None:
    """Live bytes of an open task in all four services together."""
    weights = kept.get("weights")
    return sum(one["live"] for one in weights["settled"].values()) if weights else None


def _at_rest(kept: Kept) -> float | None:
    """Of the largest service, in MiB."""
    whole = kept.get("whole")
    return max(whole["resident"].values()) / MIB if whole else None


def _split(name: str) -> Callable[[Kept], float | None]:
    def read(kept: Kept) -> float | None:
        for one in kept.get("splits") or ():
            if one["service"] == name:
                pairs = one.get("pairs") or [(one["one"], one["two"])]  # once it was one pair
                return float(median(sum(b.values()) / sum(a.values()) for a, b in pairs))
        return None

    return read


def _growth(of: str) -> Callable[[Kept], float | None]:
    def read(kept: Kept) -> float | None:
        for one in kept.get("grown") or ():
            if one["of"] == of:
                return float(median(many / few for few, many in one["costs"]))
        return None

    return read


_RATIOS = {"intake": 0.25, "router": 0.15, "qa": 0.20, "payout": 0.20}
BOUNDS: tuple[Bound, ...] = (
    *(
        Bound(f"records/s of {name} ÷ relay", limit, _service(name, "ratio"), at_least=True)
        for name, limit in _RATIOS.items()
    ),
    *(
        Bound(
            f"catch-up of {name}, events/s ÷ relay",
            0.30,
            _service(name, "events_ratio"),
            at_least=True,
        )
        for name in _RATIOS
    ),
    Bound("bytes in Redis of an open task", 1536, _open_task, form=",.0f"),
    Bound(
        "bytes in Redis of a worker with 5 skills",
        1024,
        _of("weights", "worker", "live"),
        form=",.0f",
    ),
    Bound("MiB of the largest service at rest", 120, _at_rest, form=".0f"),
    *(
        Bound(f"CPU of an assignment among many {of} ÷ among few", 1.5, _growth(of), form=".2f")
        for of in ("free workers", "waiting tasks")
    ),
    Bound(
        "p99 from output to first offer ÷ the relay's",
        5,
        _of("whole", "delays", "ratio"),
        form=".1f",
    ),
    *(
        Bound(
            f"CPU of Kafka and Redis, two processes of {name} ÷ one", 1.15, _split(name), form=".2f"
        )
        for name in _RATIOS
    ),
)
