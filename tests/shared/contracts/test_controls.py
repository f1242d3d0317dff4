"""Control characters in text are refused with their place; line breaks and tabs are text."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.contracts.controls import refuse_controls
from shared.contracts.errors import Reason, Refused


def refusal_of(value: JsonValue, *, ascii_only: bool = True) -> Refused | None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode()
    try:
        refuse_controls(raw, value)
    except Refused as refused:
        return refused
    return None


@pytest.mark.parametrize(
    "text",
    ["a\nb", "a\tb", "a\r\nb\r\n", "é", "C:\\b\\f", "a\\u0000", "\\x00", "\\r", "“x”", "\u200b"],
)
def test_text_with_line_breaks_tabs_and_backslashes_is_taken(text: str) -> None:
    assert refusal_of({"request": text}) is None
    assert refusal_of({"request": text}, ascii_only=False) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a\x00b", "U+0000"),
        ("\x1b[31mred\x1b[0m", "U+001B"),
        ("page\x0cbreak", "U+000C"),
        ("back\bspace", "U+0008"),
        ("50 %\r100 %", "U+000D"),
        ("a\r\r\nb", "U+000D"),
        ("\x07", "U+0007"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("\x9b31m", "U+009B"),
    ],
)
def test_a_control_character_is_named_with_its_place(text: str, named: str) -> None:
    for value, place in (
        ({"request": text}, "request"),
        ({"context": [{"page": 1}, text]}, "context[1]"),
        ({"response": {"choices": [{"message": {"content": text}}]}},
         "response.choices[0].message.content"),
        ({"response": {"hunter2": text}}, "response.*"),
        ({text: 1}, "*"),
        (text, "value"),
    ):  # fmt: skip
        for ascii_only in (True, False):
            refused = refusal_of(value, ascii_only=ascii_only)  # type: ignore[arg-type]
            assert refused is not None
            assert refused.reason is Reason.INVALID_FIELD
            assert refused.detail.startswith(f"{place}: holds the control character {named}")


def test_tokens_of_which_only_numbers_are_read_may_be_half_a_line_break() -> None:
    tokens: JsonValue = {"content": [{"token": "\r", "logprob": -0.1}]}

    assert refusal_of({"choices": [{"logprobs": tokens}]}) is None
    for shown in ("request", "context"):
        assert refusal_of({shown: {"tokens": "\u009b31m"}}) is not None
        assert refusal_of({shown: [{"logprobs": "\x7f"}]}) is not None


@given(st.text())
def test_exactly_control_characters_but_for_line_breaks_and_tabs_are_refused(text: str) -> None:
    left = text.replace("\r\n", "").replace("\n", "").replace("\t", "")
    held = any(unicodedata.category(character) == "Cc" for character in left)

    for filling in ("", "x" * 5_000):
        assert (refusal_of({"text": filling + text}) is not None) == held
