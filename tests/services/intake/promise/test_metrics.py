"""What is shown of gates with a promise: what they would waive, how much of it leaks, closings."""

from prometheus_client import CollectorRegistry

from services.intake.metrics import IntakeMetrics
from services.intake.promise.made import max_errors
from tests.services.intake.promise.gates import DIGITS, FIVE, Town, catalog_with


def test_outputs_lessons_leakage_and_closings_are_shown() -> None:
    catalog = catalog_with({**FIVE, "max_error": 0.5, "confidence": 0.5})
    town, registry = Town(catalog), CollectorRegistry()
    metrics = IntakeMetrics(registry, catalog.task_types, max_errors(catalog))

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"sentuh_intake_{name}", {"task_type": DIGITS, **labels})

    while not (town.stood and town.stood[-1].threshold):
        town.send(0.9995)
    waived = len([town.send(0.9995) for _ in range(8)])
    metrics.observe(town.intake.announced)
    says = [
        value("promised_outputs_total", mode="on", says=word) or 0 for word in ("waive", "people")
    ]

    assert sum(says) == town.count
    assert 0 < says[0] < waived
    assert value("gate_lessons_total") == len(town.learned)
    assert value("leakage_ratio", bound="estimate") == 0
    assert 0 < (value("leakage_ratio", bound="high") or 0) < 1
    assert value("leakage_promised_ratio") == 0.5
    assert value("gate_closings_total") == 0

    before = len(town.intake.announced)
    while not town.stood[-1].closed:
        town.send(0.9995, right=False)
    metrics.observe(town.intake.announced[before:])

    assert value("gate_closings_total") == 1
    assert (value("gate_drift_ratio") or 0) > 0
