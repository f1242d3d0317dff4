"""The catalog of an operator's YAML file: checked whole, or refused with every fault named."""

import json
from pathlib import Path

from pydantic import ValidationError

from shared.catalog_checks import faults_of_meaning, faults_of_shape, problems
from shared.catalog_file import CatalogError, Problem, read
from shared.catalog_rows import Catalog, GateRule, Option, RateCard, TaskType

__all__ = [
    "Catalog",
    "CatalogError",
    "GateRule",
    "Option",
    "Problem",
    "RateCard",
    "TaskType",
    "check",
    "load",
]


def load(path: Path) -> Catalog:
    """The catalog of a file; raises CatalogError with every problem found."""
    document = read(path)
    try:
        catalog = Catalog.model_validate_json(json.dumps(document.data))
    except ValidationError as error:
        raise CatalogError(problems(document, faults_of_shape(error))) from None
    found = problems(document, faults_of_meaning(catalog))
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
