"""Payout as a process."""

from services.payout.settings import PayoutSettings
from services.payout.wiring import build
from shared.run import Given, run
from shared.service import Service


def service(_: PayoutSettings, given: Given) -> Service:
    """The service, from what the runtime gives."""
    return build(names=given.names)


def main() -> None:
    """Run payout until it is told to stop."""
    run(PayoutSettings, service)
