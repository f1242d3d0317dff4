"""Starts payout: `python -m services.payout`."""

from services.payout.metrics import PayoutMetrics
from services.payout.service import build
from services.payout.settings import PayoutSettings
from shared.pattern.service import Service
from shared.process.run import Runtime, run


def service(_: PayoutSettings, runtime: Runtime) -> Service:
    """Build payout for this process."""
    return build(names=runtime.names, metrics=PayoutMetrics(runtime.registry))


if __name__ == "__main__":
    run(PayoutSettings, service)
