"""Shows what each thing that golds teach adds on recorded choices, one line for each step.

`python -m bench.agreement FOLDER --steps` prints the table and the bars that hold with golds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import mean

from bench.bars import Bar
from bench.crowds import Crowd, recorded
from bench.judging import Step
from bench.replay import Outcome, replay
from services.qa.agreement.calibration import bins_of, calibration_error
from services.qa.agreement.choice.rules import RULES, Rule
from services.qa.agreement.terms import AnswersWanted

WANTED = AnswersWanted(1, 100, 0.95)
PRICE, PRICE_HIGH = 0.002, 0.011
GOLDS_MANY = 90
LESS_MAX = 0.003
_GOLDS = Step(golds=0.05)
_DAMPING = tuple(rule for rule in RULES if rule[1:] == Rule()[1:])
_BEST = replace(_GOLDS, rules=RULES, curve=True, price=PRICE)
STEPS: Mapping[str, Step] = {
    "no golds": Step(),
    "no golds, a price": Step(rules=RULES, curve=True, price=PRICE),
    "a 5 % golds teach": _GOLDS,
    "b damping by golds": replace(_GOLDS, rules=_DAMPING),
    "b damping, mix, prior": replace(_GOLDS, rules=RULES),
    "c stated corrected": replace(_GOLDS, rules=RULES, curve=True),
    "d a price": _BEST,
    "d best of three": replace(_BEST, best_of=3),
    "d best of three, dearer": replace(_BEST, best_of=3, price=PRICE_HIGH),
    "d 10 % golds": replace(_BEST, golds=0.1),
}


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step over all sets: shares of 1, means over the sets unless a name says otherwise.

    error: calibration error. of_many: that of the sets with GOLDS_MANY golds and more. pooled: that
    of the verdicts of all sets together. worst: the set with the lowest gain.
    """

    name: str
    used: float
    gain: float
    worst: tuple[float, str]
    error: float
    of_many: float
    pooled: float

    def __str__(self) -> str:
        lowest, where = self.worst
        errors = f"{100 * self.error:>7.1f}{100 * self.of_many:>9.1f}{100 * self.pooled:>8.1f}"
        return (
            f"{self.name:<26}{self.used:>7.1%}{100 * self.gain:>+8.2f}{100 * lowest:>+7.1f} "
            f"{where:<12}{errors}"
        )


def header() -> str:
    """Return the titles of the columns."""
    return (
        f"{'step':<26}{'used':>7}{'gain':>8}{'worst':>7} {'set':<12}{'ECE':>7}"
        f"{'90 golds':>9}{'pooled':>8}"
    )


def measured(folder: Path, seeds: int) -> Iterator[StepRow]:
    """Replay each set once for each seed and step."""
    crowds = sorted(recorded(folder), key=lambda crowd: -crowd.labels)
    if not crowds:
        return
    runs = [(crowd, seed) for crowd in crowds for seed in range(1, seeds + 1)]
    with ProcessPoolExecutor() as pool:
        for name, step in STEPS.items():
            outcomes = pool.map(partial(_outcome, step=step), runs)
            yield row(name, [(crowd.name, o) for (crowd, _), o in zip(runs, outcomes, strict=True)])


def row(name: str, outcomes: Sequence[tuple[str, Outcome]]) -> StepRow:
    """Return the line of a step from its replays, each with the name of its set."""
    by_set: dict[str, list[Outcome]] = {}
    for of, outcome in outcomes:
        by_set.setdefault(of, []).append(outcome)
    gains = {of: _mean(o.accuracy - o.full_accuracy for o in some) for of, some in by_set.items()}
    errors = {of: _mean(o.calibration_error for o in some) for of, some in by_set.items()}
    many = [errors[of] for of, some in by_set.items() if some[0].golds >= GOLDS_MANY]
    return StepRow(
        name=name,
        used=_mean(_mean(o.used / o.labels for o in some) for some in by_set.values()),
        gain=_mean(gains.values()),
        worst=min((gain, of) for of, gain in gains.items()),
        error=_mean(errors.values()),
        of_many=_mean(many) if many else 0.0,
        pooled=calibration_error(bins_of(v for _, o in outcomes for v in o.verdicts)),
    )


def bars(rows: Sequence[StepRow]) -> Iterator[Bar]:
    """Yield what choices promise with golds, and that a price alone costs little without any."""
    by_name = {one.name: one for one in rows}
    even, priced = by_name["no golds"], by_name["no golds, a price"]
    yield Bar("no golds: what the rest costs", even.gain - priced.gain, most=LESS_MAX)
    best, routed = by_name["d a price"], by_name["d best of three, dearer"]
    yield Bar("5 % golds: share of the answers", best.used, most=0.55)
    yield Bar("5 % golds: gain over majority", best.gain, least=0.022)
    yield Bar("5 % golds: calibration error", best.error, most=0.075)
    yield Bar("5 % golds: of sets with 90 golds", best.of_many, most=0.055)
    yield Bar("5 % golds: of all verdicts together", best.pooled, most=0.05)
    yield Bar("10 % golds: calibration error", by_name["d 10 % golds"].error, most=0.06)
    yield Bar("best of three: share of the answers", routed.used, most=0.45)
    yield Bar("best of three: gain over majority", routed.gain, least=0.019)


def _outcome(run: tuple[Crowd, int], step: Step) -> Outcome:
    crowd, seed = run
    return replay(crowd, WANTED, seed, step)


def _mean(values: Iterable[float]) -> float:
    return mean(list(values))
