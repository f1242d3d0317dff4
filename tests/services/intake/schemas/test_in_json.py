"""A record that is written by a schema becomes JSON; JSON stays as it is, with or without one."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.arrived import read
from services.intake.schemas import NO_REGISTRY, OneSchema, Schema, SchemaText, in_json
from shared.contracts.errors import Reason, Refused
from shared.contracts.framing import SCHEMA_HEADER, framed_value
from shared.contracts.record import Record
from tests.services.intake.builders import a_record, a_sent, assert_one_sentence

NUMBER = OneSchema(Schema.of(SchemaText('"long"')))
DOUBLES = OneSchema(Schema.of(SchemaText('{"type": "array", "items": "long"}')))
JSON_SCHEMA = OneSchema(Schema.of(SchemaText("{}", kind="JSON")))
SENT = json.dumps(a_sent()).encode()
PREFIX, GUID = b"\x00\x00\x00\x00\x07", b"\x01" + b"\x11" * 16
GUID_TEXT = "11111111-1111-1111-1111-111111111111"


@pytest.mark.parametrize(
    ("record", "schema_id", "body"),
    [
        (a_record(PREFIX + b"\x02"), 7, b"\x02"),
        (a_record(b"\x00\xff\xff\xff\xff"), 2**32 - 1, b""),
        (a_record(GUID + b"\x02"), GUID_TEXT, b"\x02"),
        (a_record(b"\x02", {SCHEMA_HEADER: GUID}), GUID_TEXT, b"\x02"),
        (a_record(b"\x02", {SCHEMA_HEADER: PREFIX}), 7, b"\x02"),
        (a_record(PREFIX + b"\x02", {SCHEMA_HEADER: GUID}), GUID_TEXT, PREFIX + b"\x02"),
        (a_record(SENT, {SCHEMA_HEADER: GUID}), GUID_TEXT, SENT),
    ],
)
def test_the_id_is_in_the_header_or_else_before_the_value(
    record: Record, schema_id: object, body: bytes
) -> None:
    framed = framed_value(record)
    assert framed is not None
    assert framed == (schema_id, body)


@pytest.mark.parametrize(
    "record",
    [
        a_record(SENT),
        a_record(b""),
        a_record(b"\x00"),
        a_record(b"\x00" * 40),
        a_record('{"a": 1}'.encode("utf-16-be")),
        a_record('{"a": 1}'.encode("utf-32-be")),
        a_record(SENT, {SCHEMA_HEADER: b""}),
        a_record(SENT, {SCHEMA_HEADER: b"\x02 of another kind"}),
        a_record(SENT, {"__key_schema_id": GUID}),
        a_record(SENT)._replace(value=None),
    ],
)
def test_a_record_without_a_schemas_id_is_the_record_itself(record: Record) -> None:
    assert framed_value(record) is None
    assert in_json(record, NUMBER) is record


@pytest.mark.parametrize("record", [a_record(PREFIX + SENT), a_record(SENT, {SCHEMA_HEADER: GUID})])
@pytest.mark.parametrize("schemas", [NO_REGISTRY, NUMBER, JSON_SCHEMA])
def test_json_needs_no_schema(record: Record, schemas: OneSchema) -> None:
    [unit] = read(record, schemas=schemas)
    [plain] = read(a_record(SENT))

    assert unit.event == plain.event
    assert unit.record is record


def test_avro_that_begins_like_json_is_avro() -> None:
    raw = b"\x7b"  # the number -62, and a bracket
    for record in (a_record(PREFIX + raw), a_record(raw, {SCHEMA_HEADER: GUID})):
        assert in_json(record, NUMBER).value == b"-62"


def test_json_that_is_cut_off_is_told_so_where_its_schema_says_that_it_is_json() -> None:
    with pytest.raises(Refused) as caught:
        read(a_record(PREFIX + SENT[:-1]), schemas=JSON_SCHEMA)
    assert caught.value.reason is Reason.JSON_INVALID


def test_without_a_registry_the_refusal_names_the_setting() -> None:
    for record in (a_record(PREFIX + b"\x02"), a_record(b"\x02", {SCHEMA_HEADER: GUID})):
        with pytest.raises(Refused, match="SENTUH_INTAKE_SCHEMA_REGISTRY_URL") as caught:
            read(record)
        assert caught.value.reason is Reason.JSON_INVALID


@settings(max_examples=150)
@given(
    st.sampled_from((b"\x00", b"\x01", b"\x03", b"\x00\x00\x00\x00\x07", b"")),
    st.binary(max_size=60),
    st.none() | st.binary(max_size=20),
    st.sampled_from((NO_REGISTRY, NUMBER, DOUBLES, JSON_SCHEMA)),
)
def test_no_bytes_escape_the_error_tree(
    first: bytes, rest: bytes, header: bytes | None, schemas: OneSchema
) -> None:
    headers = {} if header is None else {SCHEMA_HEADER: header}
    try:
        read(a_record(first + rest, headers), schemas=schemas)
    except Refused as refusal:
        assert_one_sentence(refusal.detail)
