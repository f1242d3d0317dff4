"""Recorded and simulated crowds: who answered what on which task, and the right answers."""

import csv
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CLASSES_MAX = 20
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
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

    A set is a folder of `labels.csv` (task, worker, label) and `gold.csv` (task, label).
    """
    for place in folders(folder, "categorical"):
        crowd = _read(place / "labels.csv", place / "gold.csv")
        if 2 <= len(crowd.options) <= CLASSES_MAX:
            yield crowd


def folders(folder: Path, kind: str) -> Iterator[Path]:
    """Yield the folders of the sets of one kind that have gold answers, by name.

    Kinds are those of an `INDEX.csv`, which has the columns `name` and `kind`: `categorical`,
    `numeric`, `pairwise-pref` or `text`. A set that it does not name is told by its columns: a
    `text`, else numbers as labels of which gold has others or there are many, else categorical.
    """
    kinds = _kinds(folder / "INDEX.csv")
    for labels in sorted(folder.glob("*/labels.csv")):
        place = labels.parent
        if (place / "gold.csv").exists() and (kinds.get(place.name) or _shape(place)) == kind:
            yield place


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


def rows_of(path: Path) -> Iterable[dict[str, str]]:
    """Yield the rows of a file of comma-separated values by the names of their columns."""
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _kinds(index: Path) -> dict[str, str]:
    if not index.exists():
        return {}
    return {row["name"]: row["kind"] for row in rows_of(index)}


def _shape(place: Path) -> str:
    rows = list(rows_of(place / "labels.csv"))
    if rows and "label" not in rows[0]:
        return "text"
    labels = {row["label"] for row in rows}
    gold = {row["label"] for row in rows_of(place / "gold.csv")}
    numbers = all(NUMBER.fullmatch(label) for label in labels | gold)
    return "numeric" if numbers and (len(labels) > CLASSES_MAX or gold - labels) else "categorical"


def _read(labels: Path, gold: Path) -> Crowd:
    answers: dict[str, list[tuple[str, str]]] = {}
    for row in rows_of(labels):
        answers.setdefault(row["task"], []).append((row["worker"], row["label"]))
    options = tuple(sorted({label for given in answers.values() for _, label in given}))
    right = {row["task"]: row["label"] for row in rows_of(gold) if row["task"] in answers}
    return Crowd(labels.parent.name, answers, right, options)


def _skills(chance: random.Random) -> list[float]:
    ordinary = [min(0.95, max(0.6, chance.gauss(0.80, 0.08))) for _ in range(48)]
    return ordinary + [0.55] * 6 + [1 / len(DIGITS)] * 6


def _answer(chance: random.Random, right: str, skill: float) -> str:
    if chance.random() < skill:
        return right
    return chance.choice([digit for digit in DIGITS if digit != right])
