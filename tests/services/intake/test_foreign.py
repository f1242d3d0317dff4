"""Objects of other programs are never taken for our envelope, and ours never loses a field."""

import pytest
from pydantic import JsonValue

from services.intake.cloudevents import TYPE
from services.intake.envelope import read_envelope
from shared.contracts.errors import Reason
from shared.contracts.strictjson import JsonObject
from tests.services.intake.builders import a_record, a_sent, refused

CHAT: JsonValue = {
    "id": "chatcmpl-9", "object": "chat.completion", "model": "m",
    "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Sundays."}}],
}  # fmt: skip
ANSWERED: JsonValue = {"status_code": 200, "request_id": "req_1", "body": CHAT}
FAILED: JsonValue = {"status_code": 429, "request_id": "req_1", "body": {"error": {"code": "x"}}}
BATCH: dict[str, JsonObject] = {
    "without its own id": {"id": "batch_req_1", "response": ANSWERED},
    "with a source": {"id": "batch_req_1", "source": "/m", "response": ANSWERED},
    "with a format": {"source": "/m", "id": "b", "format": "openai.chat", "response": ANSWERED},
    "of a task type": {"source": "/m", "id": "b", "task_type": "canonical", "response": ANSWERED},
    "that failed": {"id": "batch_req_1", "response": FAILED, "error": None},
}
OTHERS: dict[str, JsonObject] = {
    "an event of a responses stream": {
        "type": "response.completed", "sequence_number": 9,
        "response": {"id": "resp_1", "object": "response", "output": []},
    },
    "a search engine's answer": {
        "responseHeader": {"status": 0, "QTime": 1}, "response": {"numFound": 1, "docs": [{}]},
    },
    "a batch job's line": {
        "request": {"contents": []}, "response": {"candidates": []}, "status": "",
        "processed_time": "2026-01-01T00:00:00Z",
    },
    "a proxy's log": {
        "id": "1", "call_type": "acompletion", "model": "m", "messages": [], "response": CHAT,
        "spend": 0.1,
    },
    "a web archive's entry": {
        "startedDateTime": "2026-01-01", "time": 1, "request": {"url": "/"}, "response": {},
        "cache": {}, "timings": {},
    },
    "a chat engine's answer": {"response": "Sundays.", "source_nodes": [], "metadata": {}},
    "a voice assistant's": {"version": "1.0", "response": {"shouldEndSession": True}},
    "an image's header": {"format": "jpeg", "width": 5, "height": 5},
    "a row of a data set": {"instruction": "x", "context": "", "response": "y", "category": "qa"},
}  # fmt: skip


@pytest.mark.parametrize("line", BATCH)
def test_a_line_of_a_batchs_results_is_told_once_what_to_send(line: str) -> None:
    refusal = refused(a_record(BATCH[line]))

    assert "response.body" in refusal.detail


@pytest.mark.parametrize("other", OTHERS)
def test_words_about_a_foreign_object_fit_it_and_a_wrong_envelope(other: str) -> None:
    refusal = refused(a_record(OTHERS[other]))

    assert refusal.reason is Reason.EXTRA_FORBIDDEN
    assert "fields of our envelope, others are not" in refusal.detail
    assert "another program's object" in refusal.detail


@pytest.mark.parametrize(
    "fields", [{"task_type": "digits"}, {"format": "sklearn.proba"}, {"idd": 1}]
)
def test_an_envelope_that_is_clearly_ours_is_told_about_its_field(fields: JsonObject) -> None:
    sent: JsonObject = {"source": "/m", "id": "o", "response": {"a": 1}, "modell": 5, **fields}

    assert "a field the contract does not know" in refused(a_record(sent)).detail


@pytest.mark.parametrize(
    ("response", "words"),
    [
        ("Sundays.", "response: is a single value"),
        ('{"text": "Sundays."}', "response: is text that holds JSON"),
        (' [{"label": "a", "score": 1}]', "response: is text that holds JSON"),
    ],
)
def test_a_response_that_is_text_is_told_to_be_an_object(response: str, words: str) -> None:
    for declared in (None, "sentuh.output", "openai.chat"):
        refusal = refused(a_record(a_sent(response=response, format=declared)))

        assert refusal.reason is Reason.NOT_OBJECT
        assert refusal.detail.startswith(words)


@pytest.mark.parametrize(
    "beside",
    [
        {"source": "/m", "id": "o-1"},
        {"media": {"ref": "https://media.example.com/1.png"}},
        {"request": "Which digit?"},
        {"correlation_id": "c-1"},
        {"context": "The sign says so."},
        {"source": "/m", "request": "Which?", "media": {"ref": "s3://bucket/1.png"}},
    ],
)
def test_fields_beside_a_bare_output_are_not_lost_without_a_word(beside: JsonObject) -> None:
    payload: JsonObject = {"classes": ["0", "1"], "probabilities": [0.4, 0.6]}
    refusal = refused(a_record({**payload, **beside}))

    assert refusal.reason is Reason.MISSING
    assert refusal.detail.startswith(next(iter(sorted(beside.keys() - {"id"}))))
    assert "`response`" in refusal.detail


@pytest.mark.parametrize("name", ["request", "context", "media"])
def test_fields_beside_an_output_in_an_event_are_not_lost_either(name: str) -> None:
    event = {"ce_specversion": "1.0", "ce_id": "o-1", "ce_source": "/m", "ce_type": TYPE}
    payload: JsonObject = {"classes": ["0", "1"], "probabilities": [0.4, 0.6], name: "Which?"}

    assert refused(a_record(payload, event)).detail.startswith(f"{name}: would be lost")


def test_fields_that_are_an_outputs_own_are_no_reason_to_refuse_it() -> None:
    event = {"ce_specversion": "1.0", "ce_id": "o-1", "ce_source": "/m", "ce_type": TYPE}
    assert isinstance(CHAT, dict)
    besides: tuple[JsonObject, ...] = ({"source": "gateway"}, {"context": {"citations": []}})
    for beside in besides:
        payload: JsonObject = {**CHAT, **beside}
        assert read_envelope(a_record(payload)).payload == payload
        assert read_envelope(a_record(payload, event)).payload == payload


def test_json_within_text_and_kafka_connects_wrapping_are_named() -> None:
    sent = a_sent()
    for wrapped, words in (
        (a_record(b'"{}"'), "encode it once"),
        (a_record({"schema": "struct", "payload": sent}), "schemas.enable=false"),
        (a_record({"schema": {"type": "string"}, "payload": "{}"}), "StringConverter"),
    ):
        assert words in refused(wrapped).detail


def test_an_event_of_a_changed_row_is_told_to_be_unwrapped() -> None:
    change: JsonObject = {
        "before": None, "after": {"id": 1}, "source": {"connector": "postgresql"}, "op": "c",
    }  # fmt: skip
    refusal = refused(a_record(change))

    assert refusal.reason is Reason.UNKNOWN_FORMAT
    assert "change event" in refusal.detail
