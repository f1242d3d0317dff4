"""Metrics of intake: outputs that people see, by reason, and outputs that were waived."""

from collections.abc import Iterable, Sequence
from typing import get_args

from prometheus_client import CollectorRegistry

from shared.contracts.events.model import Event
from shared.contracts.events.parts import Gate
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.observe.instruments import Instruments
from shared.state.view import View


class IntakeMetrics:
    """One per process. Task types are those of the catalog, so a closed set.

    An output that comes again is counted by the pattern: `sentuh_intake_outcomes_total`, `replayed`
    while its outcome is remembered and `unchanged` ever after.
    Example: `sentuh_intake_outputs_total{task_type="animals",reason="audit"}`.
    """

    def __init__(self, registry: CollectorRegistry, task_types: Iterable[str]) -> None:
        self.instruments = Instruments(registry)
        self._outputs = self.instruments.counter(
            "sentuh_intake_outputs",
            "Outputs that passed the gate: `confident` ones are waived, all others people see, for"
            " this reason.",
            "More comes in. `below_threshold`: the model is less sure; `absent`, `sentinel`: its"
            " confidence is missing, so people see what they need not.",
            task_type=task_types,
            reason=get_args(Gate.model_fields["reason"].annotation),
        )

    def observe(self, events: Sequence[Event], _: View | None = None) -> None:
        """Count events that were announced, after their commit."""
        for event in events:
            if isinstance(event, TaskCreated):
                self._outputs.labels(event.policy.task_type, event.gate.reason).inc()
            elif isinstance(event, OutputWaived):
                self._outputs.labels(event.task_type, event.gate.reason).inc()
