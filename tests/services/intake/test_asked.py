"""What was asked of a model becomes text that a person can read."""

import pytest
from hypothesis import given
from pydantic import JsonValue

from services.intake.asked import text_of
from shared.contracts.errors import Reason, Refused
from tests.services.intake.builders import JSON


@pytest.mark.parametrize(
    ("request_", "context", "text"),
    [
        (None, None, None),
        ("A fine day", None, "A fine day"),
        (None, "from a review", "from a review"),
        ("A fine day", "from a review", "A fine day\n\nfrom a review"),
        ({"inputs": "A fine day", "parameters": {"top_k": 2}}, None, "A fine day"),
        ({"prompt": "Say yes"}, None, "Say yes"),
        (
            {"model": "m", "messages": [
                {"role": "system", "content": "Be kind"},
                {"role": "user", "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "https://media.example.com/a"}},
                ]},
            ]},
            None,
            "system: Be kind\n\nuser: What is this? [image_url]",
        ),
        ([{"role": "user", "content": "Hello"}], None, "user: Hello"),
        ({"pixels": [1, 2]}, None, '{"pixels": [1, 2]}'),
        ([1, "é"], None, '[1, "é"]'),
    ],
)  # fmt: skip
def test_request_and_context_are_one_text(
    request_: JsonValue, context: JsonValue, text: str | None
) -> None:
    assert text_of(request_, context) == text


@pytest.mark.parametrize("blank", ["", "  \n\t", {"inputs": " "}])
def test_blank_request_is_an_empty_payload(blank: JsonValue) -> None:
    with pytest.raises(Refused) as caught:
        text_of(blank, None)
    assert caught.value.reason is Reason.EMPTY_PAYLOAD


@given(JSON, JSON)
def test_anything_is_text_or_refused(request_: JsonValue, context: JsonValue) -> None:
    try:
        outcome: str | Reason | None = text_of(request_, context)
    except Refused as refusal:
        outcome = refusal.reason

    is_nothing_sent = request_ is None and context is None
    assert (outcome is None) == is_nothing_sent
    assert outcome is None or outcome is Reason.EMPTY_PAYLOAD or outcome.strip()
