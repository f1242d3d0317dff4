"""Intake as a table: which event, what to load, which decision; and the service built of it."""

from functools import partial
from typing import Any

from services.intake import CARD, arrived, decide, keys, load
from services.intake.arrived import OutputArrived
from services.intake.catalog import Catalog
from services.intake.fold import folds
from services.intake.metrics import IntakeMetrics
from shared.contracts.topics import MODEL_OUTPUTS, Names
from shared.pattern.service import Row, Service, on


def handlers(catalog: Catalog) -> tuple[Row[Any, Any], ...]:
    """Return the table under a catalog: intake alone decides by one."""
    return (on(OutputArrived, load=load.output, decide=partial(decide.admit, catalog)),)


def build(catalog: Catalog, *, names: Names, metrics: IntakeMetrics | None = None) -> Service:
    """Build the service over topics with these names; without metrics it counts nothing."""
    return Service(
        card=CARD,
        rows=handlers(catalog),
        folds=folds,
        slot=keys.slot_of,
        names=names,
        readers={MODEL_OUTPUTS.name: arrived.read},
        observe=metrics.observe if metrics else None,
        slots=keys.slots(),
        pipelines=2,
    )
