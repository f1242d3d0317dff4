"""Binary, structured and bare records, and what is no event of ours."""

import pytest

from services.intake.cloudevents import unwrap
from shared.contracts.errors import Reason
from shared.contracts.strictjson import JsonObject, parse
from tests.services.intake.builders import a_record, a_sent, refused

EVENT = {
    "ce_specversion": "1.0",
    "ce_type": "model.output.v1",
    "ce_source": "/models/digits",
    "ce_id": "o-1",
}
STRUCTURED = {name[3:]: value for name, value in EVENT.items()}
BODY = a_sent(source=None, id=None)


def test_bare_json_has_no_attributes() -> None:
    record = a_record(BODY)
    attributes, data = unwrap(record, parse(record.value or b""))
    assert attributes.model_dump(exclude_none=True) == {}
    assert data == BODY


def test_headers_of_a_binary_event_are_its_attributes() -> None:
    said: dict[str, str | bytes] = {
        "ce_time": "2026-03-01T00:00:00Z", "ce_dataref": "s3://bucket/a.png",
        "ce_tasktype": "digits", "ce_correlationid": "c-9", "ce_other": "whatever:{x}*",
        "content-type": "text/plain", "other": b"\xff\xfe",
    }  # fmt: skip
    record = a_record(BODY, {**EVENT, **said})
    attributes, data = unwrap(record, parse(record.value or b""))
    assert attributes.id == "o-1"
    assert attributes.source == "/models/digits"
    assert attributes.tasktype == "digits"
    assert attributes.correlationid == "c-9"
    assert attributes.dataref == "s3://bucket/a.png"
    assert data == BODY


@pytest.mark.parametrize("content_type", ["application/cloudevents+json; charset=utf-8", ""])
def test_structured_event_carries_attributes_and_data_in_its_value(content_type: str) -> None:
    record = a_record(
        {**STRUCTURED, "data": BODY, "tasktype": "digits"}, {"content-type": content_type}
    )
    attributes, data = unwrap(record, parse(record.value or b""))
    assert attributes.id == "o-1"
    assert attributes.tasktype == "digits"
    assert data == BODY


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ce_type": "model.output.v99"}, Reason.UNKNOWN_VERSION),
        ({"ce_type": "model.output"}, Reason.UNSUPPORTED),
        ({"ce_type": "task.created.v1"}, Reason.UNSUPPORTED),
        ({"ce_type": "model.output.v1\n"}, Reason.UNSUPPORTED),
        ({"ce_type": ""}, Reason.MISSING),
        ({"ce_specversion": "0.3"}, Reason.UNKNOWN_VERSION),
        ({"ce_specversion": ""}, Reason.MISSING),
        ({"ce_source": ""}, Reason.MISSING),
        ({"ce_source": "sentuh:model-outputs"}, Reason.BAD_ID),
        ({"ce_source": "sentuh:qa"}, Reason.FOREIGN_SOURCE),
        ({"ce_source": "/models/{x}"}, Reason.BAD_ID),
        ({"ce_id": ""}, Reason.MISSING),
        ({"ce_id": "a:b{c}*"}, Reason.BAD_ID),
        ({"ce_id": "a\x00"}, Reason.BAD_ID),
        ({"ce_id": "a\n"}, Reason.BAD_ID),
        ({"ce_id": b"\xff\xfe"}, Reason.BAD_ID),
        ({"ce_id": "x" * 100_000}, Reason.BAD_ID),
        ({"ce_time": "9999-01-01T00:00:00Z"}, Reason.TIME_OUT_OF_RANGE),
        ({"ce_time": "1900-01-01T00:00:00Z"}, Reason.TIME_OUT_OF_RANGE),
        ({"ce_time": "2026-01-01T00:00:00"}, Reason.INVALID_FIELD),
        ({"ce_time": "1700000000"}, Reason.INVALID_FIELD),
        ({"ce_dataref": "file:///etc/passwd"}, Reason.BAD_URL),
        ({"ce_dataref": "https://169.254.169.254/"}, Reason.BAD_URL),
        ({"ce_correlationid": "a b"}, Reason.BAD_ID),
        ({"content-type": "application/cloudevents-batch+json"}, Reason.UNSUPPORTED),
    ],
)
def test_attributes_that_are_not_taken(changed: dict[str, str | bytes], reason: Reason) -> None:
    assert refused(a_record(BODY, {**EVENT, **changed})).reason is reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([STRUCTURED], Reason.NOT_OBJECT),
        (STRUCTURED, Reason.MISSING),
        ({**STRUCTURED, "data_base64": "e30"}, Reason.INVALID_FIELD),
        ({**STRUCTURED, "data_base64": "e30=", "data": BODY}, Reason.INVALID_FIELD),
        ({**STRUCTURED, "data_base64": "ew=="}, Reason.JSON_INVALID),
        ({**STRUCTURED, "data": None}, Reason.NOT_OBJECT),
        ({**STRUCTURED, "data": "text"}, Reason.NOT_OBJECT),
        ({**STRUCTURED, "data": BODY, "id": 5}, Reason.INVALID_FIELD),
        ({**STRUCTURED, "data": BODY, "type": "model.output.v2"}, Reason.UNKNOWN_VERSION),
    ],
)
def test_structured_events_that_are_not_taken(value: object, reason: Reason) -> None:
    record = a_record(value, {"content-type": "application/cloudevents+json"})  # type: ignore[arg-type]
    assert refused(record).reason is reason


@pytest.mark.parametrize("name", ["taskType", "task_type", "TASKTYPE", "data-ref", "correlationId"])
def test_an_extension_in_another_spelling_is_not_left_out(name: str) -> None:
    refusal = refused(a_record({**STRUCTURED, "data": BODY, name: "digits"}))
    assert refusal.reason is Reason.INVALID_FIELD
    assert refusal.detail.startswith(f"{name}: is not read under this name: send it as ")


def test_an_extension_of_the_senders_own_is_ignored() -> None:
    own: JsonObject = {"traceState": "a=b", "partitionkey": "k", "subject": "s"}
    value: JsonObject = {**STRUCTURED, "data": BODY, **own}
    attributes, data = unwrap(a_record(value), value)
    assert (attributes.id, data) == ("o-1", BODY)
