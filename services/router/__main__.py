"""Starts the router: `python -m services.router`."""

from services.router.metrics import RouterMetrics
from services.router.service import build
from services.router.settings import RouterSettings
from shared.pattern.service import Service
from shared.process.run import Runtime, run


def service(settings: RouterSettings, runtime: Runtime) -> Service:
    """Build the router for this process."""
    metrics = RouterMetrics(runtime.registry)
    return build(settings, names=runtime.names, read_until=runtime.read_until, metrics=metrics)


if __name__ == "__main__":
    run(RouterSettings, service)
