"""What all runs of one case came to: a line of the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, median, quantiles

from bench.bars import Bar
from bench.gate_planted import Planted
from bench.gate_rivals import STARTS, at_best, soonest
from bench.gate_runs import AUDIT_SHARE, EXACT, NOTICED_WITHIN, Came, People
from services.intake.promise.thresholds import Promise
from services.intake.promise.watch import PATIENCE

KEPT_MIN, TWICE = 0.95, 2.0
WITHIN_REACH = 4.0
"""At best ÷ once, from which on twice is asked for: at best nothing is lost by auditing few."""


@dataclass(frozen=True, slots=True)
class Case:
    """A planted model under a promise, and how people err. broken: that shows what breaks it."""

    planted: Planted
    promise: Promise
    outputs: int
    people: People = EXACT
    broken: bool = False

    @property
    def name(self) -> str:
        """The model, and how people err if they do."""
        people = self.people
        if people == EXACT:
            return self.planted.name
        stated = "stated" if self.promise.missed else "not stated"
        slips = f"people miss {people.missed:.0%} of the errors ({stated})"
        if people.false_alarms:
            slips += f" and find {people.false_alarms:.0%} that are none"
        return f"{self.planted.name}; {slips}"

    def kept(self, came: Came) -> bool:
        """Return whether the promise was kept in a run.

        Of a steady model no threshold may truly let through more than promised, at any time; of a
        swapped one until the swap, and again after the gate closed. Of a drifting one the errors
        among all waived outputs may not be more, since every threshold is overtaken some day.
        """
        if self.planted.is_steady or self.planted.is_swapped:
            return came.highest <= self.promise.max_error
        return came.wrong <= self.promise.max_error * came.waived


@dataclass(frozen=True, slots=True)
class Row:
    """Shares of all outputs: waived by the gate, by the rival's best start, at best by any test,
    and by the lowest safe threshold from the first output on. kept, once_kept: in how many runs.
    """

    case: Case
    runs: int
    kept: int
    once_kept: int
    worst: float
    opened: float | None
    waived: float
    once: float
    best: float
    known: float
    closed: int
    swap: "Swap | None"

    def bars(self) -> Iterator[Bar]:
        """Yield what is promised of this case."""
        name = f"{self.case.name}, at most {self.case.promise.max_error:.0%}"
        if not self.case.broken:
            yield Bar(f"{name}: runs that kept the promise", self.kept / self.runs, least=KEPT_MIN)
        if self.case.planted.is_steady and self.best > WITHIN_REACH * self.once:
            ratio = min(99.0, self.waived / max(self.once, 1e-9))
            yield Bar(f"{name}: waived ÷ chosen once", ratio, least=TWICE)
        if self.swap is not None:
            share = self.swap.noticed / max(1, self.swap.runs)
            yield Bar(f"{name}: swaps noticed within 500 audited", share, least=KEPT_MIN)


@dataclass(frozen=True, slots=True)
class Swap:
    """Of the runs whose gate was open at the swap: how many closed it within 500 audited outputs.

    middle, late: of the audited outputs until then the median and the ninth decile. after: the mean
    true error above the threshold after the swap. soonest: what no detector could be faster than.
    """

    runs: int
    noticed: int
    middle: float
    late: float
    after: float
    soonest: float


def row_of(case: Case, runs: Sequence[Came]) -> Row:
    """Return the line of a case."""
    planted, bound, count = case.planted, case.promise.max_error, len(runs)
    truth = planted.truth_at(0.0)
    safe = truth.safe(bound)
    waived = {name: mean(one.once_waived[name] for one in runs) for name in STARTS}
    start = max(waived, key=lambda name: waived[name])
    opened = [one.opened for one in runs if one.opened is not None]
    return Row(
        case=case,
        runs=count,
        kept=sum(map(case.kept, runs)),
        once_kept=sum(_once_kept(case, one, start) for one in runs),
        worst=max(one.wrong / max(1, one.waived) for one in runs),
        opened=median(opened) if opened else None,
        waived=mean(one.waived / one.outputs for one in runs),
        once=waived[start] / case.outputs,
        best=at_best(truth, case.promise, case.outputs, AUDIT_SHARE),
        known=truth.above[safe[0]] * (1 - 1 / 16) if safe else 0.0,
        closed=sum(one.closed for one in runs),
        swap=_swap(case, runs) if planted.is_swapped else None,
    )


def _once_kept(case: Case, one: Came, start: str) -> bool:
    """Whether the rival kept the promise; like the gate, of a swapped model until the swap."""
    if case.planted.is_steady or case.planted.is_swapped:
        return one.once_highest.get(start, 0.0) <= case.promise.max_error
    return one.once_wrong[start] <= case.promise.max_error * one.once_waived[start]


def _swap(case: Case, runs: Sequence[Came]) -> Swap:
    was_open = [one for one in runs if one.was_open]
    audits = [one.audits for one in was_open] or [0]
    after = mean([one.then_wrong for one in was_open if one.then_wrong] or [1.0])
    bound = case.promise.bound
    return Swap(
        runs=len(was_open),
        noticed=sum(one.noticed and one.audits <= NOTICED_WITHIN for one in was_open),
        middle=median(audits),
        late=quantiles(audits, n=10)[-1] if len(audits) > 1 else audits[0],
        after=after,
        soonest=soonest(after, bound, PATIENCE) if after > bound else 0.0,
    )
