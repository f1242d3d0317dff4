"""Qa as a process."""

from dataclasses import replace

from services.qa.metrics import QaMetrics
from services.qa.settings import QaSettings
from services.qa.wiring import build
from shared.pattern.service import Service
from shared.process.run import Given, run


def service(_: QaSettings, given: Given) -> Service:
    """The service, from what the runtime gives."""
    return replace(build(names=given.names), observe=QaMetrics(given.registry).observe)


def main() -> None:
    """Run qa until it is told to stop."""
    run(QaSettings, service)
