"""Chat completions that hold no answer, as servers and gateways really write them: never waived."""

import pytest
from pydantic import JsonValue

from services.intake.formats.chat.openai_chat import ENDS, read
from services.intake.formats.sentuh_output import read as read_own
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence
from tests.services.intake.builders import an_envelope
from tests.services.intake.formats.test_openai_chat import SURE, a_completion, a_token

CALL: JsonValue = [{"id": "c1", "type": "function", "function": {"name": "hours"}}]


def confidence_of(text: str, **choice: JsonValue) -> Confidence:
    """Confidence of an answer whose only token is 99.9 % sure."""
    logprobs: JsonValue = {"content": [a_token(-0.001, text)]}
    return read(an_envelope(a_completion(content=text, logprobs=logprobs, **choice))).confidence


def refused(**choice: JsonValue) -> Refused:
    with pytest.raises(Refused) as caught:
        read(an_envelope(a_completion(**choice)))
    return caught.value


@pytest.mark.parametrize("reason", sorted(ENDS))
def test_answer_that_ended_by_itself_has_its_confidence(reason: str) -> None:
    assert confidence_of("Sundays", finish_reason=reason).status == "ok"


@pytest.mark.parametrize(
    ("reason", "detail"),
    [
        ("abort", "finish_reason is abort"),
        ("repetition", "finish_reason is repetition"),
        ("error", "finish_reason is error"),
        ("sensitive", "finish_reason is sensitive"),
        ("network_error", "finish_reason is network_error"),
        ("model_length", "finish_reason is model_length"),
        ("insufficient_system_resource", "finish_reason is insufficient_system_resource"),
        ("tool_calls", "finish_reason is tool_calls"),
        ("STOP ", "finish_reason is unknown"),
        ("", "finish_reason is missing"),
        (None, "finish_reason is missing"),
        (["stop"], "finish_reason is unknown"),
        ("x" * 5_000, "finish_reason is unknown"),
    ],
)
def test_finish_reason_that_is_no_known_end_is_told(reason: JsonValue, detail: str) -> None:
    confidence = confidence_of("Sundays and, from", finish_reason=reason)
    assert (confidence.status, confidence.reason, confidence.value) == (
        "absent",
        "unfinished",
        None,
    )
    assert confidence.detail == detail


@pytest.mark.parametrize(
    ("native", "status"),
    [
        ("stop", "ok"), ("STOP", "ok"), ("end_turn", "ok"), ("completed", "ok"), (None, "ok"),
        ("MAX_TOKENS", "absent"), ("repetition", "absent"), ("SAFETY", "absent"),
        ("malformed_function_call", "absent"), ({"stop": 1}, "absent"),
    ],
)  # fmt: skip
def test_gateway_that_says_stop_is_not_believed_over_the_provider(
    native: JsonValue, status: str
) -> None:
    assert confidence_of("Sundays", native_finish_reason=native).status == status


