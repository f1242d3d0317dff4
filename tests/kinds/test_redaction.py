"""No redacted value is on any topic but those of what upstream sent, whatever the kind."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.contracts.events.offers import OfferMade
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.record import Record
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS
from tests.kinds import SCENES
from tests.kinds.scene import Scene, catalog_of
from tests.kinds.town import Town
from tests.services.intake.redaction.values import MAKE, values

ORIGINALS = {MODEL_OUTPUTS.name, DEAD_LETTERS["intake"].name}
PLACES = ("text", "request", "answer", "candidate", "label", "model", "id")


def redacting(scene: Scene) -> Scene:
    """The scene with a task type that redacts everything, and waives what is sure."""
    gate: JsonValue = {"threshold": 0.5, "audit_share": 0.0}
    kinds: JsonValue = [*sorted(MAKE)]
    return replace(scene, row={**scene.row, "gate": gate, "redact": kinds})


def planted(scene: Scene, place: str, value: str, sure: float) -> dict[str, JsonValue]:
    """The scene's output with a value in one place, and a model that is this sure."""
    sent = scene.output()
    response: dict[str, JsonValue] = {**scene.response, "confidence": {"value": sure}}
    if place == "candidate":
        response["candidates"] = [{"id": "a", "text": f"a {value}"}, {"id": "b", "text": "b"}]
    elif place == "label":
        response["labels"] = [{"label": f"it is {value}", "score": 0.9}]
    elif place == "model":
        response["model"] = f"tuned for {value}"
    elif place == "answer":
        response["answer"] = {"note": [value]}
    elif place == "text":
        response["text"] = f"{value} {response.get('text', '')} {value}"
    elif place == "id":
        sent["correlation_id"] = value.replace(" ", "")
    sent["response"] = response
    if place == "request":
        sent["request"] = f"Answer {value}, please."
    return sent


def published(record: Record) -> str:
    """Everything that a record says, as text."""
    headers = " ".join(f"{name} {value!r}" for name, value in record.headers)
    value: JsonValue = json.loads(record.value or b"null")
    return f"{json.dumps(value, ensure_ascii=False)} {record.key!r} {headers}"


@settings(max_examples=25)
@given(st.sampled_from(sorted(SCENES)), st.sampled_from(PLACES), values(), st.floats(0, 1))
def test_a_redacted_value_is_on_no_topic_but_that_of_the_original(
    kind: str, place: str, kind_and_value: tuple[str, str], sure: float
) -> None:
    scene, (_, value) = redacting(SCENES[kind]), kind_and_value
    with TemporaryDirectory() as folder:
        town = _played(scene, planted(scene, place, value, sure), Path(folder))
    sent = value.replace(" ", "") if place == "id" else value
    for record in town.records:
        if record.topic not in ORIGINALS:
            assert sent not in published(record), record.topic
    assert any(record.topic not in ORIGINALS for record in town.records) or town.refused()


def _played(scene: Scene, sent: Mapping[str, JsonValue], folder: Path) -> Town:
    catalog = folder / "catalog.json"
    catalog.write_text(json.dumps(catalog_of(scene)))
    town = Town(catalog)
    town.output(sent)
    for worker, answer in scene.workers.items():
        town.join(worker, scene.name, kinds=[scene.kind])
        if town.of(TaskCreated):
            town.answer(town.offer(worker), answer)
    return town


def test_people_see_the_kind_of_what_was_redacted(tmp_path: Path) -> None:
    scene = redacting(SCENES["text"])
    sent = planted(scene, "text", "ana@example.com", 0.1)
    town = _played(scene, sent, tmp_path)
    assert "[email]" in (town.of(OfferMade)[0].output.text or "")
    assert [(one.kind, one.count) for one in town.of(TaskCreated)[0].redacted] == [("email", 2)]
