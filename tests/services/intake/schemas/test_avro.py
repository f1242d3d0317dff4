"""Avro's bytes are read as the library reads them, and nothing that a stranger sends runs away."""

import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import fastavro
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from services.intake.schemas.schema import Schema, SchemaText
from shared.contracts.errors import Reason, Refused
from shared.contracts.strictjson import DEPTH_MAX
from shared.contracts.topics import MODEL_OUTPUTS
from tests.services.intake.builders import assert_one_sentence

LINKED = {"type": "record", "name": "L", "fields": [{"name": "next", "type": ["null", "L"]}]}
MANY_NULLS = {"type": "array", "items": "null"}
WIDE = {
    "type": "array",
    "items": {
        "type": "record", "name": "W",
        "fields": [{"name": f"field_{n}", "type": "null"} for n in range(1_000)],
    },
}  # fmt: skip
NO_BYTES = {"type": "array", "items": {"type": "fixed", "name": "F", "size": 0}}
EVERY = {
    "type": "record", "name": "Every", "namespace": "a.b",
    "fields": [
        {"name": "truth", "type": "boolean"},
        {"name": "small", "type": "int"},
        {"name": "large", "type": ["null", "long", "string"]},
        {"name": "half", "type": "float"},
        {"name": "number", "type": "double"},
        {"name": "text", "type": "string"},
        {"name": "letter", "type": {"type": "enum", "name": "Letter", "symbols": ["A", "B"]}},
        {"name": "again", "type": {"type": "array", "items": "Letter"}},
        {"name": "counts", "type": {"type": "map", "values": {"type": "array", "items": "long"}}},
        {"name": "inner", "type": ["null", "a.b.Every"]},
    ],
}  # fmt: skip
FINITE = st.floats(allow_nan=False, allow_infinity=False)
LONG = st.integers(min_value=-(2**63), max_value=2**63 - 1)


def _every(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({
        "truth": st.booleans(),
        "small": st.integers(min_value=-(2**31), max_value=2**31 - 1),
        "large": st.none() | LONG | st.text(max_size=4),
        "half": st.floats(width=32, allow_nan=False, allow_infinity=False),
        "number": FINITE,
        "text": st.text(max_size=8),
        "letter": st.sampled_from("AB"),
        "again": st.lists(st.sampled_from("AB"), max_size=3),
        "counts": st.dictionaries(st.text(max_size=3), st.lists(LONG, max_size=3), max_size=3),
        "inner": inner,
    })  # fmt: skip


def a_schema(avro: Any) -> Schema:
    return Schema.of(SchemaText(json.dumps(avro)))


def written(avro: Any, value: Any) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(avro), value)
    return out.getvalue()


def read(avro: Any, raw: bytes) -> JsonValue:
    value: JsonValue = json.loads(a_schema(avro).as_json(raw))
    return value


def refused(avro: Any, raw: bytes) -> Reason:
    with pytest.raises(Refused) as caught:
        a_schema(avro).as_json(raw)
    return caught.value.reason


def zigzag(number: int) -> bytes:
    number = (number << 1) ^ (number >> 63)
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*groups, number])


@settings(max_examples=40)
@given(_every(_every(st.none()) | st.none()))
def test_a_value_is_what_was_written(value: Any) -> None:
    assert read(EVERY, written(EVERY, value)) == value


