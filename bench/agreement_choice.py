"""Choices of recorded crowds and of the demo's workforce against majority on all answers."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean

from bench.bars import Bar
from bench.crowds import Crowd, recorded, simulated
from bench.replay import Outcome, majority, replay
from services.qa.agreement.terms import AnswersWanted

QUALITY = "accuracy"
SIMULATED = "digits, 2 to 5"
LEAST, MOST, CONFIDENCE = 1, 100, 0.95
DIGITS = AnswersWanted(2, 5, CONFIDENCE)
USED_MAX, LOSS_MAX, MICROSECONDS_MAX = 0.55, 0.015, 1000.0


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One set's line: shares of 1; `full` is majority on all answers, `same` on ours."""

    name: str
    full: float
    same: float
    quality: float
    used: float
    per_task: float
    stated: float
    calibration: float
    microseconds: float

    def __str__(self) -> str:
        gain = self.quality - self.full
        return (
            f"{self.name:<18}{self.full:>9.3f}{self.same:>8.3f}{self.quality:>7.3f}"
            f"{100 * gain:>+7.1f}{self.used:>8.0%}{self.per_task:>9.2f}{self.stated:>8.3f}"
            f"{self.calibration:>6.2f}{self.microseconds:>6.0f}"
        )


def header() -> str:
    """Return the titles of the columns."""
    return (
        f"{'set':<18}{'majority':>9}{'same n':>8}{'ours':>7}{'gain':>7}{'labels':>8}"
        f"{'per task':>9}{'stated':>8}{'ECE':>6}{'us':>6}"
    )


def measured(folder: Path, seeds: int) -> Iterator[ChoiceRow]:
    """Replay each set of choices that has gold, then the demo's workforce on digits."""
    wanted = AnswersWanted(LEAST, MOST, CONFIDENCE)
    crowds = list(recorded(folder))
    if not crowds:
        return
    with ProcessPoolExecutor() as pool:
        yield from pool.map(partial(measure, wanted=wanted, seeds=seeds), crowds)
    rows = [measure(simulated(seed), DIGITS, seeds=1) for seed in range(1, seeds + 1)]
    yield _average(SIMULATED, rows)


def means(rows: Sequence[ChoiceRow]) -> ChoiceRow:
    """Return the means over the recorded sets."""
    sets = [row for row in rows if row.name != SIMULATED]
    return _average(f"mean of {len(sets)}", sets)


def bars(rows: Sequence[ChoiceRow]) -> Iterator[Bar]:
    """Yield what choices promise without golds."""
    sets = [row for row in rows if row.name != SIMULATED]
    yield Bar("share of the answers", means(rows).used, most=USED_MAX)
    worst = min(sets, key=lambda row: row.quality - row.full)
    yield Bar(f"the worst set, {worst.name}", worst.quality - worst.full, least=-LOSS_MAX)
    slowest = max(row.microseconds for row in sets)
    yield Bar("microseconds of a decision", slowest, most=MICROSECONDS_MAX)


def measure(crowd: Crowd, wanted: AnswersWanted, seeds: int) -> ChoiceRow:
    """Replay one crowd once per seed and average."""
    outcomes = [replay(crowd, wanted, seed) for seed in range(1, seeds + 1)]
    full = mean(majority([a for _, a in crowd.answers[t]], g) for t, g in crowd.gold.items())
    used = _mean(o.used for o in outcomes)
    return ChoiceRow(
        name=crowd.name,
        full=full,
        same=_mean(o.majority / len(o.verdicts) for o in outcomes),
        quality=_mean(o.accuracy for o in outcomes),
        used=used / crowd.labels,
        per_task=used / len(crowd.answers),
        stated=_mean(o.stated for o in outcomes),
        calibration=_mean(o.calibration_error for o in outcomes),
        microseconds=_mean(_microseconds(o) for o in outcomes),
    )


def _average(name: str, rows: Sequence[ChoiceRow]) -> ChoiceRow:
    return ChoiceRow(
        name=name,
        full=_mean(r.full for r in rows),
        same=_mean(r.same for r in rows),
        quality=_mean(r.quality for r in rows),
        used=_mean(r.used for r in rows),
        per_task=_mean(r.per_task for r in rows),
        stated=_mean(r.stated for r in rows),
        calibration=_mean(r.calibration for r in rows),
        microseconds=_mean(r.microseconds for r in rows),
    )


def _microseconds(outcome: Outcome) -> float:
    return 1e6 * outcome.seconds / outcome.decisions


def _mean(values: Iterable[float]) -> float:
    return mean(list(values))
