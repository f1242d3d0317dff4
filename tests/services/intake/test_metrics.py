"""What intake counts: why people see outputs, by task type."""

from prometheus_client import CollectorRegistry

from services.intake.metrics import IntakeMetrics
from shared.contracts.events.doubts import Doubt
from shared.contracts.events.parts import Confidence
from shared.contracts.events.redacted import Redacted
from shared.contracts.events.tasks import TaskCreated
from tests.support.builders import TASK_TYPE, a_task, a_waiver, an_output


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


def a_doubted(task_id: str, reason: Doubt) -> TaskCreated:
    confidence = Confidence(status="absent", reason=reason)
    output = an_output().model_copy(update={"confidence": confidence})
    return a_task(task_id).model_copy(update={"output": output})


def test_what_stands_in_the_way_of_a_confidence_is_counted() -> None:
    registry = CollectorRegistry()
    metrics = IntakeMetrics(registry, [TASK_TYPE])

    metrics.observe([a_task(), a_doubted("t-2", "unfinished"), a_doubted("t-3", "unfinished")])

    found = {
        reason: registry.get_sample_value(
            "sentuh_intake_doubts_total", {"task_type": TASK_TYPE, "reason": reason}
        )
        for reason in ("unfinished", "off_scale")
    }
    assert found == {"unfinished": 2, "off_scale": 0}


def test_what_was_redacted_is_counted_by_kind() -> None:
    registry = CollectorRegistry()
    metrics = IntakeMetrics(registry, [TASK_TYPE])
    counts = (Redacted(kind="email", count=2), Redacted(kind="nik", count=1))

    metrics.observe([
        a_task().model_copy(update={"redacted": counts}),
        a_waiver("t-2").model_copy(update={"redacted": counts[:1]}),
    ])  # fmt: skip

    found = {
        kind: registry.get_sample_value(
            "sentuh_intake_redacted_total", {"task_type": TASK_TYPE, "kind": kind}
        )
        for kind in ("email", "nik", "iban")
    }
    assert found == {"email": 4, "nik": 1, "iban": 0}
