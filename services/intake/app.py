"""Intake as a process."""

from dataclasses import replace

import structlog

from services.intake.catalog import Catalog, CatalogError, load
from services.intake.metrics import IntakeMetrics
from services.intake.settings import IntakeSettings
from services.intake.wiring import build
from shared.connect.environment import give_up
from shared.pattern.service import Service
from shared.process.run import Given, run

log = structlog.get_logger()


def service(settings: IntakeSettings, given: Given) -> Service:
    """The service, from its settings and what the runtime gives."""
    catalog = _catalog(settings)
    metrics = IntakeMetrics(given.registry, catalog.task_types)
    return replace(build(catalog, names=given.names), observe=metrics.observe)


def _catalog(settings: IntakeSettings) -> Catalog:
    try:
        catalog = load(settings.catalog_file)
    except CatalogError as failure:
        give_up(failure)
    log.info("catalog", file=str(settings.catalog_file), digest=catalog.digest[:12])
    return catalog


def main() -> None:
    """Run intake until it is told to stop; a catalog with faults ends it with a line for each."""
    run(IntakeSettings, service)
