"""The catalog of an operator's YAML file: checked whole, or refused with every fault named."""

from pathlib import Path

from services.intake.catalog.checks import faults_of_meaning, problems
from services.intake.catalog.file import CatalogError, Problem, read
from services.intake.catalog.rows import Catalog, GateRule, RateCard, TaskType
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
    """The catalog of a file; raises CatalogError with every problem found.

    What a row means is looked at where its shape is sound, whatever is wrong with others.
    """
    document = read(path)
    catalog, faults = shape_of(document.data)
    faults += faults_of_meaning(document, catalog)
    found = [*document.twice, *problems(document, faults)]
    if found:
        raise CatalogError(found)
    return catalog


def check(path: Path) -> list[Problem]:
    """What is wrong with a catalog file, by line; nothing where it may be used."""
    try:
        load(path)
    except CatalogError as error:
        return error.problems
    return []
