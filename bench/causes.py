"""Why people differ, planted and named again: python -m bench.causes [--seeds 10].

Simulated people answer tasks of four sorts: plain ones, ones that mostly weak people are asked
about, ones with two right answers, and ones whose answer is of one pair of options that half of the
people take for each other. The table counts what each sort's verdicts are named at the end.
"""

import argparse
import random
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from bench.crowds import Crowd
from bench.judging import Step
from bench.replay import verdicts
from services.qa.agreement.choice.rules import RULES
from services.qa.agreement.choice.splits import cause_of
from services.qa.agreement.terms import AnswersWanted, Confident

OPTIONS = ("cat", "dog", "emu", "fox", "gnu")
FAULTY = ("cat", "dog")
SHARES: Mapping[str, float] = {"plain": 0.55, "noise": 0.15, "ambiguity": 0.15, "instruction": 0.15}
TASKS, ANSWERS = 800, 9
GOOD, WEAK = 0.9, 0.45
WANTED = AnswersWanted(9, ANSWERS, 0.95)
STEP = Step(rules=RULES, curve=True, price=0.002)
CONFIDENT = "confident"
NAMES = (CONFIDENT, "noise", "ambiguity", "instruction")


class Planted(NamedTuple):
    """A crowd and, by task, what was planted in it."""

    crowd: Crowd
    causes: Mapping[str, str]


def main() -> None:
    """Print, for each planted cause, which causes its verdicts were given."""
    parser = argparse.ArgumentParser(prog="python -m bench.causes", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    seeds = range(1, parser.parse_args().seeds + 1)
    counts = sum((named(planted(seed), seed) for seed in seeds), Counter[tuple[str, str]]())
    print(f"{'planted':<14}{'tasks':>7}" + "".join(f"{name:>13}" for name in NAMES))
    for cause in SHARES:
        of = sum(counts[cause, name] for name in NAMES)
        shares = "".join(f"{counts[cause, name] / of:>13.1%}" for name in NAMES)
        print(f"{cause:<14}{of:>7}{shares}")


def named(of: Planted, seed: int) -> Counter[tuple[str, str]]:
    """Return how many tasks had each planted cause and were given each name."""
    judged = list(verdicts(of.crowd, WANTED, seed, STEP))
    splits: Counter[str] = Counter()
    for one in judged:
        splits.update(one.of_type)
    return Counter(
        (
            of.causes[one.task],
            CONFIDENT if isinstance(one.ending, Confident) else cause_of(one.tally, splits),
        )
        for one in judged
    )


def planted(seed: int, tasks: int = TASKS) -> Planted:
    """Return simulated people's answers to tasks of all four sorts, in a random order."""
    chance = random.Random(seed)
    good = [f"good-{at:02}" for at in range(40)]
    weak = [f"weak-{at:02}" for at in range(20)]
    sorts = chance.choices(list(SHARES), list(SHARES.values()), k=tasks)
    causes = {f"t-{at:04}": cause for at, cause in enumerate(sorts)}
    truths = {task: _truth(chance, cause) for task, cause in causes.items()}
    answers = {
        task: [
            (worker, _answer(chance, worker, truths[task], cause))
            for worker in _asked(chance, *((weak, good) if cause == "noise" else (good, weak)))
        ]
        for task, cause in causes.items()
    }
    gold = {task: truth[0] for task, truth in truths.items()}
    return Planted(Crowd("planted", answers, gold, OPTIONS), causes)


def _truth(chance: random.Random, cause: str) -> list[str]:
    if cause == "instruction":
        return [chance.choice(FAULTY)]
    return chance.sample(OPTIONS, 2 if cause == "ambiguity" else 1)


def _asked(chance: random.Random, many: list[str], few: list[str]) -> list[str]:
    return [*chance.sample(many, ANSWERS - 2), *chance.sample(few, 2)]


def _answer(chance: random.Random, worker: str, truth: list[str], cause: str) -> str:
    right = chance.choice(truth)
    # Every other person takes the two for each other, always.
    if cause == "instruction" and int(worker[-2:]) % 2:
        right = FAULTY[1 - FAULTY.index(right)]
    if chance.random() < (GOOD if worker.startswith("good") else WEAK):
        return right
    return chance.choice([option for option in OPTIONS if option != right])


if __name__ == "__main__":
    main()
