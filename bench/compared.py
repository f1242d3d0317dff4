"""What this build costs of what the one before cost: medians of pairs, and the bounds on them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.figures import Spread
from bench.inside import SERVICES
from bench.sheet import Sheet

Kept = Mapping[str, Any]
"""What `bench.against` has measured."""
Pair = Mapping[str, Any]
Read = Callable[[Any], float]
NOISE = 0.06
"""A median of pairs of one build with itself has been so far from 1: less is no finding."""
STAGES = {
    "burst": "in a burst",
    "eight": "with 8 people at once",
    "40": "at 40 a second",
    "10": "at 10 a second",
    "1": "at 1 a second",
}
SERVERS = {"redis": "Redis", "kafka": "Kafka"}
COLUMNS = ["what", "bound", "before", "now", "ratio", ""]


@dataclass(frozen=True, slots=True)
class Compared:
    """Something of both builds, pair by pair. `most` and `least` bound the ratio of now to before,
    `absolute` what is measured now.
    """

    what: str
    before: Sequence[float]
    now: Sequence[float]
    most: float | None = None
    least: float | None = None
    absolute: float | None = None

    @property
    def ratio(self) -> Spread:
        """Of each pair, now to before."""
        return Spread.of([b / a if a else 1.0 for a, b in zip(self.before, self.now, strict=True)])

    @property
    def held(self) -> bool:
        """Whether every bound there is holds for the medians, as they are shown."""
        ratio = round(self.ratio.median, 2)
        return (
            (self.most is None or ratio <= self.most)
            and (self.least is None or ratio >= self.least)
            and (self.absolute is None or median(self.now) <= self.absolute)
        )

    def row(self) -> list[str]:
        """Return the row of the table."""
        bounds = [
            *([f"≤ {self.most:.2f}"] if self.most is not None else []),
            *([f"≥ {self.least:.2f}"] if self.least is not None else []),
            *([f"now ≤ {self.absolute:,.0f}"] if self.absolute is not None else []),
        ]
        return [
            self.what,
            ", ".join(bounds),
            _number(median(self.before)),
            _number(median(self.now)),
            self.ratio.shown(".2f"),
            ("held" if self.held else "NOT HELD") if bounds else "",
        ]


def sheets(kept: Kept) -> Iterator[Sheet]:
    """The table of bounds; where the CPU of an output goes; what it was measured on."""
    yield Sheet("Bounds, now to before", COLUMNS, [one.row() for one in bounds(kept)])
    if kept.get("whole"):
        yield Sheet("CPU of an output, µs", COLUMNS, [one.row() for one in parts(kept)])
    if kept.get("services"):
        yield Sheet("One process on the broker", COLUMNS, [one.row() for one in records(kept)])
    built = kept.get("built", {})
    rows = [[name, what] for name, what in kept.get("machine", {}).items() if "Python" not in name]
    rows += [[f"{name}, {build}", what] for build in built for name, what in built[build].items()]
    yield Sheet("Measured on", ["what", "which"], rows)


def bounds(kept: Kept) -> Iterator[Compared]:
    """Everything that is bounded and was measured."""
    yield from _outputs(kept.get("whole") or ())
    yield from _rates(kept.get("services") or {})
    yield from _by_format(kept.get("by_format") or {})
    yield from _counts(kept.get("counts"))
    yield from _not_worse(kept)


def outputs(turns: Sequence[Pair]) -> dict[str, Spread]:
    """Return what an output costs of what it cost before, for each stage that is bounded."""
    return {
        STAGES[stage]: _of("", turns, _output(stage)).ratio for stage in ("burst", "eight", "10")
    }


def parts(kept: Kept) -> Iterator[Compared]:
    """CPU of an output in each stage: all processes, own processes, each service, the servers."""
    for stage, said in STAGES.items():
        of = kept["whole"]
        yield _of(f"{said}: all processes", of, _output(stage))
        yield _of(f"{said}: own processes", of, _output(stage, *SERVICES))
        for name in (*SERVICES, *SERVERS):
            label = f"{said}: {SERVERS.get(name, name)}"
            yield _of(label, of, _output(stage, name))
    yield _of("at rest: share of a core", kept["whole"], _rest)
    for share in ("p50", "p95"):
        label = f"seconds to the verdict, {share}, at 10 a second"
        yield _of(label, kept["whole"], _at("10", "verdicts", share))


def records(kept: Kept) -> Iterator[Compared]:
    """Of one record of each service: CPU by process, and what Redis was asked."""
    for service, measured in kept["services"].items():
        for name in ("service", "redis", "kafka"):
            label = f"{service}: CPU of {SERVERS.get(name, 'its process')}, µs"
            yield _of(label, measured["runs"], _cpu(name))
        for name, said in {
            "calls": "Redis calls",
            "writes": "Redis writes",
            "received": "bytes to Redis",
            "sent": "bytes from Redis",
        }.items():
            yield _of(f"{service}: {said}", measured["runs"], _at("redis", name))


def _outputs(turns: Sequence[Pair]) -> Iterator[Compared]:
    if not turns:
        return
    for stage, most in {"burst": 0.65, "10": 0.50, "eight": 0.60}.items():
        yield _of(
            f"CPU of all processes for an output, {STAGES[stage]}, µs",
            turns,
            _output(stage),
            most=most,
        )
    yield _of(
        "CPU of Redis for an output, in a burst, µs",
        turns,
        _output("burst", "redis"),
        most=0.70,
    )


def _rates(services: Mapping[str, Any]) -> Iterator[Compared]:
    least = {"intake": 1.4, "router": 1.6, "qa": 1.3, "payout": 1.3}
    for service, measured in services.items():
        yield _of(
            f"records/s of {service}, one process",
            measured["runs"],
            _rate,
            least=least[service],
        )


def _by_format(kept: Kept) -> Iterator[Compared]:
    """Outputs a second of CPU: of both builds by format, of this one with something more."""
    for name, pairs in kept.get("formats", {}).items():
        yield _of(f"outputs/s of intake, {name}", pairs, _a_second, least=1 - NOISE)
    for what, pairs in kept.get("within", {}).items():
        both = [{"before": pair["without"], "now": pair["with"]} for pair in pairs]
        least = 0.9 if "gate" in what else 0.7
        yield _of(f"outputs/s of intake with {what}, to without", both, _a_second, least=least)


def _counts(counts: Kept | None) -> Iterator[Compared]:
    """Both are exact: one pair is as good as seven."""
    if counts is None or "router" not in counts["now"]:
        return
    router = {name: build["router"]["large"] for name, build in counts.items()}
    for what, said, most, absolute in (
        ("received", "bytes to Redis for a router record", 0.40, 1800),
        ("writes", "Redis writes for a router record", 0.60, None),
    ):
        yield Compared(
            said, [router["before"][what]], [router["now"][what]], most=most, absolute=absolute
        )


def _not_worse(kept: Kept) -> Iterator[Compared]:
    for service, measured in (kept.get("services") or {}).items():
        yield _of(f"catch-up of {service}, events/s", measured["catch_ups"], float, least=1 - NOISE)
    for at, of in enumerate(("free workers", "waiting tasks") if kept.get("growth") else ()):
        label = f"CPU of an assignment among many {of}, µs"
        yield _of(label, kept["growth"], _among_many(at), most=1 + NOISE)
    weights = kept.get("weights")
    if weights:
        yield from _memory(weights)
    turns = kept.get("whole") or ()
    if turns:
        for service in SERVICES:
            label = f"MiB of {service} at rest"
            yield _of(label, turns, _at("rest", "resident", service), most=1 + NOISE)
        yield _of(
            "first offers' p99 ÷ the relay's hop, at 40 a second",
            turns,
            _hops,
            most=1 + NOISE,
        )


def _memory(weights: Pair) -> Iterator[Compared]:
    """Bytes in Redis: of an open task, of its settled outcomes, of a worker."""

    def together(build: str, kind: str) -> list[float]:
        return [sum(one[kind] for one in weights[build]["settled"].values())]

    for kind, said, absolute in (
        ("live", "bytes in Redis of an open task", 1536),
        ("outcomes", "bytes in Redis of an open task's settled outcomes", None),
    ):
        before, now = together("before", kind), together("now", kind)
        yield Compared(said, before, now, most=1.0 if absolute is None else None, absolute=absolute)
    before, now = ([weights[build]["worker"]["live"]] for build in ("before", "now"))
    yield Compared("bytes in Redis of a worker with 5 skills", before, now, absolute=1024)


def _of(
    what: str,
    pairs: Iterable[Pair],
    read: Read,
    *,
    most: float | None = None,
    least: float | None = None,
) -> Compared:
    both = list(pairs)
    before, now = ([read(pair[build]) for pair in both] for build in ("before", "now"))
    return Compared(what, before, now, most=most, least=least)


# --- what is read of one build's half of a pair --------------------------------------------------


def _output(stage: str, *names: str) -> Read:
    """Microseconds of CPU for an output, of all processes or of those that are named."""

    def read(turn: Kept) -> float:
        cpu = turn[stage]["cpu"]
        seconds = sum(float(cpu[name]) for name in names or cpu)
        return 1e6 * seconds / float(turn[stage]["outputs"])

    return read


def _at(*path: str) -> Read:
    """The number that stands there."""

    def read(measured: Any) -> float:
        for name in path:
            measured = measured[name]
        return float(measured)

    return read


def _cpu(process: str) -> Read:
    """Microseconds of CPU for a record, of one process."""
    return lambda run: 1e6 * float(run["cpu"][process]) / float(run["records"])


def _a_second(microseconds: float) -> float:
    return 1e6 / microseconds


def _rate(run: Kept) -> float:
    return float(run["records"]) / float(run["seconds"])


def _rest(turn: Kept) -> float:
    return float(sum(turn["rest"]["cpu"].values()))


def _hops(turn: Kept) -> float:
    return float(turn["40"]["offers"]["p99"]) / float(turn["40"]["hop"]["p99"])


def _among_many(at: int) -> Read:
    return lambda grown: float(median(many for _, many in grown[at]["costs"]))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
