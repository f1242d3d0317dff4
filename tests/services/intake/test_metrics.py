"""What intake counts: why people see outputs, by task type."""

from prometheus_client import CollectorRegistry

from services.intake.metrics import IntakeMetrics
from tests.support.builders import TASK_TYPE, a_task, a_waiver


def test_tasks_and_waivers_are_counted_by_reason() -> None:
    registry = CollectorRegistry()
    metrics = IntakeMetrics(registry, [TASK_TYPE])

    metrics.observe([a_task(), a_waiver("t-2"), a_waiver("t-3")])

    found = {
        reason: registry.get_sample_value(
            "sentuh_intake_outputs_total", {"task_type": TASK_TYPE, "reason": reason}
        )
        for reason in ("below_threshold", "confident", "audit")
    }
    assert found == {"below_threshold": 1, "confident": 2, "audit": 0}
