"""Chat completions whose text is not the whole answer, by what stands beside it: never waived."""

import pytest
from pydantic import JsonValue

from services.intake.formats.chat.openai_chat import read
from tests.services.intake.builders import an_envelope
from tests.services.intake.formats.test_answers_that_are_none import confidence_of
from tests.services.intake.formats.test_openai_chat import SURE, a_completion, a_token


@pytest.mark.parametrize(
    ("native", "status"), [("abort", "absent"), ("error", "absent"), ("COMPLETE", "ok")]
)
def test_reason_that_litellm_calls_a_stop_is_read(native: str, status: str) -> None:
    beside: JsonValue = {"native_finish_reason": native}
    assert confidence_of("Sundays", provider_specific_fields=beside).status == status


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ({"error": {"code": 502, "message": "Upstream closed"}}, "unfinished"),
        ({"content_filter_results": {"hate": {"filtered": True}}}, "unfinished"),
        ({"content_filter_results": {"hate": {"filtered": False}, "error": None}}, None),
        ({"error": None, "provider_specific_fields": {}}, None),
    ],
)
def test_choice_that_an_error_or_a_filter_stands_beside(
    choice: dict[str, JsonValue], reason: str | None
) -> None:
    assert confidence_of("Sundays", **choice).reason == reason


def test_completion_that_an_error_stands_beside_is_unfinished() -> None:
    logprobs: JsonValue = {"content": [a_token(-0.001, "Sundays")]}
    completion = a_completion(content="Sundays", logprobs=logprobs)
    assert isinstance(completion, dict)
    output = read(an_envelope({**completion, "error": {"code": 502}}))
    assert output.confidence.reason == "unfinished"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"content": "positive", "refusal": True}, "refusal"),
        ({"content": "positive", "refusal": {"reason": "no"}}, "refusal"),
        ({"content": "positive", "images": [{"type": "image_url"}]}, "not_an_answer"),
        ({"content": [{"type": "text", "text": "positive"}, {"type": "tool_use"}]},
         "not_an_answer"),
        ({"content": [{"type": "text", "text": "positive"}, {"type": "image_url"}]},
         "not_an_answer"),
        ({"content": [{"type": "reasoning", "text": "so"}, {"text": "positive"}]}, None),
        ({"content": "positive", "refusal": None, "images": []}, None),
    ],
)  # fmt: skip
def test_text_that_is_not_the_whole_answer_is_never_waived(
    message: JsonValue, reason: str | None
) -> None:
    assert (
        read(an_envelope(a_completion(message=message, logprobs=SURE))).confidence.reason == reason
    )


def test_stop_text_that_vllm_and_sglang_list_is_no_token_of_the_answer() -> None:
    listed: JsonValue = {"content": [a_token(-0.001, "Sundays"), a_token(-0.002, "###")]}
    for name in ("stop_reason", "matched_stop"):
        choice: dict[str, JsonValue] = {name: "###", "logprobs": listed}
        output = read(an_envelope(a_completion(content="Sundays", **choice)))
        assert output.confidence.value == pytest.approx(0.999, abs=1e-4)
