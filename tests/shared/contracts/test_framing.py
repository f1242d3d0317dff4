"""What serializers put before JSON is stepped over, and what is no JSON behind it is named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.errors import Reason, Refused
from shared.contracts.framing import is_wide, unframed

TEXT = b'{"a": 1}'


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\x00\x00\x00\x00\x01",
        b"\x00\x00\x01\x86\xa3",
        b"\x00\x00\x00\x00\x7b",
        b"\x00\x00\x00\x7b\x00",
    ],
)
@pytest.mark.parametrize("text", [TEXT, b"[1]"])
def test_a_mark_or_a_registrys_prefix_is_stepped_over(before: bytes, text: bytes) -> None:
    assert unframed(before + text) == text


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\x00\x00\x00\x00\x07\x02\x0chello!", id="Avro"),
        pytest.param(b"\x00\x00\x00\x00\x07\x00\x0a\x03abc", id="Protobuf"),
        pytest.param(b"\x00" + b"\x00" * 7 + b"\x05" + TEXT, id="Apicurio, 8 bytes of id"),
        pytest.param(b"\x03\x00" + b"\x11" * 16 + TEXT, id="AWS Glue"),
        pytest.param(b"\x03\x05" + b"\x11" * 16 + b"x\x9c", id="AWS Glue, compressed"),
        pytest.param(b"\x01" + b"\x11" * 16 + TEXT, id="a schema's UUID"),
        pytest.param(b"\x00\x00\x00\x00\x07", id="nothing behind it"),
    ],
)
def test_what_is_no_json_behind_a_prefix_is_refused_naming_the_registry(raw: bytes) -> None:
    with pytest.raises(Refused) as refused:
        unframed(raw)
    assert refused.value.reason is Reason.JSON_INVALID
    assert "schema registry" in refused.value.detail
    assert "plain JSON" in refused.value.detail


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("text", ['{"a": 1}', '["é"]', "{}"])
def test_wide_text_is_told_from_a_prefix(encoding: str, text: str) -> None:
    raw = text.encode(encoding)

    assert is_wide(raw)
    assert unframed(raw) == raw


@given(st.dictionaries(st.text(), st.text()))
def test_json_in_utf_8_is_never_taken_for_anything_else(value: dict[str, str]) -> None:
    raw = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")

    assert not is_wide(raw)
    assert unframed(raw) is raw
