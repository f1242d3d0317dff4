"""Intake in memory: the shipped catalog, and how to run it."""

from pathlib import Path

from services.intake.catalog import Catalog, load
from services.intake.service import build
from shared.contracts.topics import Names
from tests.support.in_memory import InMemory

CATALOG = load(Path(__file__).parents[3] / "deploy" / "catalog.yaml")
INTAKE = build(CATALOG, names=Names())


def intake() -> InMemory:
    """Return an intake that keeps no outcomes: its state alone must tell what came before."""
    return InMemory(INTAKE, keeps_outcomes=False)


def without(task_type: str, catalog: Catalog = CATALOG) -> Catalog:
    """Return the catalog after an operator took a task type out of it."""
    rows = {name: row for name, row in catalog.task_types.items() if name != task_type}
    return catalog.model_copy(update={"task_types": rows, "_by_format": {}})
