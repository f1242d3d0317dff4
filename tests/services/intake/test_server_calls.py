"""What a model server was asked becomes text that a person can read, whatever was sent."""

import json

import pytest
from hypothesis import given, settings
from pydantic import JsonValue

from services.intake.server_calls import REQUEST_BYTES_MAX, is_too_long, text_of_call
from tests.services.intake.builders import JSON


def a_tensor(name: str, datatype: str, data: JsonValue, **more: JsonValue) -> JsonValue:
    return {"name": name, "datatype": datatype, "shape": [1], "data": data, **more}


PIXELS: JsonValue = [[[0.5] * 3] * 224] * 224


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ({"instances": ["Is this spam?"]}, "Is this spam?"),
        ({"instances": ["one", "two"], "parameters": {"top_k": 1}}, "one\n\ntwo"),
        ({"instances": [{"text": "A fine day", "id": 3}]}, "A fine day"),
        ({"instances": [{"question": "Who?", "context": "Ann did."}]}, "Who?\n\nAnn did."),
        ({"instances": [[5.9, 3.2, 4.8, 1.8]]}, "5.9, 3.2, 4.8, 1.8"),
        ({"instances": [{"petal": 4.8, "sepal": 5.9}]}, '{"petal": 4.8, "sepal": 5.9}'),
        ({"instances": [PIXELS]}, "[150,528 numbers]"),
        ({"instances": [{"image": PIXELS, "key": 7}]}, '{"image": "[150,528 numbers]", "key": 7}'),
        ({"instances": PIXELS}, "[150,528 numbers]"),
        ({"instances": [[1, 2], [3, 4]]}, "1, 2\n\n3, 4"),
        ({"instances": [{"b64": "aGk=" * 300}]}, "[base64, 1,200 characters]"),
        (
            {"instances": [{"image": {"b64": "aGk="}, "key": "1"}]},
            '{"image": "[base64, 4 characters]", "key": "1"}',
        ),
        ({"inputs": [a_tensor("text", "BYTES", ["Where is it?"])]}, "Where is it?"),
        (
            {"inputs": [
                a_tensor("question", "BYTES", ["Who?"]), a_tensor("context", "BYTES", ["Ann did."]),
            ]},
            "question: Who?\n\ncontext: Ann did.",
        ),
        ({"inputs": [a_tensor("x", "FP32", [[5.9, 3.2]])]}, "5.9, 3.2"),
        ({"inputs": [a_tensor("x", "FP32", [5.9, 3.2])]}, "5.9, 3.2"),
        ({"inputs": [a_tensor("x", "UINT8", [7] * 5_000)]}, "[5,000 numbers]"),
        (
            {"inputs": [a_tensor(
                "x", "BYTES", ["aGk="], parameters={"content_type": "base64"},
            )]},
            "[base64]",
        ),
        ({"inputs": [{"name": "x", "datatype": "FP32", "shape": [1]}]}, None),
        ({"inputs": {"question": "Who?", "context": "Ann did."}}, "Who?\n\nAnn did."),
        ({"inputs": "Ann met Bob."}, "Ann met Bob."),
        ({"model": "m", "messages": [{"role": "user", "content": "Hi"}]}, "user: Hi"),
        ({"model": "m", "input": [{"role": "user", "content": "Hi"}]}, "user: Hi"),
        ({"model": "m", "prompt": "Once upon"}, "Once upon"),
        ({"prompt": "  \n"}, None),
        ({"instances": []}, None),
        ("Is this spam?", "Is this spam?"),
        ([1, 2], "1, 2"),
    ],
)  # fmt: skip
def test_a_call_is_text(call: JsonValue, text: str | None) -> None:
    assert text_of_call(call) == text


@settings(max_examples=150, deadline=None)
@given(inner=JSON)
def test_any_call_is_text_or_nothing(inner: JsonValue) -> None:
    calls: list[JsonValue] = [
        inner, {"instances": [inner]}, {"inputs": [a_tensor("x", "BYTES", inner)]},
    ]  # fmt: skip
    for call in calls:
        text = text_of_call(call)
        assert text is None or text.strip()


def test_the_bound_is_what_the_text_takes_in_a_task() -> None:
    quotes = '"' * (REQUEST_BYTES_MAX // 2)

    assert len(json.dumps(quotes[1:])) == REQUEST_BYTES_MAX
    assert not is_too_long(quotes[1:])
    assert is_too_long(quotes)
    assert is_too_long("я" * (REQUEST_BYTES_MAX // 2))
