"""Starts qa: `python -m services.qa`."""

from services.qa.metrics import QaMetrics
from services.qa.service import build
from services.qa.settings import QaSettings
from shared.pattern.service import Service
from shared.process.run import Runtime, run


def service(_: QaSettings, runtime: Runtime) -> Service:
    """Build qa for this process."""
    return build(names=runtime.names, metrics=QaMetrics(runtime.registry))


if __name__ == "__main__":
    run(QaSettings, service)
