"""Medians with their spread, and the rows of the table: pure arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.delay import Delays, share
from bench.growth import Grown
from bench.shared_work import Split
from bench.throughput import Run
from bench.weight import Weights
from bench.whole import Round, Whole


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some measurements, and the lowest and the highest of them."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of at least one value."""
        return cls(median(values), min(values), max(values))

    def shown(self, form: str = ",.0f") -> str:
        """As `1,200 (1,100–1,300)`."""
        return f"{self.median:{form}} ({self.low:{form}}–{self.high:{form}})"


@dataclass(frozen=True, slots=True)
class Measured:
    """One service against the relay: records a second of both, the ratio pair by pair, and the
    microseconds of CPU a record costs in each process.
    """

    service: str
    records: int
    rate: Spread
    relay: Spread
    ratio: Spread
    cpu: Mapping[str, Spread]
    cpu_ratio: Spread
    events: Spread
    events_ratio: Spread
    resident: Spread

    @classmethod
    def of(cls, service: str, pairs: Sequence[tuple[Run, Run]], folds: Sequence[Run]) -> "Measured":
        """Of pairs of a run and the relay's, and the catch-up after each."""
        runs, relays = [run for run, _ in pairs], [relay for _, relay in pairs]
        cpu = {name: Spread.of([run.each(name) for run in runs]) for name in runs[0].cpu}
        cpu["relay"] = Spread.of([relay.each("relay") for relay in relays])
        each = zip(folds, relays, strict=True)
        return cls(
            service=service,
            records=runs[0].records,
            rate=Spread.of([run.rate for run in runs]),
            relay=Spread.of([relay.rate for relay in relays]),
            ratio=Spread.of([run.rate / relay.rate for run, relay in pairs]),
            cpu=cpu,
            cpu_ratio=Spread.of(
                [relay.each("relay") / run.each("service") for run, relay in pairs]
            ),
            events=Spread.of([fold.rate for fold in folds]),
            events_ratio=Spread.of([fold.rate / relay.rate for fold, relay in each]),
            resident=Spread.of([run.resident / 2**20 for run in runs]),
        )


@dataclass(frozen=True)
class Figures:
    """Everything that was measured."""

    machine: Mapping[str, str]
    services: Sequence[Measured]
    whole: Whole | None
    weights: Weights | None
    grown: Sequence[Grown]
    seconds: float
    splits: Sequence[Split] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON has it; of single waits only what is shown of them."""
        found = asdict(self)
        if self.whole is not None:
            rounds = (*self.whole.rounds, self.whole.trickle)
            for kept, one in zip(
                (*found["whole"]["rounds"], found["whole"]["trickle"]), rounds, strict=True
            ):
                kept["waits"] = waits(one)
            found["whole"]["delays"] = delayed(self.whole.delays)
        return found


def delayed(measured: Delays) -> dict[str, Any]:
    """Delays of the services and of the relay, percent by percent."""
    percents = (*range(1, 100), 100)
    kept = {"offers": measured.offers, "relayed": measured.relayed}
    return {
        "rate": measured.rate,
        "ratio": measured.ratio,
        **{name: [share(delays, percent) for percent in percents] for name, delays in kept.items()},
    }


def waits(one_round: Round) -> dict[str, float]:
    """Seconds from output to verdict: half of them were faster than p50, all but one of 20 than
    p95.
    """
    ordered = sorted(one_round.waits)
    return {f"p{share}": ordered[(len(ordered) - 1) * share // 100] for share in (50, 95)}
