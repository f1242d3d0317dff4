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
    """Load the catalog of a file; raises CatalogError with every problem in it.

    The meaning of a row is checked where its shape is sound, whatever is wrong with other rows.
    Example: a file with a misspelt key and an unknown skill is refused with both, in one go.
    """
    document = read(path)
    catalog, faults = shape_of(document.data)
    faults += faults_of_meaning(document, catalog)
    all_problems = [*document.twice, *problems(document, faults)]
    if all_problems:
        raise CatalogError(all_problems)
    return catalog


def check(path: Path) -> list[Problem]:
    """Return every problem of a catalog file, by line; none where it can be used."""
    try:
        load(path)
    except CatalogError as error:
        return error.problems
    return []
