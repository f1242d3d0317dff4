"""Tells to which gate with a promise an output comes, before it is decided."""

from services.intake.arrived import OutputArrived, output_in
from services.intake.catalog import Catalog
from services.intake.decide import task_type_of
from services.intake.envelope import Envelope
from services.intake.promise.made import gate_name, promise_of
from services.intake.redaction.outputs import redacted_model
from shared.contracts.errors import Refused


class OutputGates:
    """Tells which gate with a promise each output comes to, under one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def of_output(self, arrived: OutputArrived) -> str | None:
        """Return the name of an output's gate; None without a promise, or without a task type."""
        try:
            name, row = task_type_of(arrived, self._catalog)
        except Refused:
            return None  # its decision says so
        made = promise_of(name, row.gate)
        if made is None:
            return None
        # Verdicts teach the gate of the model as it is published.
        return gate_name(*redacted_model(arrived.output, row), made.digest)

    def of_envelope(self, envelope: Envelope) -> str | None:
        """Return the name of the gate of an output that is still in its envelope."""
        try:
            return self.of_output(output_in(envelope))
        except Refused:
            return None
