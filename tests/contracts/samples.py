"""Stored records, one of every event version there ever was: `samples/<ce_type>.json`."""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from shared.record import Record
from shared.strictjson import JsonObject

FOLDER = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Sample:
    """One record as it was once written: value and headers as JSON."""

    event_type: str
    topic: str
    key: str
    headers: dict[str, str]
    value: JsonObject

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
    stored = json.loads((FOLDER / f"{event_type}.json").read_text(encoding="utf-8"))
    return Sample(event_type, stored["topic"], stored["key"], stored["headers"], stored["value"])


def stored_types() -> list[str]:
    """Every event type a sample is stored of."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))
