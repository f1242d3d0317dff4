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


def completion(**beside: JsonValue) -> dict[str, JsonValue]:
    """A text completion, these fields beside its choice's text."""
    logprobs: JsonValue = {"tokens": ["Fine"], "token_logprobs": [-0.01]}
    one: JsonValue = {"text": "Fine", "finish_reason": "stop", "logprobs": logprobs, **beside}
    return {"object": "text_completion", "choices": [one]}


def rated(name: str, *, blocked: bool) -> dict[str, JsonValue]:
    """A response of Gemini's whose candidate has these safety ratings."""
    rating: JsonValue = {"category": "HARM_CATEGORY_HARASSMENT", "blocked": blocked}
    content: JsonValue = {"role": "model", "parts": [{"text": "Fine"}]}
    one: dict[str, JsonValue] = {"content": content, "finishReason": "STOP", "avgLogprobs": -0.01}
    return {"candidates": [one | {name: [rating]}]}


HATE: JsonValue = {"hate": {"filtered": True, "severity": "high"}}
PASSED: JsonValue = {"hate": {"filtered": False, "severity": "safe"}}
PROMPT: JsonValue = [{"prompt_index": 0, "content_filter_results": HATE}]
LONG: JsonValue = {"reason": "max_output_tokens"}
BODY = {"status_code": 200, "body": response("assistant") | {"incomplete_details": LONG}}
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


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        (gemini("model") | {"promptFeedback": {"blockReason": "SAFETY"}}, "$.promptFeedback"),
        (gemini("model") | {"prompt_feedback": {"block_reason": "OTHER"}}, "$.promptFeedback"),
        (
            gemini("model") | {"promptFeedback": {"safetyRatings": [{"blocked": True}]}},
            "$.promptFeedback",
        ),
        (rated("safetyRatings", blocked=True), "$.candidates[0].safetyRatings"),
        (rated("safety_ratings", blocked=True), "$.candidates[0].safetyRatings"),
        (response("assistant") | {"incomplete_details": LONG}, "$.incomplete_details"),
        (response("assistant") | {"content_filters": [{"blocked": True}]}, "$.content_filters"),
        ({"custom_id": "c", "response": BODY}, "$.response.body.incomplete_details"),
        (chat("assistant") | {"prompt_filter_results": PROMPT}, "$.prompt_filter_results"),
        (chat("assistant") | {"incomplete_details": LONG}, "$.incomplete_details"),
        (completion(content_filter_results=HATE), "$.choices[0].content_filter_results"),
        (completion(error={"code": 502}), "$.choices[0].error"),
        (completion(native_finish_reason="SAFETY"), "$.choices[0].native_finish_reason"),
        (completion() | {"prompt_filter_results": PROMPT}, "$.prompt_filter_results"),
        (ROW | {"truncated": True}, "$.truncated"),
        (ROW | {"is_final": False}, "$.is_final"),
        ({"predictions": [{"a": 0.99, "b": 0.01}], "errors": ["late"]}, "$.errors"),
    ],
)
def test_what_was_blocked_or_is_not_finished_is_never_waived(payload: JsonValue, path: str) -> None:
    confidence = read_output(an_envelope(payload)).confidence
    assert (confidence.value, confidence.reason) == (None, "unfinished")
    assert confidence.source_path == path


@pytest.mark.parametrize(
    "payload",
    [
        gemini("model") | {"promptFeedback": {"safetyRatings": [{"blocked": False}]}},
        rated("safetyRatings", blocked=False),
        response("assistant") | {"incomplete_details": None, "content_filters": []},
        chat("assistant") | {"prompt_filter_results": [{"content_filter_results": PASSED}]},
        completion(content_filter_results=PASSED, error=None),
        ROW | {"truncated": False, "is_final": True, "errors": []},
    ],
)
def test_what_a_filter_let_pass_keeps_its_confidence(payload: JsonValue) -> None:
    assert read_output(an_envelope(payload)).confidence.status == "ok"


def test_class_called_error_is_a_class() -> None:
    output = read_output(an_envelope({"fine": 0.98, "error": 0.02}))
    assert output.confidence.value == 0.98
