"""The relay validates with the model a service would use."""

from types import SimpleNamespace

from bench.relay import model_of
from services.intake.envelope import SentEnvelope
from shared.contracts.events.tasks import TaskCreated


def test_events_are_validated_by_their_type_and_outputs_by_the_envelope() -> None:
    event = SimpleNamespace(headers=[("ce_type", TaskCreated.TYPE.encode())])
    output = SimpleNamespace(headers=[])

    assert model_of(event) is TaskCreated
    assert model_of(output) is SentEnvelope
