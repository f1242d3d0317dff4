"""The record in a model's text: the JSON object that the text is, and nothing that is guessed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.contracts.questions.record.in_text import TEXT_CHARACTERS_MAX, record_in

FLAT = st.dictionaries(
    st.text(max_size=8), st.text(max_size=8) | st.integers() | st.none() | st.booleans(), max_size=5
)


@given(
    FLAT,
    st.sampled_from(["{}", "```json\n{}\n```", "```\n{}\n```", " \n{}\n ", "```JSON\n{} \n```"]),
)
def test_an_object_is_read_with_or_without_a_code_block(record: JsonValue, shape: str) -> None:
    assert record_in(shape.replace("{}", json.dumps(record))) == record


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "Total: 12.5",
        'Here it is: {"total": 1}',
        '{"total": 1} as asked',
        '{"total": 1',
        '{"total": 1, "total": 2}',
        '{"total": NaN}',
        '[{"total": 1}]',
        '"total"',
        "\ud800",
        '{"a": "\ud800"}',
        '{"a":' * 100 + "1" + "}" * 100,
        '```json\n{"a": 1}\n```\n```json\n{"a": 2}\n```',
        '{"a": "' + "x" * TEXT_CHARACTERS_MAX + '"}',
    ],
)
def test_anything_else_is_none(text: str | None) -> None:
    assert record_in(text) is None
