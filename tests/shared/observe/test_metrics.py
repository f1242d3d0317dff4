"""What the pattern counts: labels are closed, and whatever somebody sends can open none."""

from importlib.metadata import version

import pytest
from prometheus_client import CollectorRegistry

from shared.contracts.errors import Overtaken, Reason, TransientError
from shared.contracts.topics import EARNINGS, TASKS, Names
from shared.observe.metrics import PatternMetrics


def counted(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"sentuh_qa_{name}", labels)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> PatternMetrics:
    return PatternMetrics("qa", registry, Names("p."))


def test_a_topic_that_is_none_of_ours_is_counted_as_other(
    metrics: PatternMetrics, registry: CollectorRegistry
) -> None:
    metrics.read(["p.tasks", "p.tasks", "p.assignments", "chosen-by-an-attacker"])

    assert counted(registry, "records_total", topic=TASKS.name) == 2
    assert counted(registry, "records_total", topic="assignments") == 1
    assert counted(registry, "records_total", topic="other") == 1
    assert counted(registry, "records_total", topic=EARNINGS.name) is None  # qa reads no earnings


def test_every_reason_of_a_dead_letter_has_its_series(
    metrics: PatternMetrics, registry: CollectorRegistry
) -> None:
    metrics.dead_letter(Reason.BUG)

    assert counted(registry, "dead_letters_total", reason="bug") == 1
    assert all(counted(registry, "dead_letters_total", reason=reason) == 0 for reason in Reason
               if reason is not Reason.BUG)  # fmt: skip


@pytest.mark.parametrize("failure", [TransientError("away"), Overtaken("too late")])
def test_calls_that_fail_are_counted_and_raise_on(
    metrics: PatternMetrics, registry: CollectorRegistry, failure: TransientError
) -> None:
    for call in ("commit", "publish"):
        with pytest.raises(TransientError), metrics.failing(call):
            raise failure

    assert counted(registry, "store_failures_total", call="commit") == 1
    assert counted(registry, "store_failures_total", call="load") == 0
    assert counted(registry, "publish_failures_total") == 1


def test_state_is_not_whole_until_it_is_said(
    metrics: PatternMetrics, registry: CollectorRegistry
) -> None:
    before = counted(registry, "epoch_open")
    metrics.is_whole = True

    assert before == 0
    assert counted(registry, "epoch_open") == 1
    assert metrics.is_whole is True


def test_what_runs_is_said(metrics: PatternMetrics, registry: CollectorRegistry) -> None:
    (info,) = [one for family in registry.collect() for one in family.samples
               if one.name == "sentuh_build_info"]  # fmt: skip

    assert info.value == 1
    assert info.labels["part"] == "qa"
    assert info.labels["version"] == version("sentuh")
