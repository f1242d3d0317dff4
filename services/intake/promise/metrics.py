"""Prometheus metrics of gates with a promise: what they would waive, how much of it is wrong."""

from collections.abc import Mapping, Sequence

import structlog

from shared.contracts.events.gates import GateForgotten, GateLearned, GateStood
from shared.contracts.events.model import Event
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.observe.instruments import Instruments

log = structlog.get_logger()

_BOUNDS = ("estimate", "low", "high")


class PromiseMetrics:
    """The metrics of the gates with a promise, by task type; `max_errors` are what is promised.

    A task type has a gate for each model and version, whose names are no labels: of the gates that
    this process has heard of, the one that leaks most is shown. Each process shows those of its own
    partitions of `verdicts`.
    """

    def __init__(self, instruments: Instruments, max_errors: Mapping[str, float]) -> None:
        names = self.names = tuple(max_errors)
        self._gates: dict[str, dict[str, GateLearned]] = {}
        self._count_what_comes(instruments, names)
        self._measure(instruments, names)
        for name, max_error in max_errors.items():
            self._promised.labels(name).set(max_error)

    def _count_what_comes(self, instruments: Instruments, names: Sequence[str]) -> None:
        self._outputs = instruments.counter(
            "sentuh_intake_promised_outputs",
            "Outputs with a confidence that came to a gate with a promise, by what it says of them:"
            " `waive` them, or let people see them. In the mode `shadow` the threshold decides.",
            "More `people`: the gate knows too little yet, has closed, or the model is less sure.",
            task_type=names,
            mode=("shadow", "on"),
            says=("waive", "people"),
        )
        self._lessons = instruments.counter(
            "sentuh_intake_gate_lessons",
            "People's verdicts that a gate with a promise learned from.",
            "Stands still: nothing is audited, people answer nothing, or `verdicts` is not read.",
            task_type=names,
        )
        self._closings = instruments.counter(
            "sentuh_intake_gate_closings",
            "Gates that were open and closed by themselves: by people's verdicts more of what they"
            " waived may be wrong than promised.",
            "A model became worse, or its confidence did; people see its outputs until it is proved"
            " again. See docs/operate.md.",
            task_type=names,
        )
        self._forgotten = instruments.counter(
            "sentuh_intake_gates_forgotten",
            "Gates that were forgotten to make room for others, those not needed for longest.",
            "Outputs name a new model or version with each record: let upstream send stable names.",
            task_type=names,
        )

    def _measure(self, instruments: Instruments, names: Sequence[str]) -> None:
        self._leakage = instruments.gauge(
            "sentuh_intake_leakage_ratio",
            "Estimated share of wrong outputs among the waived, and bounds that hold at all times"
            " with the promised confidence; of the gate that leaks most.",
            "`estimate` above `sentuh_intake_leakage_promised_ratio`: look at that model's audited"
            " outputs.",
            task_type=names,
            bound=_BOUNDS,
        )
        self._promised = instruments.gauge(
            "sentuh_intake_leakage_promised_ratio",
            "The share of wrong outputs among the waived that the catalog allows: `max_error`.",
            "Changed in the catalog: the promise is another one, and begins with people.",
            task_type=names,
        )
        self._drift = instruments.gauge(
            "sentuh_intake_gate_drift_ratio",
            "Evidence that a model became worse, as a share of what closes its gate; of the gate"
            " with the most.",
            "Near 1: the newest audited outputs have more errors than before.",
            task_type=names,
        )

    def observe(self, events: Sequence[Event]) -> None:
        """Count what the committed events say of gates."""
        for event in events:
            if isinstance(event, (TaskCreated, OutputWaived)):
                self._count_output(event)
            elif isinstance(event, GateLearned):
                self._learned(event)
            elif isinstance(event, GateStood) and event.closed:
                self._closed(event)
            elif isinstance(event, GateForgotten) and event.task_type in self.names:
                self._forgotten.labels(event.task_type).inc()

    def _count_output(self, event: TaskCreated | OutputWaived) -> None:
        said = event.gate.promised
        name = event.task_type if isinstance(event, OutputWaived) else event.policy.task_type
        if said is not None and name in self.names:
            says = "waive" if said.waives else "people"
            self._outputs.labels(name, said.mode, says).inc()

    def _closed(self, event: GateStood) -> None:
        if event.task_type in self.names:
            self._closings.labels(event.task_type).inc()
        log.warning(
            "a gate closed by itself",
            task_type=event.task_type,
            gate=event.gate,
            revision=event.revision,
        )

    def _learned(self, event: GateLearned) -> None:
        name = event.task_type
        if name not in self.names:
            return
        self._lessons.labels(name).inc()
        gates = self._gates.setdefault(name, {})
        gates[event.gate] = event
        while len(gates) > _GATES_MAX:
            del gates[next(iter(gates))]
        self._drift.labels(name).set(max(one.drift for one in gates.values()))
        leaks = [one.leakage for one in gates.values() if one.leakage is not None]
        worst = max(leaks, key=lambda one: one.share, default=None)
        for bound in _BOUNDS:
            field = "share" if bound == "estimate" else bound
            self._leakage.labels(name, bound).set(getattr(worst, field, 0.0))


_GATES_MAX = 100
"""Of each task type those that learned last are shown."""