@pytest.mark.parametrize(
    "text",
    [
        '<tool_call>\n{"name": "hours", "arguments": {}}\n</tool_call>',
        "Let me look. <tool_call>hours<arg_key>day</arg_key></tool_call>",
        '<minimax:tool_call><invoke name="hours"></invoke></minimax:tool_call>',
        "<function=hours>{}</function>",
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.hours:0",
        "<\uff5ctool\u2581calls\u2581begin\uff5c>hours",
        '[TOOL_CALLS][{"name": "hours"}]',
        '{"name": "hours", "parameters": {"day": "Monday"}}',
        '```json\n{"name": "hours", "arguments": {}}\n```',
        '[hours(day="Monday")]',
        "```tool_code\nhours()\n```",
        "Thought: look it up\nAction: hours\nAction Input: Monday",
        "<think>The sign says Sundays.</think>Sundays",
        "<thinking>The sign says so.</thinking>\n\nSundays",
        "So it is Sundays, then.</think>Sundays",
        "<think>\nThe sign says",
        "[THINK]The sign says[/THINK]Sundays",
        "\u25c1think\u25b7The sign\u25c1/think\u25b7Sundays",
        "<|channel|>analysis<|message|>The sign says Sundays",
        "Replace line 90.\n\n<channel|>",
        "Sundays<|im_end|>\n<|im_start|>user",
        "<longcat_think>So</longcat_think>Sundays",
        "<think_fast>So",
        "<think/>Sundays",
        "&lt;think&gt;So&lt;/think&gt;Sundays",
        "\uff1cthink\uff1eSo\uff1c/think\uff1eSundays",
        '<details type="reasoning" done="true">So</details>Sundays',
        "Thinking...\nThe sign\n...done thinking.\n\nSundays",
        "analysisThe user asks when.assistantfinalSundays",
        "analysisWe need to answer: Sundays",
        'commentary to=functions.hours json{"day": 1}',
        "<longcat_tool_call>hours</longcat_tool_call>",
        "<start_function_call>call:hours{}<end_function_call>",
        "<tool_code>hours()</tool_code>",
        '{"action": "hours", "action_input": "Monday"}',
        '{"function": "hours", "arguments": {}}',
        "Thought: look it up\nAction: hours[Monday]",
    ],
)
def test_tool_call_and_thinking_that_nobody_parsed_are_never_waived(text: str) -> None:
    confidence = confidence_of(text)
    assert (confidence.status, confidence.reason) == ("absent", "not_an_answer")
    own: JsonValue = {"text": text, "confidence": {"value": 0.99}}
    assert read_own(an_envelope(own)).confidence.reason == "not_an_answer"


@pytest.mark.parametrize(
    "text",
    [
        "It is closed if x < 3 and y > 2.",
        "Use <b>bold</b> and <div class='x'>.",
        "I think the tool calls for care [1], and the function is linear.",
        '{"answer": "Sundays", "parameters": 3}',
        "[see above (page 3)] yes",
        "analysis of the sign: closed on Sundays",
        "Thinking... of Sundays, I'd say: closed.",
        "AT&T is closed; a = b.\nAction is needed.",
    ],
)
def test_ordinary_text_keeps_its_confidence(text: str) -> None:
    assert confidence_of(text).status == "ok"


@pytest.mark.parametrize(
    "text",
    [
        "Sundays. " * 7,
        "It is closed. " + "no no no " * 30,
        "a" * 60,
        "The answer is 42.\n" * 12,
        "the cat sat. But the cat sat. And " * 10,
        "row row row the boat gently, gently down the stream; row the boat gently, " * 40,
        " ".join(f"w{number}" for number in range(250)) * 8,
        "I see. " + "\u4e00\u4e8c\u4e09\u56db\u4e94" * 20,
    ],
)
def test_loop_is_never_waived_though_a_gateway_calls_it_a_stop(text: str) -> None:
    assert confidence_of(text).reason == "repeats"


