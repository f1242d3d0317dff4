"""What the model beside people saves, on planted truth: python -m bench.witness [--seeds 4].

The same tasks, people and answers are judged twice by qa's own functions: by people alone, and with
the model's own answer beside them. Kept as bench/results/witness.md. It exits with 1 if a bar is
missed.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import repeat
from math import sqrt
from pathlib import Path
from statistics import mean, stdev

from bench.bars import Bar
from bench.witness_desk import BLIND_SHARE, WANTED, Desk, Ended
from bench.witness_planted import MODELS, PlantedModel, tasks_of

PAGE = Path(__file__).with_name("results") / "witness.md"
TASKS = 4_000
GOALS = (0.8, 0.87, 0.92, 0.95, 0.975, 0.99)
"""What people alone are asked to reach, to find what the same accuracy costs without the model."""


@dataclass(frozen=True, slots=True)
class Came:
    """What one run came to: shares of right verdicts, and answers for each verdict.

    at_equal: answers that people alone take to be right as often as with the model. heard: the
    share of verdicts in which the model counted.
    """

    right_alone: float
    answers_alone: float
    right: float
    answers: float
    at_equal: float
    heard: float


def run(number: int, seed: int, count: int = TASKS) -> Came:
    """Judge one seed's tasks with the model of this number, and without it."""
    planted = MODELS[number]
    tasks = tasks_of(planted, seed, count=count, most=WANTED.max)

    def judged(desk: Desk) -> list[Ended]:
        return [desk.judge(task, at) for at, task in enumerate(tasks)]

    def alone(goal: float) -> tuple[float, float]:
        wanted = replace(WANTED, goal=goal)
        return _figures(judged(Desk(planted.options, wanted, blind_share=None)))

    # What is worth nothing saves nothing: there is nothing to compare at equal accuracy.
    by_goal = {goal: alone(goal) for goal in ([WANTED.goal] if planted.harmless else GOALS)}
    beside = judged(Desk(planted.options))
    right, answers = _figures(beside)
    return Came(
        *by_goal[WANTED.goal],
        right=right,
        answers=answers,
        at_equal=_at(right, sorted(by_goal.values())),
        heard=mean(one.counted for one in beside),
    )


def _figures(ended: Sequence[Ended]) -> tuple[float, float]:
    return mean(one.right for one in ended), mean(one.answers for one in ended)


def _at(right: float, points: Sequence[tuple[float, float]]) -> float:
    """Return the answers at this accuracy, on straight lines between points (accuracy, answers)."""
    before = points[0]
    for point in points:
        if right <= point[0]:
            if point[0] == before[0]:
                return point[1]
            share = (right - before[0]) / (point[0] - before[0])
            return before[1] + share * (point[1] - before[1])
        before = point
    return before[1]


def measured(seeds: int, processes: int) -> Iterator[tuple[PlantedModel, list[Came]]]:
    """Yield each model with what its runs came to; a line of each is printed."""
    with ProcessPoolExecutor(processes) as pool:
        for number, planted in enumerate(MODELS):
            runs = list(pool.map(run, repeat(number, seeds), range(seeds)))
            print(_line(planted, runs), flush=True)
            yield planted, runs


HEAD = """\
# The model beside people

`python -m bench.witness` writes this page: {seeds} runs of {tasks:,} tasks for each line, with a
truth that is known. Sixty people answer (median .80, best .95, one of ten careless, one of ten at
random), two to seven of them on each task, until the answer is 95 % sure. The same answers are
judged by people alone and with the model's own answer beside them. {share:.0%} of the tasks are
judged without it, to learn what it is worth, and are part of all figures.

* **at equal accuracy**: answers that people alone take to be right as often as with the model,
  found by asking them to be more or less sure; **saved** is against these.
* **±**: the standard error of the difference in accuracy, in points. **in**: the share of verdicts
  in which the model counted.

| model | alone: right | answers | with it: right | answers | at equal accuracy | saved | ± | in |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


def _line(planted: PlantedModel, runs: Sequence[Came]) -> str:
    figures = {name: mean(getattr(one, name) for one in runs) for name in Came.__slots__}
    saved = f"{1 - figures['answers'] / figures['at_equal']:.0%}"
    equal = ("–", "–") if planted.harmless else (f"{figures['at_equal']:.2f}", saved)
    return (
        f"| {planted.name} | {figures['right_alone']:.1%} | {figures['answers_alone']:.2f} "
        f"| {figures['right']:.1%} | {figures['answers']:.2f} "
        f"| {' | '.join(equal)} | {100 * _error(runs):.2f} | {figures['heard']:.0%} |"
    )


def _error(runs: Sequence[Came]) -> float:
    gaps = [one.right - one.right_alone for one in runs]
    return stdev(gaps) / sqrt(len(gaps)) if len(gaps) > 1 else 0.0


def bars_of(planted: PlantedModel, runs: Sequence[Came]) -> Iterator[Bar]:
    """Yield what is promised of a model that is worth nothing: it costs nothing."""
    if planted.harmless:
        lost = mean(one.right_alone - one.right for one in runs)
        more = mean(one.answers for one in runs) / mean(one.answers_alone for one in runs)
        yield Bar(f"{planted.name}: points of accuracy lost", 100 * lost, most=0.2)
        yield Bar(f"{planted.name}: answers with it ÷ alone", more, most=1.02)


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(prog="python -m bench.witness", description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    rows = list(measured(options.seeds, options.processes))
    bars = [bar for planted, runs in rows for bar in bars_of(planted, runs)]
    print("\n".join(map(str, bars)))
    head = HEAD.format(seeds=options.seeds, tasks=TASKS, share=BLIND_SHARE)
    lines = "\n".join(_line(planted, runs) for planted, runs in rows)
    promised = "\n".join(f"* {' '.join(str(bar).split())}" for bar in bars)
    PAGE.write_text(f"{head}{lines}\n\n## What is promised\n\n{promised}\n", encoding="utf-8")
    sys.exit(not all(bar.met for bar in bars))


if __name__ == "__main__":
    main()
