"""Models whose answers and stated confidence are made up, beside people who are, too."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.planted import workforce

FOUR = ("north", "east", "south", "west")
PAIR = ("yes", "no")
EVEN = 1.0


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says of a task: its answer, how sure it says it is, and under which name."""

    answer: str
    confidence: float
    model: str = "planted"


@dataclass(frozen=True, slots=True)
class PlantedTask:
    """One task: the truth, what the model says, and the answers that would come, in order."""

    task_id: str
    truth: str
    said: Said
    answers: Sequence[tuple[str, str]]


Speak = Callable[[random.Random, str, Sequence[str], int], Said]
"""From chance, the truth, the options and the task's number, what the model says."""


@dataclass(frozen=True, slots=True)
class PlantedModel:
    """A model by its name in the table. odds: how likely the first option is, against the second.

    harmless: whether it is worth nothing, so that it must cost nothing either.
    """

    name: str
    speak: Speak
    options: Sequence[str] = FOUR
    odds: float = EVEN
    harmless: bool = False


def steady(right: float, low: float, high: float) -> Speak:
    """Return a model that is right so often, and states something between these two."""

    def speak(chance: random.Random, truth: str, options: Sequence[str], _: int) -> Said:
        return Said(_answer(chance, truth, options, right), chance.uniform(low, high))

    return speak


def calibrated(chance: random.Random, truth: str, options: Sequence[str], _: int) -> Said:
    """Return what a model says that is right as often as it states, from .3 to 1."""
    stated = 0.3 + 0.7 * chance.random() ** 0.5
    return Said(_answer(chance, truth, options, stated), stated)


def always_the_first(_: random.Random, __: str, options: Sequence[str], ___: int) -> Said:
    """Return what a model says that has looked at nothing, and is sure."""
    return Said(options[0], 0.99)


def renamed(chance: random.Random, truth: str, options: Sequence[str], number: int) -> Said:
    """Return what a good model says that has another name with every record."""
    return Said(_answer(chance, truth, options, 0.9), 0.97, f"model-{number}")


MODELS = (
    PlantedModel("right as often as it says", calibrated),
    PlantedModel("right 90 %, says .95 to .99", steady(0.90, 0.951, 0.99)),
    PlantedModel("better than people: right 97 %, says .95 to .99", steady(0.97, 0.951, 0.99)),
    PlantedModel("claims much: right 60 %, says .99", steady(0.60, 0.99, 0.99)),
    PlantedModel("right at chance, says .99", steady(0.25, 0.99, 0.99), harmless=True),
    PlantedModel("right at chance of two, says .99", steady(0.5, 0.99, 0.99), PAIR, harmless=True),
    PlantedModel(
        "always says `yes`, which 80 % are, says .99", always_the_first, PAIR, 4.0, harmless=True
    ),
    PlantedModel("right 90 %, another name with every record", renamed, harmless=True),
)


def tasks_of(planted: PlantedModel, seed: int, *, count: int, most: int) -> list[PlantedTask]:
    """Return tasks with `most` answers each; the same for a seed whatever is learned from them."""
    chance, people = random.Random(f"{planted.name} {seed}"), workforce(random.Random(seed))
    options = planted.options
    weights = [planted.odds, *[1.0] * (len(options) - 1)]
    tasks = []
    for number in range(count):
        (truth,) = chance.choices(options, weights)
        asked = chance.sample(sorted(people), most)
        answers = [(who, _of_person(chance, truth, options, people[who])) for who in asked]
        said = planted.speak(chance, truth, options, number)
        tasks.append(PlantedTask(f"t-{seed}-{number}", truth, said, answers))
    return tasks


def _of_person(
    chance: random.Random, truth: str, options: Sequence[str], skill: float | None
) -> str:
    if skill is None:
        return chance.choice(options)
    return _answer(chance, truth, options, skill)


def _answer(chance: random.Random, truth: str, options: Sequence[str], right: float) -> str:
    if chance.random() < right:
        return truth
    return chance.choice([option for option in options if option != truth])