@pytest.mark.parametrize(
    "text", ["ha ha ha", "No, no, no!", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17"]
)
def test_what_people_say_twice_is_no_loop(text: str) -> None:
    assert confidence_of(text).status == "ok"


@pytest.mark.parametrize("content", [None, "", " ", "Let me look that up.", []])
@pytest.mark.parametrize("finish_reason", ["tool_calls", "stop", None])
def test_tool_call_is_refused_whatever_stands_beside_it(
    content: JsonValue, finish_reason: JsonValue
) -> None:
    message: JsonValue = {"role": "assistant", "content": content, "tool_calls": CALL}
    refusal = refused(message=message, finish_reason=finish_reason, logprobs=SURE)
    assert refusal.reason is Reason.BAD_OUTPUT
    assert "send the completion that follows it" in refusal.detail
    old: JsonValue = {"content": content, "function_call": {"name": "hours", "arguments": "{}"}}
    assert "a tool call is no answer" in refused(message=old).detail


@pytest.mark.parametrize("none", [[], None, {}])
def test_list_of_no_tool_calls_is_none(none: JsonValue) -> None:
    message: JsonValue = {"content": "positive", "tool_calls": none, "function_call": None}
    assert read(an_envelope(a_completion(message=message, logprobs=SURE))).confidence.status == "ok"


@pytest.mark.parametrize(
    ("thinking", "finish_reason", "words"),
    [
        ({"reasoning": "The sign"}, "length", "(finish_reason length): raise max_tokens"),
        ({"reasoning_content": "The sign"}, "length", "raise max_tokens"),
        ({"thinking": "The sign"}, None, "(finish_reason missing): raise max_tokens"),
        ({"reasoning_details": [{"type": "reasoning.text"}]}, "abort", "(finish_reason abort)"),
        ({"reasoning_content": "Sundays."}, "stop", "(finish_reason stop): send the completion"),
        ({"thinking_content": "Sundays."}, "eos", "the answer in content"),
    ],
)
@pytest.mark.parametrize("content", [None, "", "\n\n", [{"type": "thinking", "thinking": []}]])
def test_thinking_alone_is_refused_in_words_that_fit(
    content: JsonValue, thinking: dict[str, JsonValue], finish_reason: JsonValue, words: str
) -> None:
    refusal = refused(message={"content": content, **thinking}, finish_reason=finish_reason)
    assert refusal.reason is Reason.EMPTY_PAYLOAD
    assert "the model only thought" in refusal.detail
    assert words in refusal.detail


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        ({"prompt_filter_results": [{"content_filter_results": {"hate": {"filtered": True}}}]},
         "the prompt was filtered"),
        ({"prompt_annotations": [{"content_filter_results": {"jailbreak": {"filtered": True}}}]},
         "the prompt was filtered"),
        ({"prompt_filter_results": [{"content_filter_results": {"hate": {"filtered": False}}}]},
         "the server gave no answer"),
        ({"usage": {"total_tokens": 9}}, "the server gave no answer"),
        ({"error": {"code": 429}}, "the server gave no answer"),
        ({}, "the server gave no answer"),
    ],
)  # fmt: skip
def test_no_choice_is_named_and_nothing_is_said_of_several(
    beside: dict[str, JsonValue], words: str
) -> None:
    payload: JsonValue = {"object": "chat.completion", "choices": [], **beside}
    with pytest.raises(Refused) as caught:
        read(an_envelope(payload))
    assert caught.value.reason is Reason.BAD_OUTPUT
    assert words in caught.value.detail
    assert "record" not in caught.value.detail


@pytest.mark.parametrize("content", [None, "", " "])
def test_spoken_answer_is_its_transcript(content: JsonValue) -> None:
    audio: JsonValue = {"id": "a1", "data": "UklGRg==", "transcript": "Closed on Sundays."}
    message: JsonValue = {"content": content, "audio": audio}
    output = read(an_envelope(a_completion(message=message)))
    assert output.text == "Closed on Sundays."
    assert output.confidence.reason == "not_stated"


@pytest.mark.parametrize("audio", [None, {}, {"data": "UklGRg=="}, {"transcript": " "}, "x"])
def test_sound_without_a_transcript_is_nothing_to_show(audio: JsonValue) -> None:
    assert refused(message={"content": None, "audio": audio}).reason is Reason.EMPTY_PAYLOAD


def test_refusal_among_the_parts_of_a_content_is_shown() -> None:
    parts: JsonValue = [{"type": "refusal", "refusal": "I cannot help"}]
    output = read(an_envelope(a_completion(content=parts, logprobs=SURE)))
    assert output.text == "I cannot help"
    assert output.confidence.reason == "refusal"


def test_thinking_among_the_parts_of_a_content_is_no_text() -> None:
    parts: JsonValue = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "The sign"}]},
        {"type": "reasoning", "text": "says so"},
        {"type": "text", "text": "Sundays"},
    ]
    assert read(an_envelope(a_completion(content=parts))).text == "Sundays"
