"""Intake as a process."""

from services.intake.settings import IntakeSettings
from services.intake.wiring import build
from shared.catalog import Catalog, CatalogError, load
from shared.run import Given, run
from shared.service import Service
from shared.settings import give_up


def service(settings: IntakeSettings, given: Given) -> Service:
    """The service, from its settings and what the runtime gives."""
    return build(_catalog(settings), names=given.names)


def _catalog(settings: IntakeSettings) -> Catalog:
    try:
        return load(settings.catalog_file)
    except CatalogError as failure:
        give_up(failure)


def main() -> None:
    """Run intake until it is told to stop; a catalog with faults ends it with a line for each."""
    run(IntakeSettings, service)
