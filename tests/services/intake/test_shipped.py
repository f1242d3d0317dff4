"""One output of each format finds its way through the catalog we ship."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from services.intake.catalog import load
from services.intake.catalog.gate_rules import AlwaysReview
from services.intake.envelope import read_envelope
from services.intake.formats import read_output
from services.intake.gate import check_shown, gated, standing_answer
from tests.services.intake.builders import PNG, a_record
from tests.services.intake.formats.test_hf_text_classification import FLAT
from tests.services.intake.formats.test_openai_chat import SURE, a_completion
from tests.services.intake.formats.test_sentuh_output import FULL
from tests.services.intake.formats.test_sklearn_proba import ROW
from tests.services.intake.formats.test_whisper_verbose_json import a_segment, a_transcript

CATALOG = load(Path(__file__).parents[3] / "deploy" / "catalog.yaml")
AUDIO: JsonValue = {"ref": "s3://calls/a.wav", "type": "audio/wav"}


@pytest.mark.parametrize(
    ("sent", "task_type", "reason", "standing"),
    [
        ({"response": ROW, "media": PNG}, "digits", "below_threshold", "1"),
        ({"response": FLAT, "request": "Fine"}, "sentiment", "below_threshold", "positive"),
        ({"response": a_completion(logprobs=SURE)}, "chat-check", "below_threshold", "good"),
        ({"response": a_completion()}, "chat-check", "absent", "good"),
        (
            {"response": a_transcript(a_segment()), "media": AUDIO},
            "transcript-check", "confident", "good",
        ),
        ({"response": FULL}, "canonical", "below_threshold", "right"),
    ],
)  # fmt: skip
def test_output_finds_its_task_type_and_its_gate(
    sent: dict[str, JsonValue], task_type: str, reason: str, standing: str
) -> None:
    envelope = read_envelope(a_record({"source": "/m", "id": "o-1", **sent}))
    output = read_output(envelope)
    name = envelope.task_type or CATALOG.task_type_for(output.format)
    row = CATALOG.task_type(name)
    check_shown(output, row)
    decided = gated(output, row, task_type=name, output_id=envelope.output_id)
    assert name == task_type
    assert decided.reason == reason
    assert standing_answer(output, row) == standing


@pytest.mark.parametrize(
    ("clauses", "reason"),
    [
        ({"always_review": AlwaysReview(languages=("en",))}, "always_review"),
        ({"review_if": ('language == "en" && duration_seconds > 1.0',)}, "review_if"),
        ({"review_if": ("duration_seconds > 60.0",)}, "confident"),
    ],
)
def test_clause_of_a_shipped_gate_sends_a_sure_output_to_people(
    clauses: dict[str, object], reason: str
) -> None:
    heard = a_transcript(a_segment(), language="english")
    sent: JsonValue = {"source": "/m", "id": "o-1", "response": heard, "media": AUDIO}
    output = read_output(read_envelope(a_record(sent)))
    row = CATALOG.task_type("transcript-check")
    assert row.gate is not None
    with_clauses = row.model_copy(update={"gate": row.gate.model_copy(update=clauses)})
    decided = gated(output, with_clauses, task_type="transcript-check", output_id="o-1")
    assert decided.reason == reason
