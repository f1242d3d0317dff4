"""Agreement on recorded crowds, online, one setting for all: python -m bench.agreement FOLDER."""

import argparse
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean

from bench.crowds import Crowd, recorded, simulated
from bench.replay import Outcome, majority, replay
from services.qa.agreement.terms import AnswersWanted

HEADER = (
    f"{'set':<18}{'majority':>9}{'same n':>8}{'ours':>7}{'gain':>7}{'labels':>8}"
    f"{'per task':>9}{'stated':>8}{'ECE':>6}{'us':>6}"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One set's line: shares of 1; `full` is majority on all answers, `same` on ours."""

    name: str
    full: float
    same: float
    accuracy: float
    labels: float
    per_task: float
    stated: float
    calibration: float
    microseconds: float

    def __str__(self) -> str:
        gain = self.accuracy - self.full
        return (
            f"{self.name:<18}{self.full:>9.3f}{self.same:>8.3f}{self.accuracy:>7.3f}"
            f"{100 * gain:>+7.1f}{self.labels:>8.0%}{self.per_task:>9.2f}{self.stated:>8.3f}"
            f"{self.calibration:>6.2f}{self.microseconds:>6.0f}"
        )


def main() -> None:
    """Replay each set of the folder, then the demo's workforce; print a line each."""
    given = _arguments()
    wanted = AnswersWanted(given.least, given.most, given.confidence)
    print(f"confidence {given.confidence}, at least {given.least}, {given.seeds} seeds")
    print(HEADER)
    if given.folder is not None:
        crowds = [c for c in recorded(given.folder) if c.name not in given.without]
        _summary(list(_measured(crowds, wanted, given.seeds)))
    digits = AnswersWanted(2, 5, given.confidence)
    rows = [measure(simulated(seed), digits, seeds=1) for seed in range(1, given.seeds + 1)]
    print(_average("digits, 2 to 5", rows))


def measure(crowd: Crowd, wanted: AnswersWanted, seeds: int) -> Row:
    """Replay one crowd once per seed and average."""
    outcomes = [replay(crowd, wanted, seed) for seed in range(1, seeds + 1)]
    full = mean(majority([a for _, a in crowd.answers[t]], g) for t, g in crowd.gold.items())
    used = _mean(o.used for o in outcomes)
    return Row(
        name=crowd.name,
        full=full,
        same=_mean(o.majority / len(o.verdicts) for o in outcomes),
        accuracy=_mean(o.accuracy for o in outcomes),
        labels=used / crowd.labels,
        per_task=used / len(crowd.answers),
        stated=_mean(o.stated for o in outcomes),
        calibration=_mean(o.calibration_error for o in outcomes),
        microseconds=_mean(_microseconds(o) for o in outcomes),
    )


def _measured(crowds: Sequence[Crowd], wanted: AnswersWanted, seeds: int) -> Iterable[Row]:
    with ProcessPoolExecutor() as pool:
        for row in pool.map(partial(measure, wanted=wanted, seeds=seeds), crowds):
            print(row, flush=True)
            yield row


def _summary(rows: Sequence[Row]) -> None:
    if not rows:
        print("no categorical set with gold answers in this folder")
        return
    print(_average(f"mean of {len(rows)}", rows))
    worst = min(rows, key=lambda row: row.accuracy - row.full)
    print(f"worst against full majority: {worst.name} {100 * (worst.accuracy - worst.full):+.1f}")
    print(f"mean |stated - actual|: {_mean(abs(r.stated - r.accuracy) for r in rows):.3f}")


def _average(name: str, rows: Sequence[Row]) -> Row:
    return Row(
        name=name,
        full=_mean(r.full for r in rows),
        same=_mean(r.same for r in rows),
        accuracy=_mean(r.accuracy for r in rows),
        labels=_mean(r.labels for r in rows),
        per_task=_mean(r.per_task for r in rows),
        stated=_mean(r.stated for r in rows),
        calibration=_mean(r.calibration for r in rows),
        microseconds=_mean(r.microseconds for r in rows),
    )


def _microseconds(outcome: Outcome) -> float:
    return 1e6 * outcome.seconds / outcome.decisions


def _mean(values: Iterable[float]) -> float:
    return mean(list(values))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.agreement", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="folder of sets, one folder each")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--confidence", type=float, default=0.95)
    parser.add_argument("--least", type=int, default=1, help="answers before a task is judged")
    parser.add_argument("--most", type=int, default=100, help="answers at most")
    parser.add_argument("--without", nargs="*", default=(), help="sets to leave out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
