"""Recorded and simulated crowds: who answered what on which task, and the right answers."""

import csv
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CLASSES_MAX = 20
DIGITS = tuple("0123456789")


@dataclass(frozen=True, slots=True)
class Crowd:
    """One set: by task the (worker, answer) pairs, the gold answers, the options."""

    name: str
    answers: dict[str, list[tuple[str, str]]]
    gold: dict[str, str]
    options: tuple[str, ...]

    @property
    def labels(self) -> int:
        """How many answers were recorded."""
        return sum(map(len, self.answers.values()))


def recorded(folder: Path) -> Iterator[Crowd]:
    """Yield the categorical sets below a folder that have gold answers, by name.

    A set is a folder of `labels.csv` (task, worker, label) and `gold.csv` (task, label). Where an
    `INDEX.csv` tells the kind of each set, only those it calls categorical are taken.
    """
    kinds = _kinds(folder / "INDEX.csv")
    for labels in sorted(folder.glob("*/labels.csv")):
        gold = labels.with_name("gold.csv")
        if gold.exists() and kinds.get(labels.parent.name, "categorical") == "categorical":
            crowd = _read(labels, gold)
            if 2 <= len(crowd.options) <= CLASSES_MAX:
                yield crowd


def simulated(seed: int, tasks: int = 900, answers: int = 5) -> Crowd:
    """Return the demo's workforce on ten digits.

    60 people: median .80, best .95, one in ten careless (.55), one in ten answering at random.
    """
    chance = random.Random(seed)
    people = {f"w-{n}": skill for n, skill in enumerate(_skills(chance))}
    gold = {f"t-{n}": chance.choice(DIGITS) for n in range(tasks)}
    given = {
        task: [
            (worker, _answer(chance, right, people[worker]))
            for worker in chance.sample(sorted(people), answers)
        ]
        for task, right in gold.items()
    }
    return Crowd("simulated digits", given, gold, DIGITS)


def _kinds(index: Path) -> dict[str, str]:
    if not index.exists():
        return {}
    return {row["name"]: row["kind"] for row in _rows(index)}


def _read(labels: Path, gold: Path) -> Crowd:
    answers: dict[str, list[tuple[str, str]]] = {}
    for row in _rows(labels):
        if "label" not in row:
            break
        answers.setdefault(row["task"], []).append((row["worker"], row["label"]))
    options = tuple(sorted({label for given in answers.values() for _, label in given}))
    right = {row["task"]: row["label"] for row in _rows(gold) if row["task"] in answers}
    return Crowd(labels.parent.name, answers, right, options)


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _skills(chance: random.Random) -> list[float]:
    ordinary = [min(0.95, max(0.6, chance.gauss(0.80, 0.08))) for _ in range(48)]
    return ordinary + [0.55] * 6 + [1 / len(DIGITS)] * 6


def _answer(chance: random.Random, right: str, skill: float) -> str:
    if chance.random() < skill:
        return right
    return chance.choice([digit for digit in DIGITS if digit != right])
