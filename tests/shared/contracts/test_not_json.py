"""Each way to send something that is no JSON has words of its own."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.not_json import why_not_json

WAYS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blank": (b" \n", "is empty"),
    "zero bytes": (b"\x00\x00", "is empty"),
    "cut off in an object": (b'{"a": 1', "ends in the middle"),
    "cut off in a text": (b'{"a": "x', "ends in the middle"),
    "cut off after a comma": (b'{"a": [1,', "ends in the middle"),
    "cut off in a character": (b'{"a": "\xc3', "ends in the middle of a character"),
    "two objects": (b'{"a": 1}\n{"a": 2}\n', "one record for each"),
    "JSON lines with marks": (b'{"a":1}\n\xef\xbb\xbf{"a":2}', "byte order mark"),
    "a mark within": (b"[1, \xef\xbb\xbf2]", "byte order mark"),
    "text behind": (b'{"a": 1};', "more text follows"),
    "a zero byte behind": (b'{"a": 1}\x00', "more text follows"),
    "NaN": (b'{"a": NaN}', "NaN and Infinity"),
    "minus Infinity": (b'{"a": -Infinity}', "NaN and Infinity"),
    "Infinity far within": (b'{"NaN": "\\" NaN", "a": [1, Infinity]}', "as at character 28"),
    "nan of printf": (b'{"a": nan}', "NaN and Infinity"),
    "inf of printf": (b'{"a": -inf}', "NaN and Infinity"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": ('{"a": 1}'.encode("utf-16-be"), "UTF-16"),
    "UTF-32": ('{"a": 1}'.encode("utf-32"), "UTF-32"),
    "Latin-1": ('{"a": "café"}'.encode("latin-1"), "byte 10 is no UTF-8"),
    "surrogates as bytes": (b'{"a": "\xed\xa0\x80"}', "no UTF-8"),
    "half a surrogate pair": (b'{"a": "\\ud83d"}', "surrogate pair"),
    "gzip": (gzip.compress(b"{}"), "is compressed"),
    "Zstandard": (b"\x28\xb5\x2f\xfd\x00", "is compressed"),
    "Python's repr": (b"{'a': 1}", "as Python prints it"),
    "Python's True": (b'{"a": True}', "as Python prints it"),
    "Python's None": (b'{"a": None}', "as Python prints it"),
    "a comma too many": (b'{"a": 1,}', "comma"),
    "a comma too many in a list": (b"[1,]", "comma"),
    "a comment": (b'{"a": 1, // one\n"b": 2}', "comment"),
    "markup": (b"<html></html>", "markup"),
    "a bare line break": (b'{"a": "x\ny"}', "line break"),
    "a Windows path": (b'{"a": "C:\\data"}', "backslash"),
    "a form": (b"a=1&b=2", "from character 1 on"),
    "names without quotes": (b"{a: 1}", "from character 2 on"),
    "too many digits": (b'{"a": ' + b"9" * 5_000 + b"}", "digits"),
    "beyond every float": (b'{"a": 1e400}', "beyond every float"),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_is_named(way: str) -> None:
    raw, words = WAYS[way]

    assert words in why_not_json(raw)


@given(before=st.lists(st.text() | st.floats(-9, 9)), bad=st.sampled_from(["NaN", "-Infinity"]))
def test_the_first_number_that_json_lacks_is_named_by_its_place(
    before: list[str | float], bad: str
) -> None:
    head = json.dumps(before, ensure_ascii=False)[:-1] + (", " if before else "")

    why = why_not_json(f"{head}{bad}, NaN]".encode())

    assert f"as at character {len(head) + 1}:" in why


@given(st.binary())
def test_any_bytes_have_one_sentence_with_nothing_of_them(raw: bytes) -> None:
    why = why_not_json(b"hunter2" + raw)

    assert "\n" not in why
    assert "hunter2" not in why
    assert ": " in why
