"""Prometheus metrics of payout: number of earnings and their amounts."""

from collections.abc import Sequence
from typing import get_args

from prometheus_client import CollectorRegistry

from shared.contracts.currencies import EXPONENTS
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import Event
from shared.observe.instruments import Instruments
from shared.state.view import View

STEPS = ("accrued", "confirmed")


class PayoutMetrics:
    """The Prometheus metrics of one payout process; exact sums are in the accounts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.instruments = made = Instruments(registry)
        self._earnings = made.counter(
            "sentuh_payout_earnings",
            "Earnings by kind: accrued on delivery, confirmed at the verdict.",
            "People are paid for more. `accrued` far ahead of `confirmed`: verdicts are late.",
            kind=get_args(EarningAccrued.model_fields["kind"].annotation),
            step=STEPS,
        )
        self._earned = made.counter(
            "sentuh_payout_earned_minor",
            "What these earnings come to, in minor units of each ISO 4217 currency.",
            "It costs more: more answers, or a dearer rate card.",
            step=STEPS,
            currency=EXPONENTS,
        )

    def observe(self, events: Sequence[Event], _: View | None = None) -> None:
        """Count the earnings, accrued and confirmed, among committed events."""
        for event in events:
            if isinstance(event, EarningAccrued):
                self._count(event, "accrued")
            elif isinstance(event, EarningConfirmed):
                self._count(event, "confirmed")

    def _count(self, line: EarningAccrued | EarningConfirmed, step: str) -> None:
        self._earnings.labels(line.kind, step).inc()
        self._earned.labels(step, line.quote.currency).inc(line.quote.amount_minor)
