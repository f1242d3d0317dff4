"""Stored records, one of every event version there ever was: `samples/<ce_type>.json`."""

import json
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.strictjson import JsonObject

FOLDER = Path(__file__).parent / "samples"


@dataclass(frozen=True, slots=True)
class StoredSample:
    """One record as it was once written: value and headers as JSON."""

    event_type: str
    topic: str
    key: str
    headers: dict[str, str]
    value: JsonObject


def sample(event_type: str) -> StoredSample:
    """Return the stored sample of one event type."""
    stored = json.loads((FOLDER / f"{event_type}.json").read_text(encoding="utf-8"))
    return StoredSample(
        event_type, stored["topic"], stored["key"], stored["headers"], stored["value"]
    )


def stored_types() -> list[str]:
    """Return every event type of which a sample is stored."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))
