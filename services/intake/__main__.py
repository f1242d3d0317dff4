"""Starts intake: `python -m services.intake`."""

import structlog

from services.intake.catalog import Catalog, CatalogError, load
from services.intake.formats import check_added
from services.intake.metrics import IntakeMetrics
from services.intake.promise.made import max_errors
from services.intake.schemas import NO_REGISTRY, KeptSchemas, Registry
from services.intake.service import build
from services.intake.settings import IntakeSettings
from shared.connect.environment import give_up
from shared.contracts.errors import SettingError
from shared.pattern.service import Service
from shared.process.run import Runtime, run

log = structlog.get_logger()


def service(settings: IntakeSettings, runtime: Runtime) -> Service:
    """Build intake for this process, under the catalog its settings name."""
    catalog = _catalog(settings)
    try:
        check_added()
    except SettingError as failure:
        give_up(failure)
    metrics = IntakeMetrics(runtime.registry, catalog.task_types, max_errors(catalog))
    access = settings.schema_registry
    schemas = KeptSchemas(Registry(access)) if access else NO_REGISTRY
    return build(catalog, names=runtime.names, metrics=metrics, schemas=schemas)


def _catalog(settings: IntakeSettings) -> Catalog:
    """Load the catalog of task types; if it has faults, end the process with one line for each."""
    try:
        catalog = load(settings.catalog_file)
    except CatalogError as failure:
        give_up(failure)
    log.info("catalog", file=str(settings.catalog_file), digest=catalog.digest[:12])
    return catalog


if __name__ == "__main__":
    run(IntakeSettings, service)
