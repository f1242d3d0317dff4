"""People who are made up to answer about planted truth, and rows averaged over seeds."""

import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from statistics import mean
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    R = TypeVar("R", bound=DataclassInstance)

Workforce = dict[str, float | None]
"""By worker's id how often they are right on one thing; None for somebody who does not look."""


def workforce(chance: random.Random) -> Workforce:
    """Return sixty people: median .80, best .95; of ten one is careless and one does not look."""
    ordinary = [min(0.95, max(0.6, chance.gauss(0.80, 0.08))) for _ in range(48)]
    skills = [*ordinary, *[0.55] * 6, *[None] * 6]
    return {f"w-{number:02}": skill for number, skill in enumerate(skills)}


def averaged(name: str, rows: Sequence["R"]) -> "R":
    """Return a row of this name in which each figure is the mean of those of the rows."""
    figures = [
        {field: value for field, value in asdict(row).items() if not isinstance(value, str)}
        for row in rows
    ]
    means = {field: mean(one[field] for one in figures) for field in figures[0]}
    return replace(rows[0], name=name, **means)
