"""What payout counts for people who run it."""

from prometheus_client import CollectorRegistry

from services.payout.metrics import PayoutMetrics
from tests.services.payout.in_memory import a_verdict, payout_after
from tests.support.builders import an_answer


def counted(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"sentuh_payout_{name}_total", labels)


def test_earnings_are_counted_by_kind_step_and_currency() -> None:
    registry = CollectorRegistry()
    metrics = PayoutMetrics(registry)
    run = payout_after(an_answer("w-1"), an_answer("w-2"), a_verdict("cat"))

    metrics.observe(run.announced)

    for step in ("accrued", "confirmed"):
        assert counted(registry, "earnings", kind="answer", step=step) == 2
        assert counted(registry, "earned_minor", step=step, currency="USD") == 10
        assert counted(registry, "earned_minor", step=step, currency="EUR") == 0
