"""Payloads in formats that are not read: the refusal names them, and what to send instead."""

import pytest
from hypothesis import given
from pydantic import JsonValue

from services.intake.formats import read_output
from services.intake.formats.other_formats import name_of
from shared.contracts.errors import Reason, Refused
from tests.services.intake.builders import JSON, an_envelope, assert_one_sentence


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"error": {"code": 429, "message": "slow down"}}, "a server's error"),
        ({"error": {"message": "no such model"}, "user_id": "u"}, "a server's error"),
        ({"error": "model not loaded"}, "a server's error"),
        ([], "nothing: declare its format"),
        ({"cat": 0.6, "dog": 0.1}, "scores by class that do not add up to 1"),
        ({"error_code": "BAD_REQUEST", "message": "no such input"}, "a server's error"),
        (
            {"invocationStatus": "Completed", "responseParameters": {"outputLocation": "s3://b/o"}},
            "a notice that a result lies elsewhere",
        ),
        ({"text": "hi"}, "text alone"),
        ({"Transcript": {"Results": []}}, "an event of Amazon Transcribe's stream"),
        ({"statusCode": 200, "body": "{}"}, "the answer to an HTTP request"),
        ([{"start": 0.1, "end": 2.0, "text": "hi"}], "pieces of a transcript"),
    ],
)
def test_format_that_is_not_read_is_named(payload: JsonValue, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read_output(an_envelope(payload))
    assert caught.value.reason is Reason.UNKNOWN_FORMAT
    assert f"it looks like {words}" in caught.value.detail
    assert "convert it" in caught.value.detail
    assert_one_sentence(caught.value.detail)


@pytest.mark.parametrize("payload", [{"error": None, "x": 1}, {}, "x", None, [1], {"a": "b"}])
def test_what_nobody_knows_has_no_name(payload: JsonValue) -> None:
    assert name_of(payload) is None


@given(JSON)
def test_anything_has_a_name_or_none(payload: JsonValue) -> None:
    assert name_of(payload) is None or isinstance(name_of(payload), str)
