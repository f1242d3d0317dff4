"""Loads the catalog (task types, skills, rate cards) from YAML, or names every fault in it."""

from pathlib import Path

from services.intake.catalog.checks import faults_of_meaning, problems
from services.intake.catalog.file import CatalogError, Problem, read
from services.intake.catalog.gate_rules import GateRule
from services.intake.catalog.rate_cards import RateCard
from services.intake.catalog.rows import Catalog, TaskType
from services.intake.catalog.shape import shape_of

__all__ = [
    "Catalog",
    "CatalogError",
    "GateRule",
    "Problem",
    "RateCard",
    "TaskType",
    "check",
    "load",
]


def load(path: Path) -> Catalog:
    """Return the catalog in a YAML file; raises CatalogError with every problem in it.

    Fields are checked one by one, then names and numbers against each other, as far as they are
    sound.
    Example: a file with a misspelt key and an unknown skill raises one error with both.
    """
    document = read(path)
    catalog, faults = shape_of(document.data)
    faults += faults_of_meaning(document, catalog)
    all_problems = [*document.twice, *problems(document, faults)]
    if all_problems:
        raise CatalogError(all_problems)
    return catalog


def check(path: Path) -> list[Problem]:
    """Return every problem of a catalog file, sorted by line; none if it can be used."""
    try:
        load(path)
    except CatalogError as error:
        return error.problems
    return []
