"""Chat completions: confidence from log probabilities, and answers that are none."""

import math

import pytest
from hypothesis import given, settings
from pydantic import JsonValue

from services.intake.formats.chat.openai_chat import read, recognises
from shared.contracts.errors import Reason, Refused
from tests.services.intake.builders import JSON, an_envelope, assert_read_or_refused, mutations


def a_token(logprob: JsonValue, text: JsonValue = "positive") -> JsonValue:
    top: JsonValue = [{"token": "negative", "logprob": -1.4, "bytes": None}]
    return {"token": text, "logprob": logprob, "bytes": None, "top_logprobs": top}


def a_completion(
    *, content: JsonValue = "positive", logprobs: JsonValue = None, **choice: JsonValue
) -> JsonValue:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_770_000_000,
        "model": "m-1",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": content, "refusal": None},
                "logprobs": logprobs,
                **choice,
            }
        ],
        "usage": {"total_tokens": 9},
    }


SURE: JsonValue = {"content": [a_token(-0.1, "posi"), a_token(-0.3, "tive")], "refusal": None}


def reason_of(payload: JsonValue) -> Reason:
    with pytest.raises(Refused) as caught:
        read(an_envelope(payload))
    return caught.value.reason


def test_confidence_is_that_of_the_mean_token() -> None:
    output = read(an_envelope(a_completion(logprobs=SURE), request="user: Which mood?"))
    assert output.text == "positive"
    assert output.answer is None
    assert output.model == "m-1"
    assert output.confidence.value == pytest.approx(math.exp(-0.2))
    assert output.confidence.scale == "logprob"
    assert output.confidence.source_path == "$.choices[0].logprobs.content[*].logprob"
    assert output.request == "user: Which mood?"


@pytest.mark.parametrize(
    "logprobs", [None, {}, {"content": None}, {"content": []}, {"content": [a_token(None)]}]
)
def test_without_log_probabilities_confidence_is_absent(logprobs: JsonValue) -> None:
    assert read(an_envelope(a_completion(logprobs=logprobs))).confidence.status == "absent"


def test_placeholder_of_servers_is_a_sentinel_and_never_averaged() -> None:
    logprobs: JsonValue = {"content": [a_token(-0.1, "posi"), a_token(-9999.0, "tive")]}
    confidence = read(an_envelope(a_completion(logprobs=logprobs))).confidence
    assert confidence.status == "sentinel"
    assert confidence.value is None


def test_placeholder_among_the_alternatives_does_not_matter() -> None:
    token: JsonValue = {"token": "a", "logprob": 0.0, "top_logprobs": [{"logprob": -9999.0}]}
    payload = a_completion(content="a", logprobs={"content": [token]})
    confidence = read(an_envelope(payload)).confidence
    assert confidence.status == "ok"
    assert confidence.value == 1.0


@pytest.mark.parametrize("reason", ["length", "content_filter", None, 5])
def test_answer_that_is_not_whole_goes_to_people(reason: JsonValue) -> None:
    output = read(an_envelope(a_completion(logprobs=SURE, finish_reason=reason)))
    assert output.text == "positive"
    assert output.confidence.status == "absent"


def test_refusal_is_shown_to_people() -> None:
    message: JsonValue = {"role": "assistant", "content": None, "refusal": "I cannot help"}
    output = read(an_envelope(a_completion(logprobs=SURE, message=message)))
    assert output.text == "I cannot help"
    assert output.confidence.status == "absent"


def test_parts_of_text_are_joined() -> None:
    parts: JsonValue = [{"type": "text", "text": "pos"}, {"type": "text", "text": "itive"}, {}]
    assert read(an_envelope(a_completion(content=parts))).text == "positive"


def test_several_choices_are_candidates_whose_ids_say_nothing_of_their_place() -> None:
    output = read(an_envelope(several("Sundays.", "Mondays.", "Sundays.")))
    assert output.text is None
    assert sorted(str(one.text) for one in output.candidates) == ["Mondays.", *["Sundays."] * 2]
    ids = [one.id for one in output.candidates]
    assert ids == sorted(set(ids))
    assert output.confidence.reason == "not_stated"


def test_several_choices_of_which_one_is_cut_off_are_told_so() -> None:
    completion = several("Sundays.", "We are op")
    completion["choices"][1]["finish_reason"] = "length"  # type: ignore[index, call-overload]
    confidence = read(an_envelope(completion)).confidence
    assert confidence.reason == "unfinished"
    assert confidence.source_path == "$.choices[1].finish_reason"


def test_choice_that_is_no_answer_is_named_by_its_place() -> None:
    with pytest.raises(Refused, match=r"\$\.choices\[1\]\.message\.content: "):
        read(an_envelope(several("Sundays.", " ")))


@pytest.mark.parametrize("content", [None, "", " \n\t ", []])
def test_nothing_said_is_an_empty_payload(content: JsonValue) -> None:
    filtered = a_completion(content=content, finish_reason="content_filter")
    assert reason_of(filtered) is Reason.EMPTY_PAYLOAD


def chunk() -> JsonValue:
    delta: JsonValue = [{"index": 0, "delta": {"content": "pos"}, "finish_reason": None}]
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": delta}


def several(*texts: str) -> JsonValue:
    choices: list[JsonValue] = [
        {"finish_reason": "stop", "message": {"content": text}} for text in texts
    ]
    return {"object": "chat.completion", "choices": choices}


@pytest.mark.parametrize(
    "payload",
    [
        chunk(),
        several("a", "a"),
        a_completion(message={"content": None, "tool_calls": [{"function": {"name": "f"}}]}),
        a_completion(message=None),
        a_completion(content=5),
        a_completion(logprobs={"content": "x"}),
        a_completion(logprobs={"content": ["x"]}),
        a_completion(logprobs={"content": [a_token("-0.1")]}),
        a_completion(logprobs={"content": [a_token(True)]}),
        a_completion(logprobs={"content": [a_token(-0.1, None)]}),
        {"object": "chat.completion", "choices": []},
        {"object": "chat.completion"},
        [],
    ],
)
def test_declared_but_unreadable_is_bad_output(payload: JsonValue) -> None:
    assert reason_of(payload) is Reason.BAD_OUTPUT


@pytest.mark.parametrize(
    ("payload", "recognised"),
    [
        (a_completion(), True),
        (chunk(), True),
        (several("a", "b"), True),
        ({"choices": [{"message": {"content": "a"}}]}, True),
        ({"choices": [{"text": "a"}]}, False),
        ({"choices": []}, False),
        ({"object": "response", "output": []}, False),
        ({"type": "message", "content": [{"type": "text", "text": "Paris"}]}, False),
    ],
)
def test_completions_are_recognised(payload: JsonValue, *, recognised: bool) -> None:
    assert recognises(payload) is recognised


@settings(max_examples=400)
@given(JSON | mutations(a_completion(logprobs=SURE)))
def test_anything_is_read_or_refused(payload: JsonValue) -> None:
    assert recognises(payload) in (True, False)
    output = assert_read_or_refused(lambda: read(an_envelope(payload)))
    assert output is None or output.text or output.candidates