@pytest.mark.parametrize(
    ("logical", "value", "text"),
    [
        ({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
         Decimal("1234.50"), "1234.50"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
         Decimal("-0.05"), "-0.05"),
        ({"type": "fixed", "name": "D", "size": 8, "logicalType": "decimal", "precision": 9},
         Decimal(-7), "-7"),
        ({"type": "int", "logicalType": "date"}, date(2026, 11, 30), "2026-11-30"),
        ({"type": "int", "logicalType": "time-millis"}, time(19, 0, 0, 5_000), "19:00:00.005"),
        ({"type": "long", "logicalType": "time-micros"}, time(19, 0, 0, 5), "19:00:00.000005"),
        ({"type": "long", "logicalType": "timestamp-millis"},
         datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC), "1969-12-31T23:59:59.999Z"),
        ({"type": "long", "logicalType": "timestamp-micros"},
         datetime(2026, 11, 30, 19, 0, 0, 123_456, UTC), "2026-11-30T19:00:00.123456Z"),
        ({"type": "long", "logicalType": "local-timestamp-millis"},
         datetime(2026, 11, 30, 19), "2026-11-30T19:00:00.000"),  # noqa: DTZ001 - it is local
        ({"type": "string", "logicalType": "uuid"},
         UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        ({"type": "fixed", "name": "F", "size": 2}, b"\x00\xff", "AP8="),
        ("bytes", b"\x00\xff", "AP8="),
        ({"type": "string", "logicalType": "own"}, "as it is", "as it is"),
    ],
)  # fmt: skip
def test_what_json_has_no_type_for_is_text(logical: Any, value: Any, text: str) -> None:
    assert read(logical, written(logical, value)) == text


@pytest.mark.parametrize(
    ("logical", "raw", "text"),
    [
        ({"type": "long", "logicalType": "timestamp-nanos"},
         zigzag(1_000_000_001), "1970-01-01T00:00:01.000000001Z"),
        ({"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"},
         UUID(int=7).bytes, "00000000-0000-0000-0000-000000000007"),
    ],
)  # fmt: skip
def test_types_that_the_library_does_not_know_are_text_too(
    logical: Any, raw: bytes, text: str
) -> None:
    assert read(logical, raw) == text


def test_a_block_may_tell_its_bytes() -> None:
    array = {"type": "array", "items": "long"}
    assert read(array, zigzag(-2) + zigzag(2) + b"\x02\x04" + zigzag(1) + b"\x06\x00") == [1, 2, 3]


@pytest.mark.parametrize(
    ("avro", "raw", "reason"),
    [
        (LINKED, b"\x02" * 2 * DEPTH_MAX + b"\x00", Reason.TOO_DEEP),
        (MANY_NULLS, zigzag(300_000) + b"\x00", Reason.TOO_LARGE),
        (WIDE, zigzag(100_000) + b"\x00", Reason.TOO_LARGE),
        (NO_BYTES, zigzag(300_000) + b"\x00", Reason.TOO_LARGE),
        ("bytes", zigzag(2**40) + b"abc", Reason.SCHEMA_MISMATCH),
        ("bytes", zigzag(-5) + b"abcdef", Reason.SCHEMA_MISMATCH),
        ("string", b"\x04\xff\xfe", Reason.SCHEMA_MISMATCH),
        ("long", b"\xff" * 100_000, Reason.SCHEMA_MISMATCH),
        ("long", b"\xff" * 9 + b"\x7f", Reason.SCHEMA_MISMATCH),
        ("long", b"\x02\x02", Reason.SCHEMA_MISMATCH),
        ("long", b"", Reason.SCHEMA_MISMATCH),
        ("boolean", b"\x07", Reason.SCHEMA_MISMATCH),
        (["null", "long"], zigzag(-1) + b"\x02", Reason.SCHEMA_MISMATCH),
        (["null", "long"], zigzag(2) + b"\x02", Reason.SCHEMA_MISMATCH),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, zigzag(-1), Reason.SCHEMA_MISMATCH),
        ("double", b"\x00\x00\x00\x00\x00\x00\xf8\x7f", Reason.JSON_INVALID),
        ({"type": "map", "values": "null"}, zigzag(2) + b"\x02a\x02a\x00", Reason.DUP_KEY),
        ({"type": "long", "logicalType": "timestamp-millis"}, zigzag(2**60),
         Reason.SCHEMA_MISMATCH),
        ({"type": "int", "logicalType": "time-millis"}, zigzag(86_400_000),
         Reason.SCHEMA_MISMATCH),
        ({"type": "bytes", "logicalType": "decimal", "precision": 9},
         zigzag(100_000) + b"\x7f" * 100_000, Reason.SCHEMA_MISMATCH),
    ],
)  # fmt: skip
def test_bytes_that_fit_no_value_are_refused_before_they_cost(
    avro: Any, raw: bytes, reason: Reason
) -> None:
    assert refused(avro, raw) is reason


def test_as_deep_as_json_may_be_is_read() -> None:
    assert read(LINKED, b"\x02" * (DEPTH_MAX - 1) + b"\x00") is not None
    assert refused(LINKED, b"\x02" * DEPTH_MAX + b"\x00") is Reason.TOO_DEEP


def test_the_text_is_no_longer_than_the_topics_limit() -> None:
    raw = written({"type": "array", "items": "double"}, [0.1234567890123456] * 12_000)
    assert len(raw) < MODEL_OUTPUTS.size_bytes_max
    assert refused({"type": "array", "items": "double"}, raw) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "5", "null", '"nothing"', '{"type": "record"}', '{"type": ["null", "int"]}',
        '[["null"]]', '{"type": "fixed", "name": "F", "size": -1}', '{"type": "array"}',
        '{"type": "record", "name": "A", "fields": [{"name": "n", "type": "int"},'
        ' {"name": "n", "type": "int"}]}',
        '{"type": "bytes", "logicalType": "decimal", "precision": 1000000000, "scale": 999999999}',
        '{"type": "fixed", "name": "U", "size": 3, "logicalType": "uuid"}',
        '{"type": "array", "items": ' * 10_000 + '"int"' + "}" * 10_000,
    ],
)  # fmt: skip
def test_a_schema_that_is_none_is_a_reason_of_its_own(text: str) -> None:
    with pytest.raises(Refused) as caught:
        Schema.of(SchemaText(text)).as_json(b"\x02")
    assert caught.value.reason is Reason.BAD_SCHEMA


@pytest.mark.parametrize(
    "sent",
    [SchemaText('syntax = "proto3";', kind="PROTOBUF"), SchemaText("{}", rules=("ENCRYPT",))],
)
def test_a_schema_that_is_not_read_says_what_to_send(sent: SchemaText) -> None:
    with pytest.raises(Refused, match=r"send .*") as caught:
        Schema.of(sent).as_json(b"{}")
    assert caught.value.reason is Reason.UNSUPPORTED


@settings(max_examples=150)
@example(b"\x00" * 100, LINKED)
@given(st.binary(max_size=200), st.sampled_from((EVERY, LINKED, MANY_NULLS, WIDE)))
def test_any_bytes_are_a_value_or_refused(raw: bytes, avro: Any) -> None:
    try:
        text = a_schema(avro).as_json(raw)
    except Refused as refusal:
        assert_one_sentence(refusal.detail)
    else:
        assert len(text) <= MODEL_OUTPUTS.size_bytes_max
        json.loads(text)
