"""What goes over the topics, for who writes or reads them: every event, and the form of an output.

An output's form is intake's own affair, and the one thing of a service that outsiders must know.
"""

from dataclasses import dataclass

from pydantic import BaseModel

from services.intake.cloudevents import TYPE as OUTPUT_TYPE
from services.intake.envelope import SentEnvelope
from shared.contracts.events import BY_TYPE
from shared.contracts.schemas import schema_of
from shared.contracts.strictjson import JsonObject
from shared.contracts.topics import MODEL_OUTPUTS, Topic


@dataclass(frozen=True, slots=True)
class Contract:
    """One kind of record: its type, its topic, the model of its value."""

    event_type: str
    topic: Topic
    model: type[BaseModel]

    @property
    def schema(self) -> JsonObject:
        """JSON Schema of the value; `x-topic` and `x-key` say where its records are."""
        where: JsonObject = {"x-topic": self.topic.name, "x-key": self.topic.key}
        return schema_of(self.event_type, self.model) | where


def contracts() -> tuple[Contract, ...]:
    """All of them, by type."""
    found = [Contract(name, event.TOPIC, event) for name, event in BY_TYPE.items()]
    found.append(Contract(OUTPUT_TYPE, MODEL_OUTPUTS, SentEnvelope))
    return tuple(sorted(found, key=lambda one: one.event_type))
