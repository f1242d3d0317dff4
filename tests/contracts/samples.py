"""Stored samples as a consumer reads them."""

import json

from pydantic import JsonValue

from shared.contracts.events import stored
from shared.contracts.events.stored import stored_types
from shared.contracts.record import Record

__all__ = ["Sample", "sample", "stored_types"]


class Sample(stored.StoredSample):
    """A stored sample that can be read as a record."""

    def record(self, **changed: JsonValue) -> Record:
        """As a consumer reads it, with these fields of its value changed."""
        return Record(
            topic=self.topic,
            partition=0,
            offset=0,
            key=self.key.encode(),
            value=json.dumps(self.value | changed).encode(),
            headers=tuple((name, text.encode()) for name, text in self.headers.items()),
            timestamp_ms=0,
        )


def sample(event_type: str) -> Sample:
    """The stored sample of one event type."""
    found = stored.sample(event_type)
    return Sample(event_type, found.topic, found.key, found.headers, found.value)
