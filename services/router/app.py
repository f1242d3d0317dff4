"""The router as a process."""

from services.router.metrics import RouterMetrics
from services.router.settings import RouterSettings
from services.router.wiring import build
from shared.pattern.service import Service
from shared.process.run import Given, run


def service(settings: RouterSettings, given: Given) -> Service:
    """The service, from its settings and what the runtime gives."""
    return build(
        settings,
        names=given.names,
        read_until=given.read_until,
        metrics=RouterMetrics(given.registry),
    )


def main() -> None:
    """Run the router until it is told to stop."""
    run(RouterSettings, service)
