"""What qa counts for people who run it."""

from prometheus_client import CollectorRegistry

from services.qa.metrics import QaMetrics
from services.qa.wiring import build
from shared.contracts.topics import Names
from tests.builders import a_closing, a_policy, a_task, a_waiver, after, an_answer
from tests.running import Running


def counted(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"sentuh_qa_{name}", labels)


def test_announcements_are_counted_by_why_asking_stopped() -> None:
    registry = CollectorRegistry()
    metrics = QaMetrics(registry)
    running = Running(build(names=Names()))
    running.hear(a_waiver("t-0"))
    running.hear(a_task(policy=a_policy(least=1, confidence=0.95)))
    running.hear(an_answer("w-1", "cat"), an_answer("w-2", "dog"), now=after(40))
    running.hear(a_closing(["a-t-1-w-1", "a-t-1-w-2"]), now=after(90))

    metrics.observe(running.announced)

    assert counted(registry, "verdicts_total", stop_reason="waived") == 1
    assert counted(registry, "verdicts_total", stop_reason="exhausted") == 1
    assert counted(registry, "verdicts_total", stop_reason="confident") == 0
    assert counted(registry, "reviews_total") == 2
    assert counted(registry, "verdict_answers_sum") == 2
    assert counted(registry, "verdict_seconds_sum") == 90


def test_every_series_is_there_before_anything_happens() -> None:
    registry = CollectorRegistry()
    QaMetrics(registry)

    for reason in ("confident", "budget", "exhausted", "waived"):
        assert counted(registry, "verdicts_total", stop_reason=reason) == 0
