"""What intake counts for people who run it: outputs people see, and why, and those waived."""

from collections.abc import Iterable, Sequence
from typing import get_args

from prometheus_client import CollectorRegistry, Counter

from shared.events.model import Event
from shared.events.parts import Gate
from shared.events.tasks import OutputWaived, TaskCreated


class IntakeMetrics:
    """One per process. Task types are those of the catalog, so a closed set.

    An output that comes again is counted by the pattern: `sentuh_intake_outcomes_total`, `replayed`
    while its outcome is remembered and `unchanged` ever after.
    """

    def __init__(self, registry: CollectorRegistry, task_types: Iterable[str]) -> None:
        self._outputs = Counter(
            "sentuh_intake_outputs",
            "Outputs that passed the gate (confident) or that people see, by reason.",
            ["task_type", "reason"],
            registry=registry,
        )
        for task_type in task_types:
            for reason in get_args(Gate.model_fields["reason"].annotation):
                self._outputs.labels(task_type, reason)

    def observe(self, events: Sequence[Event]) -> None:
        """Count events that were announced, after their commit."""
        for event in events:
            if isinstance(event, TaskCreated):
                self._outputs.labels(event.policy.task_type, event.gate.reason).inc()
            elif isinstance(event, OutputWaived):
                self._outputs.labels(event.task_type, event.gate.reason).inc()
