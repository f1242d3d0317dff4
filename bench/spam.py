"""Plants people who do not look into a recorded crowd, beside those who were recorded."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bench.crowds import Crowd

PREFIX = "planted-"
"""Begins the id of every planted worker."""
Spammer = Callable[[Sequence[str], str], str]
"""Returns the answer that a planted worker gives, from the options and the task."""


def planted(crowd: Crowd, sort: str, share: float, seed: int) -> Crowd:
    """Return the crowd with so many more people that `share` of all of them are of this sort.

    Each answers as many tasks as one of the recorded people, drawn at random, and tasks at random.
    Sorts are the keys of SORTS. Without a share it is the crowd itself.
    """
    chance = random.Random(f"{crowd.name} {sort} {share} {seed}")
    busy = sorted(Counter(w for given in crowd.answers.values() for w, _ in given).values())
    number = round(len(busy) * share / (1 - share))
    answers = {task: list(given) for task, given in crowd.answers.items()}
    tasks = sorted(answers)
    for at in range(number):
        spammer = SORTS[sort](chance, crowd.options)
        for task in chance.sample(tasks, min(len(tasks), chance.choice(busy))):
            answers[task].append((f"{PREFIX}{at}", spammer(crowd.options, task)))
    return replace(crowd, answers=answers)


def _at_random(chance: random.Random, _: Sequence[str]) -> Spammer:
    return lambda options, __: chance.choice(options)


def _constant(chance: random.Random, options: Sequence[str]) -> Spammer:
    always = chance.choice(options)
    return lambda _, __: always


def _colluding(_: random.Random, __: Sequence[str]) -> Spammer:
    # All say the same of a task, whatever it shows: as from one leaked and wrong list.
    return lambda options, task: random.Random(f"list {task}").choice(options)


SORTS: Mapping[str, Callable[[random.Random, Sequence[str]], Spammer]] = {
    "random": _at_random,
    "constant": _constant,
    "colluding": _colluding,
}
