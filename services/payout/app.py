"""Payout as a process."""

from dataclasses import replace

from services.payout.metrics import PayoutMetrics
from services.payout.settings import PayoutSettings
from services.payout.wiring import build
from shared.pattern.service import Service
from shared.process.run import Given, run


def service(_: PayoutSettings, given: Given) -> Service:
    """The service, from what the runtime gives."""
    return replace(build(names=given.names), observe=PayoutMetrics(given.registry).observe)


def main() -> None:
    """Run payout until it is told to stop."""
    run(PayoutSettings, service)
