"""Hostile JSON, row by row, and what pydantic's errors become."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import Id, Moment
from shared.contracts.framing import unframed
from shared.contracts.strictjson import parse, parse_object, refusal


def reason_of(raw: bytes) -> Reason:
    with pytest.raises(Refused) as caught:
        parse_object(raw)
    return caught.value.reason


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"", Reason.JSON_INVALID, id="empty"),
        pytest.param(b'{"a": 1', Reason.JSON_INVALID, id="truncated"),
        pytest.param(b'{"a": 1} {}', Reason.JSON_INVALID, id="trailing object"),
        pytest.param(b'{"a": 1}\x00', Reason.JSON_INVALID, id="trailing NUL"),
        pytest.param(b"null", Reason.NOT_OBJECT, id="null"),
        pytest.param(b"[]", Reason.NOT_OBJECT, id="list"),
        pytest.param(b'"x"', Reason.NOT_OBJECT, id="string"),
        pytest.param(b"1", Reason.NOT_OBJECT, id="number"),
        pytest.param('{"a": "é"}'.encode("utf-16"), Reason.JSON_INVALID, id="UTF-16"),
        pytest.param('{"a": 1}'.encode("utf-16-le"), Reason.JSON_INVALID, id="UTF-16, no mark"),
        pytest.param('{"a": 1}'.encode("utf-32"), Reason.JSON_INVALID, id="UTF-32"),
        pytest.param(b"[1, \xef\xbb\xbf2]", Reason.JSON_INVALID, id="byte order mark within"),
        pytest.param(b'{"a": "\xff\xfe"}', Reason.JSON_INVALID, id="invalid UTF-8"),
        pytest.param(b'{"a": "\xed\xa0\x80"}', Reason.JSON_INVALID, id="surrogate in UTF-8"),
        pytest.param(b'{"a": "\\ud800"}', Reason.JSON_INVALID, id="lone surrogate"),
        pytest.param(b'{"\\udfff": 1}', Reason.JSON_INVALID, id="lone surrogate as key"),
        pytest.param(b"[" * 30_000, Reason.TOO_DEEP, id="30,000 brackets"),
        pytest.param(b'{"a":' * 5_000 + b"1" + b"}" * 5_000, Reason.TOO_DEEP, id="depth 5,000"),
        pytest.param(b'{"a":' + b"9" * 5_000 + b"}", Reason.JSON_INVALID, id="5,000 digits"),
        pytest.param(b'{"a": 1, "a": 2}', Reason.DUP_KEY, id="duplicate key"),
        pytest.param(b'{"a": 1, "\\u0061": 1}', Reason.DUP_KEY, id="duplicate key, escaped"),
        pytest.param(b'{"o": [{"a": 1, "a": 1}]}', Reason.DUP_KEY, id="duplicate key, nested"),
        pytest.param(b'{"a": NaN}', Reason.JSON_INVALID, id="NaN"),
        pytest.param(b'{"a": -Infinity}', Reason.JSON_INVALID, id="Infinity"),
        pytest.param(b'{"a": 1e400}', Reason.JSON_INVALID, id="1e400"),
        pytest.param(b"{'a': 1}", Reason.JSON_INVALID, id="single quotes"),
    ],
)
def test_hostile_json_has_its_own_reason(raw: bytes, reason: Reason) -> None:
    assert reason_of(raw) is reason


def test_depth_is_counted_outside_strings_only() -> None:
    brackets = {"a": '\\"' + "[{" * 500}
    assert parse_object(json.dumps(brackets).encode()) == brackets
    assert parse_object(b'{"a":' + b"[" * 63 + b"]" * 63 + b"}")
    assert reason_of(b'{"a":' + b"[" * 64 + b"]" * 64 + b"}") is Reason.TOO_DEEP


@pytest.mark.parametrize("unit", [b'"\\', b'"', b'\\"', b'["', b"[],", b'"[{'])
def test_depth_scan_takes_linear_time(unit: bytes) -> None:
    raw = b"[" * 100 + unit * (300_000 // len(unit))
    began = time.process_time()
    with pytest.raises(Refused):
        parse(raw)
    assert time.process_time() - began < 1


def test_pairs_of_surrogates_are_text() -> None:
    assert parse_object(b'{"a": "\\ud83d\\ude00"}') == {"a": "\U0001f600"}


@given(st.binary())
def test_any_bytes_are_a_value_or_refused(raw: bytes) -> None:
    try:
        value, reason = parse(raw), None
    except Refused as refusal:
        value, reason = None, refusal.reason

    if reason is None:
        assert value == json.loads(unframed(raw).decode())
    else:
        assert reason in {Reason.JSON_INVALID, Reason.TOO_DEEP, Reason.DUP_KEY}


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_what_json_writes_is_read_back(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    size: int


class Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    worker_id: Id
    at: Moment | None = None
    inner: Inner | None = None
    levels: dict[str, int] = {}
    link: str = ""

    @field_validator("link")
    @classmethod
    def _no_link(cls, link: str) -> str:
        if link:
            raise PydanticCustomError("bad_url", "send an https URL")
        return link


def refused(raw: str) -> Refused:
    with pytest.raises(ValidationError) as caught:
        Sent.model_validate_json(raw)
    return refusal(caught.value, Sent, _plain(raw))


def _plain(raw: str) -> JsonValue:
    try:
        return parse(raw.encode())
    except Refused:
        return None


@pytest.mark.parametrize(
    ("raw", "reason", "field"),
    [
        ("{}", Reason.MISSING, "worker_id"),
        ('{"worker_id": "w-1", "is_admin": true}', Reason.EXTRA_FORBIDDEN, "value"),
        ('{"worker_id": "w-1", "inner": {"size": 1, "x": 2}}', Reason.EXTRA_FORBIDDEN, "inner"),
        ('{"worker_id": 5}', Reason.INVALID_FIELD, "worker_id"),
        ('{"worker_id": "a:b{c}*"}', Reason.BAD_ID, "worker_id"),
        ('{"worker_id": "w\\n"}', Reason.BAD_ID, "worker_id"),
        ('{"worker_id": "w-1\\n"}', Reason.BAD_ID, "worker_id"),
        ('{"worker_id": "w", "at": "9999-01-01T00:00:00Z"}', Reason.TIME_OUT_OF_RANGE, "at"),
        ('{"worker_id": "w", "at": "2026-01-01T00:00:00"}', Reason.INVALID_FIELD, "at"),
        ('{"worker_id": "w", "at": 1700000000}', Reason.INVALID_FIELD, "at"),
        ('{"worker_id": "w", "inner": {"size": "1"}}', Reason.INVALID_FIELD, "inner.size"),
        ('{"worker_id": "w", "link": "file:///x"}', Reason.BAD_URL, "link"),
        ("{", Reason.JSON_INVALID, "value"),
        ("[]", Reason.NOT_OBJECT, "value"),
    ],
)
def test_pydantic_errors_become_reasons(raw: str, reason: Reason, field: str) -> None:
    got = refused(raw)
    assert got.reason == reason
    assert got.detail.partition(":")[0] == field


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (
            '{"worker_id": "w", "worker": "w"}',
            "value: has a field the contract does not know, much like worker_id: leave it out",
        ),
        (
            '{"worker_id": "w", "inner": {"size": 1, "sizes": 2}}',
            "inner: has a field the contract does not know, much like size: leave it out",
        ),
        (
            '{"worker_id": "w", "inner": {"sizes": 2, "size": 1}, "link": ""}',
            "inner: has a field the contract does not know, much like size: leave it out",
        ),
        (
            '{"worker_id": "w", "lnk": "x"}',
            "value: has a field the contract does not know: did you mean link? else leave it out",
        ),
        (
            '{"worker_id": "w", "link_hun": 2}',
            "value: has a field the contract does not know: did you mean link? else leave it out",
        ),
        (
            '{"worker_id": "w", "is_admin": true}',
            "value: has a field the contract does not know: leave it out",
        ),
        ('{"worker_id": "w", "link": "x"}', "link: send an https URL"),
        ('{"worker_id": "a b"}', "worker_id: send 1 to 200 of A-Z a-z 0-9 . _ ~ @ / + = - | : ;"),
    ],
)
def test_a_refusal_names_its_fix(raw: str, detail: str) -> None:
    assert refused(raw).detail.startswith(detail)


def test_nothing_that_was_sent_is_repeated() -> None:
    canary = "hunter2"
    for raw in (
        {"worker_id": canary + " "},
        {"worker_id": "w", canary: 1},
        {"worker_id": "w", "levels": {canary: canary}},
        {"worker_id": "w", "inner": {"size": 1, canary: 1}},
        {"worker_id": "w", "at": canary},
        {"worker_id": "w", "link": canary},
    ):
        with pytest.raises(ValidationError) as caught:
            Sent.model_validate_json(json.dumps(raw))
        for got in (refusal(caught.value, Sent), refusal(caught.value)):
            assert canary not in str(got)
