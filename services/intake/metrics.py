"""Prometheus metrics of intake: outputs by what became of them and why, doubts, responses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from prometheus_client import CollectorRegistry

from services.intake import keys
from services.intake.promise.metrics import PromiseMetrics
from services.intake.server_calls import NOT_SHOWN
from shared.contracts.events.doubts import Doubt
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Gate
from shared.contracts.events.redacted import RedactedKind
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.observe.instruments import Instruments
from shared.state.view import View


class IntakeMetrics:
    """The Prometheus metrics of one intake process; `task_types` are those of its catalog.

    `max_errors` are what gates with a promise promise, by task type.

    They count each output once. An output that is sent again is counted by a metric that all
    services have, `sentuh_intake_outcomes_total`: as `replayed` while its outcome is stored, later
    as `unchanged`.
    Example: `sentuh_intake_outputs_total{task_type="animals",reason="audit"}`.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        task_types: Iterable[str],
        max_errors: Mapping[str, float] | None = None,
    ) -> None:
        self.instruments = Instruments(registry)
        self._outputs = self.instruments.counter(
            "sentuh_intake_outputs",
            "Outputs that passed the gate: `confident` ones are waived, all others people see, for"
            " this reason.",
            "More comes in. `below_threshold`: the model is less sure; `absent`, `sentinel`: its"
            " confidence is missing, so people see what they need not; `always_review`,"
            " `review_if`: a clause of the gate fires more often.",
            task_type=task_types,
            reason=get_args(Gate.model_fields["reason"].annotation),
        )
        self._doubts = self.instruments.counter(
            "sentuh_intake_doubts",
            "Outputs whose confidence does not count, by what stands in its way: people see them"
            " whatever the threshold.",
            "What publishes them changed. `unfinished`, `repeats`: answers are cut off or loop;"
            " `off_scale`, `placeholder`: numbers are no probabilities; `other_tokens`: log"
            " probabilities of other tokens than the answer's.",
            task_type=task_types,
            reason=get_args(Doubt),
        )

        self._redacted = self.instruments.counter(
            "sentuh_intake_redacted",
            "Pieces that were redacted in outputs before anything of them was published, by kind.",
            "Outputs hold more of it, or less: look at what upstream sends. None where some was"
            " always: their form changed, or `redact` was taken out of the catalog.",
            task_type=task_types,
            kind=get_args(RedactedKind),
        )

        self._make_responses(task_types)
        self._promise = PromiseMetrics(self.instruments, max_errors or {})

    def _make_responses(self, task_types: Iterable[str]) -> None:
        self._responses = self.instruments.counter(
            "sentuh_intake_responses",
            "Tasks made of what KServe's logger sent, by whether people see the request beside the"
            " response: `joined`, or `absent`.",
            "More comes in. `absent`: requests are not logged (logger mode), come after their"
            " responses (give both one record key), or were lost with Redis.",
            task_type=task_types,
            request=("joined", "absent"),
        )

    def observe(self, events: Sequence[Event], view: View | None = None) -> None:
        """Count the tasks and the waived outputs among committed events, and what gates learn."""
        if self._promise.names:
            self._promise.observe(events)
        for event in events:
            if isinstance(event, (TaskCreated, OutputWaived)):
                self._count_redacted(event)
            if isinstance(event, TaskCreated):
                self._outputs.labels(event.policy.task_type, event.gate.reason).inc()
                # The request's key is loaded for a response alone.
                if view is not None and view.is_loaded(keys.request(event.task_id)):
                    self._count_response(event)
                doubt = event.output.confidence.reason
                # What the gate was not asked about is no output of a model's.
                if doubt is not None and event.gate.reason != "ask_always":
                    self._doubts.labels(event.policy.task_type, doubt).inc()
            elif isinstance(event, OutputWaived):
                self._outputs.labels(event.task_type, event.gate.reason).inc()

    def _count_response(self, event: TaskCreated) -> None:
        request = "absent" if event.output.request in (None, NOT_SHOWN) else "joined"
        self._responses.labels(event.policy.task_type, request).inc()

    def _count_redacted(self, event: TaskCreated | OutputWaived) -> None:
        name = event.task_type if isinstance(event, OutputWaived) else event.policy.task_type
        for redacted in event.redacted:
            self._redacted.labels(name, redacted.kind).inc(redacted.count)
