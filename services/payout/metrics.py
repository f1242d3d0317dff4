"""Prometheus metrics of payout: number of earnings and their amounts."""

from collections.abc import Sequence
from itertools import product
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
        kinds = get_args(EarningAccrued.model_fields["kind"].annotation)
        earnings = made.counter(
            "sentuh_payout_earnings",
            "Earnings by kind: accrued on delivery, confirmed at the verdict.",
            "People are paid for more. `accrued` far ahead of `confirmed`: verdicts are late.",
            kind=kinds,
            step=STEPS,
        )
        earned = made.counter(
            "sentuh_payout_earned_minor",
            "What these earnings come to, in minor units of each ISO 4217 currency.",
            "It costs more: more answers, or a dearer rate card.",
            step=STEPS,
            currency=EXPONENTS,
        )
        # Looked up once: each earning counts in two of these, and `labels` takes longer than `inc`.
        self._number_of = {pair: earnings.labels(*pair) for pair in product(kinds, STEPS)}
        self._sum_of = {pair: earned.labels(*pair) for pair in product(STEPS, EXPONENTS)}

    def observe(self, events: Sequence[Event], _: View | None = None) -> None:
        """Count the earnings, accrued and confirmed, among committed events."""
        for event in events:
            if isinstance(event, EarningAccrued):
                self._count(event, "accrued")
            elif isinstance(event, EarningConfirmed):
                self._count(event, "confirmed")

    def _count(self, line: EarningAccrued | EarningConfirmed, step: str) -> None:
        self._number_of[line.kind, step].inc()
        self._sum_of[step, line.quote.currency].inc(line.quote.amount_minor)
