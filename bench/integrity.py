"""Shows what people without care cost, without and with evidence against them.

`python -m bench.integrity FOLDER` plants people who do not look (bench/spam.py) beside those of
each recorded set of choices, and replays it as the service judges it. It prints what that costs in
points of accuracy beside the same crowd without them, how many of the planted are proposed to the
operator, and how many of those who were recorded. Last come crowds of whom all take care.
"""

import argparse
import random
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean

from bench.bars import Bar
from bench.crowds import Crowd, recorded
from bench.judging import Step
from bench.replay import Outcome, replay
from bench.spam import PREFIX, planted
from services.qa.agreement.terms import AnswersWanted

WANTED = AnswersWanted(1, 100, 0.95)
PLANTED: Sequence[tuple[str, float]] = (
    ("random", 0.0),
    ("random", 0.2),
    ("random", 0.4),
    ("constant", 0.2),
    ("constant", 0.4),
    ("colluding", 0.2),
    ("colluding", 0.4),
)
COST_MAX, WRONGLY_MAX = 0.012, 0.01
PROMISED = (("random", 0.4), ("colluding", 0.2))
SEEDS, LABELS_MAX = 3, 10_000
HONEST = ((2, 0.65), (2, 0.8), (4, 0.55), (10, 0.55))
"""Crowds of whom all take care: by options how often the weakest is right, the best is at .95."""
PEOPLE, TASKS, ANSWERS = 40, 800, 5


@dataclass(frozen=True, slots=True)
class SpamRow:
    """One sort of planted people, its share, and what it comes to: shares of 1, means over sets.

    majority, plain, weighed: accuracy of majority on all answers, of the service without evidence
    against its workers, and with it. Costs are those two beside the same without planted people.
    per_task: answers asked for, with evidence. found, others: how many of the planted and of the
    recorded people are proposed to the operator.
    """

    sort: str
    share: float
    majority: float
    plain: float
    weighed: float
    plain_cost: float
    weighed_cost: float
    per_task: float
    found: float
    others: float

    def __str__(self) -> str:
        costs = f"{100 * self.plain_cost:>+8.2f}{100 * self.weighed_cost:>+9.2f}"
        return (
            f"{self.sort:<10}{self.share:>5.0%}{self.majority:>10.3f}{self.plain:>8.3f}"
            f"{self.weighed:>9.3f}{costs}{self.per_task:>10.2f}{self.found:>8.0%}{self.others:>8.1%}"
        )


def header() -> str:
    """Return the titles of the columns."""
    return (
        f"{'planted':<10}{'share':>5}{'majority':>10}{'plain':>8}{'weighed':>9}{'cost':>8}"
        f"{'weighed':>9}{'per task':>10}{'found':>8}{'others':>8}"
    )


@dataclass(frozen=True, slots=True)
class _Replayed:
    accuracy: float
    majority: float
    per_task: float
    found: float
    others: float


def measured(crowds: Sequence[Crowd], seeds: int, pool: Executor) -> Iterator[SpamRow]:
    """Replay each set once for each seed, sort and share, without and with evidence."""
    before = 0.0, 0.0
    for sort, share in PLANTED:
        runs = [(crowd, sort, share, seed) for crowd in crowds for seed in range(1, seeds + 1)]
        plain, weighed = (
            list(pool.map(partial(_replayed, step=Step(integrity=integrity)), runs))
            for integrity in (False, True)
        )
        accuracies = _mean(one.accuracy for one in plain), _mean(one.accuracy for one in weighed)
        before = before if share else accuracies
        yield SpamRow(
            sort=sort if share else "nobody",
            share=share,
            majority=_mean(one.majority for one in plain),
            plain=accuracies[0],
            weighed=accuracies[1],
            plain_cost=before[0] - accuracies[0],
            weighed_cost=before[1] - accuracies[1],
            per_task=_mean(one.per_task for one in weighed),
            found=_mean(one.found for one in weighed),
            others=_mean(one.others for one in weighed),
        )


def bars(rows: Sequence[SpamRow]) -> Iterator[Bar]:
    """Yield what is promised of planted people: what they cost with evidence against them."""
    for row in rows:
        if (row.sort, row.share) in PROMISED:
            yield Bar(f"cost of {row.share:.0%} {row.sort}", row.weighed_cost, most=COST_MAX)


def honest_crowd(options: int, weakest: float, seed: int) -> Crowd:
    """Return a crowd of whom all take care, from `weakest` to .95 right, the rest at random."""
    chance = random.Random(f"honest {options} {weakest} {seed}")
    names = tuple(f"o{at}" for at in range(options))
    skills = {f"w-{at}": chance.uniform(weakest, 0.95) for at in range(PEOPLE)}
    gold = {f"t-{at}": chance.choice(names) for at in range(TASKS)}
    answers = {
        task: [
            (worker, right if chance.random() < skills[worker] else _another(chance, right, names))
            for worker in chance.sample(sorted(skills), ANSWERS)
        ]
        for task, right in gold.items()
    }
    return Crowd(f"{options} options, from {weakest}", answers, gold, names)


def wrongly(options: int, weakest: float, seeds: int) -> float:
    """Return the share of people who take care that are proposed to the operator."""
    crowds = [honest_crowd(options, weakest, seed) for seed in range(1, seeds + 1)]
    return _mean(_flagged(replay(one, WANTED, 1, Step(integrity=True)), one)[1] for one in crowds)


def _another(chance: random.Random, right: str, names: Sequence[str]) -> str:
    return chance.choice([one for one in names if one != right])


def _replayed(run: tuple[Crowd, str, float, int], step: Step) -> _Replayed:
    crowd, sort, share, seed = run
    whole = planted(crowd, sort, share, seed) if share else crowd
    outcome = replay(whole, WANTED, seed, step)
    found, others = _flagged(outcome, whole)
    return _Replayed(
        outcome.accuracy, outcome.full_accuracy, outcome.used / len(whole.answers), found, others
    )


def _flagged(outcome: Outcome, crowd: Crowd) -> tuple[float, float]:
    """Return the shares of the planted and of the other people that are proposed."""
    people = {worker for given in crowd.answers.values() for worker, _ in given}
    spam = {worker for worker in people if worker.startswith(PREFIX)}
    others = people - spam
    return (
        len(outcome.flagged & spam) / max(1, len(spam)),
        len(outcome.flagged & others) / max(1, len(others)),
    )


def _mean(values: Iterable[float]) -> float:
    return mean(list(values))


def main() -> None:
    """Print the table of planted people, what is promised, and the crowds of careful ones."""
    options = _arguments()
    crowds = [crowd for crowd in recorded(options.folder) if crowd.labels <= options.labels_max]
    rows: list[SpamRow] = []
    if crowds:
        print(f"{len(crowds)} sets of {options.labels_max} answers at most, {options.seeds} seeds")
        print(header())
        with ProcessPoolExecutor() as pool:
            for row in measured(crowds, options.seeds, pool):
                print(row, flush=True)
                rows.append(row)
        for bar in bars(rows):
            print(bar)
    print("\npeople who all take care: proposed to the operator")
    for number, weakest in HONEST:
        share = wrongly(number, weakest, options.seeds)
        print(Bar(f"{number} options, right from {weakest:.0%} up", share, most=WRONGLY_MAX))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.integrity", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of sets, one folder each")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--labels-max", type=int, default=LABELS_MAX, help="leave larger sets out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
