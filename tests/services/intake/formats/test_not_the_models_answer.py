"""Outputs beside which an error, a full context or another's role stands: never waived."""

import pytest
from pydantic import JsonValue

from services.intake.formats import read_output
from tests.services.intake.builders import an_envelope

SURE: JsonValue = [{"token": "Fine", "logprob": -0.01}]


def chat(role: str) -> dict[str, JsonValue]:
    """A completion of one choice, by this role."""
    choice: JsonValue = {
        "finish_reason": "stop",
        "message": {"role": role, "content": "Fine"},
        "logprobs": {"content": SURE},
    }
    return {"object": "chat.completion", "choices": [choice]}


def response(role: str) -> dict[str, JsonValue]:
    """A response of one message, by this role."""
    content: JsonValue = [{"type": "output_text", "text": "Fine", "logprobs": SURE}]
    message: JsonValue = {"type": "message", "role": role, "content": content}
    return {"object": "response", "status": "completed", "output": [message]}


def gemini(role: str, *parts: JsonValue) -> dict[str, JsonValue]:
    """A response of one candidate, by this role, with these parts before its text."""
    content: JsonValue = {"role": role, "parts": [*parts, {"text": "Fine"}]}
    one: JsonValue = {"content": content, "finishReason": "STOP", "avgLogprobs": -0.01}
    return {"candidates": [one]}


def ollama(role: str) -> dict[str, JsonValue]:
    """An answer of Ollama's chat, by this role."""
    message: JsonValue = {"role": role, "content": "Fine"}
    return {"model": "m", "message": message, "done": True, "done_reason": "stop", "logprobs": SURE}


LLAMA: dict[str, JsonValue] = {
    "content": "Fine", "stop": True, "stop_type": "eos", "truncated": False,
    "completion_probabilities": SURE,
}  # fmt: skip
ROW: dict[str, JsonValue] = {"classes": ["a", "b"], "probabilities": [0.99, 0.01]}


@pytest.mark.parametrize(
    ("payload", "reason", "path"),
    [
        (chat("assistant"), None, None),
        (chat("user"), "not_an_answer", "$.choices[0].message.role"),
        (response("assistant"), None, None),
        (response("user"), "not_an_answer", "$.output[0].role"),
        (gemini("model"), None, None),
        (gemini("user"), "not_an_answer", "$.candidates[0].content.role"),
        (gemini("model", {"text": "So", "thought": True}), "other_tokens", None),
        (ollama("assistant"), None, None),
        (ollama("user"), "not_an_answer", "$.message.role"),
        (ollama("assistant") | {"error": "out of memory"}, "unfinished", "$.error"),
        (LLAMA, None, None),
        (LLAMA | {"truncated": True}, "unfinished", "$.truncated"),
        (LLAMA | {"error": {"code": 500}}, "unfinished", "$.error"),
        (ROW, None, None),
        (ROW | {"error": "timeout"}, "unfinished", "$.error"),
        (ROW | {"error": None}, None, None),
    ],
)
def test_output_that_may_not_be_the_models_answer_has_no_confidence(
    payload: JsonValue, reason: str | None, path: str | None
) -> None:
    confidence = read_output(an_envelope(payload)).confidence
    assert confidence.reason == reason
    assert (confidence.status == "ok") == (reason is None)
    assert path is None or confidence.source_path == path


def test_class_called_error_is_a_class() -> None:
    output = read_output(an_envelope({"fine": 0.98, "error": 0.02}))
    assert output.confidence.value == 0.98
