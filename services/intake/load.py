"""Says which Redis keys intake loads before it decides on an output, a request, or a verdict."""

from typing import Protocol

from services.intake import keys, to_state
from services.intake.arrived import OutputArrived, RequestArrived
from services.intake.envelope import Envelope
from services.intake.state import Ended, Exchange, GateKnown, OutputKnown
from shared.contracts.events.gates import GateStood
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.service import Loading
from shared.state.changes import Read, count_of, hash_of, lowest

output: Loading[OutputArrived, Ended | None] = Loading(
    reads=lambda arrived: (hash_of(keys.output(arrived.task_id)),),
    state=to_state.output,
    aggregates=lambda arrived: (keys.output(arrived.task_id),),
)
"""How to load whether the output became a task or was waived (people were not asked) before.

The commit compares the revision number of the output's hash.
"""


class GateNames(Protocol):
    """Tells which gate with a promise an output comes to, by name; None where there is none."""

    def of_output(self, arrived: OutputArrived) -> str | None:
        """Return the gate of an output."""
        ...

    def of_envelope(self, envelope: Envelope) -> str | None:
        """Return the gate of an output that is still in its envelope."""
        ...


def output_and_gate(gates: GateNames) -> Loading[OutputArrived, OutputKnown]:
    """Return how to load an output as `output` does, and how its gate stands.

    The standing may change meanwhile: which one it was is in the event.
    """
    return Loading(
        reads=lambda arrived: (
            hash_of(keys.output(arrived.task_id)),
            *_standing(arrived.task_id, gates.of_output(arrived)),
        ),
        state=lambda arrived, view: to_state.output_known(
            arrived.task_id, gates.of_output(arrived), view
        ),
        aggregates=output.aggregates,
    )


def _standing(task_id: str, gate_name: str | None) -> tuple[Read, ...]:
    if gate_name is None:
        return ()
    return (hash_of(keys.standing(keys.bucket(task_id), gate_name)),)


def _of_exchange(task_id: str) -> tuple[Read, ...]:
    return hash_of(keys.output(task_id)), hash_of(keys.request(task_id))


request: Loading[RequestArrived, Exchange] = Loading(
    reads=lambda arrived: _of_exchange(arrived.task_id),
    state=lambda arrived, view: to_state.exchange(arrived.task_id, view),
    aggregates=lambda arrived: (keys.output(arrived.task_id),),
)
"""How to load, for a request, whether its response was handled, and a request of before.

The commit compares the revision number of the response's hash: nothing is kept for one that ended.
"""

response: Loading[Envelope, Exchange] = Loading(
    reads=lambda envelope: _of_exchange(envelope.output_id),
    state=lambda envelope, view: to_state.exchange(envelope.output_id, view),
    aggregates=lambda envelope: (keys.output(envelope.output_id),),
)
"""How to load, for a response, what became of it before, and its request. Other outputs have none.
"""


def response_and_gate(gates: GateNames) -> Loading[Envelope, Exchange]:
    """Return how to load a response as `response` does, and how the gate of its output stands."""
    return Loading(
        reads=lambda envelope: (
            *response.reads(envelope),
            *_standing(envelope.output_id, gates.of_envelope(envelope)),
        ),
        state=lambda envelope, view: to_state.exchange(
            envelope.output_id, view, gates.of_envelope(envelope)
        ),
        aggregates=response.aggregates,
    )


def _gate_of(verdict: VerdictReached) -> str | None:
    return None if verdict.promised is None else verdict.promised.gate


def _gate_reads(name: str) -> tuple[Read, ...]:
    return hash_of(keys.gate(name)), hash_of(keys.learned(name))


def _verdict_reads(verdict: VerdictReached) -> tuple[Read, ...]:
    name = _gate_of(verdict)
    if name is None:
        return ()
    oldest = lowest(keys.used(), take=1, then=(hash_of(keys.gates()),))
    gates = count_of(keys.used()), oldest
    return *_gate_reads(name), hash_of(keys.begins()), *gates


verdict: Loading[VerdictReached, GateKnown] = Loading(
    reads=_verdict_reads,
    state=lambda reached, view: to_state.gate(_gate_of(reached), view),
    aggregates=lambda reached: tuple(
        keys.gate(name) for name in (_gate_of(reached),) if name is not None
    ),
)
"""How to load what the gate of a verdict's output has learned, and the gate to forget for it.

Nothing is loaded for a verdict that no gate learns from. The commit compares the revision number of
the gate's hash.
"""

stood: Loading[GateStood, GateKnown] = Loading(
    reads=lambda event: _gate_reads(event.gate),
    state=lambda event, view: to_state.gate(event.gate, view),
    aggregates=lambda event: (keys.gate(event.gate),),
)
"""How to load what a gate has learned that stood so. The commit compares the revision number."""
