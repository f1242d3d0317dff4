"""Lists every kind of record with its JSON Schema: each event, and the form of a model output.

The form of an output belongs to intake; it is the one part of a service that others must know.
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
        """JSON Schema of the value; `x-topic` and `x-key` name the topic and key of its records."""
        where: JsonObject = {"x-topic": self.topic.name, "x-key": self.topic.key}
        return schema_of(self.event_type, self.model) | where


def contracts() -> tuple[Contract, ...]:
    """Return every kind of record, sorted by its type."""
    kinds = [Contract(name, event.TOPIC, event) for name, event in BY_TYPE.items()]
    kinds.append(Contract(OUTPUT_TYPE, MODEL_OUTPUTS, SentEnvelope))
    return tuple(sorted(kinds, key=lambda one: one.event_type))
