"""Answers of language models, each read as it should be: its text, and how sure the model was.

`llama-*` came from llama.cpp's server (xllamacpp 2026.10.11549, a small Gemma). What APIs answer
that cannot run here was built and serialised by their vendors' own typed models: openai 3.57.0,
anthropic 2.14.0, google-genai 3.6.1, ollama 0.6.3, mistralai 3.7.0.
"""

import pytest

from services.intake.envelope import read_envelope
from services.intake.formats import choose, read_output
from shared.contracts.errors import Reason, Refused
from tests.services.intake.builders import a_record
from tests.services.intake.formats.test_outputs import payload_of, read

SURE = [
    ("batch-gemini", "batch.line", 0.9802, "Paris"),
    ("batch-openai-chat", "batch.line", 0.7334, "positive"),
    ("batch-openai-responses", "batch.line", 0.8106, "Paris."),
    ("batch-vllm-completion", "batch.line", 0.7408, " Paris."),
    ("completion-token-logprobs", "openai.completion", 0.7408, " Paris."),
    ("gemini-average", "gemini", 0.9798, "Paris"),
    ("gemini-python-names", "gemini", 0.9798, "Paris"),
    ("gemini-tokens", "gemini", 0.7408, "Paris."),
    ("llama-completion-stop", "openai.completion", 0.1873, " Paris"),
    ("llama-native-word", "llamacpp.completion", 0.1873, " Paris"),
    ("ollama-chat-logprobs", "ollama", 0.8187, "Paris."),
    ("ollama-chat-thinking", "ollama", 0.8187, "Paris"),
    ("ollama-generate-logprobs", "ollama", 0.8187, " Paris."),
    ("responses-commentary-and-final", "openai.responses", 0.9512, "Paris."),
    ("responses-with-logprobs", "openai.responses", 0.8106, "Paris."),
]
"""Name, format, confidence, text."""
TO_PEOPLE = [
    ("batch-anthropic-succeeded", "batch.line", "not_stated", "Paris."),
    ("batch-mistral", "batch.line", "not_stated", "Paris."),
    ("chat-json-record", "openai.chat", "not_stated", '{"seller":"Acme"'),
    ("completion-echo", "openai.completion", "not_stated", "Capital of France: Paris"),
    ("completion-length", "openai.completion", "unfinished", " Paris is"),
    ("gemini-average-zero", "gemini", "placeholder", "Paris"),
    ("gemini-image", "gemini", "not_an_answer", "Here:"),
    ("gemini-max-tokens", "gemini", "unfinished", "Paris is"),
    ("gemini-no-numbers", "gemini", "not_stated", "Paris"),
    ("gemini-thought", "gemini", "other_tokens", "Paris"),
    ("llama-chat-json", "openai.chat", "unfinished", "{\n\t\t \t"),
    ("llama-completion-plain", "openai.completion", "not_stated", " Paris"),
    ("llama-messages", "anthropic.messages", "unfinished", "Name the capital"),
    ("llama-messages-stop", "anthropic.messages", "not_stated", "Name the capital"),
    ("llama-native-plain", "llamacpp.completion", "not_stated", " Paris"),
    ("llama-native-post", "llamacpp.completion", "unfinished", " Capital means"),
    ("llama-responses", "openai.responses", "not_stated", "Name the capital"),
    ("message-end-turn", "anthropic.messages", "not_stated", "Paris."),
    ("message-loop", "anthropic.messages", "repeats", "no no"),
    ("message-max-tokens", "anthropic.messages", "unfinished", "Paris is the"),
    ("message-refusal", "anthropic.messages", "refusal", "I can't help with"),
    ("message-stop-sequence", "anthropic.messages", "not_stated", "Paris"),
    ("message-thinking-and-text", "anthropic.messages", "not_stated", "Paris."),
    ("message-web-search", "anthropic.messages", "not_stated", "I will search.\n\nParis."),
    ("mistral-chat", "openai.chat", "not_stated", "Paris."),
    ("ollama-chat", "ollama", "not_stated", "Paris."),
    ("ollama-chat-length", "ollama", "unfinished", "Paris is"),
    ("ollama-generate", "ollama", "not_stated", " Paris."),
    ("responses-image", "openai.responses", "not_an_answer", "Here it is."),
    ("responses-incomplete", "openai.responses", "unfinished", "Paris is the"),
    ("responses-refusal", "openai.responses", "refusal", "I can't help with that."),
    ("responses-two-messages", "openai.responses", "not_an_answer", "Paris.\n\nIt is Paris."),
    ("responses-without-logprobs", "openai.responses", "not_stated", "Paris."),
]
"""Name, format, why people see it, how its text begins."""
COMPARED = [
    ("chat-three-choices", "openai.chat", ["Every day", "Sundays.", "We are"]),
    ("chat-two-choices-one-cut-off", "openai.chat", ["Sundays.", "We are open on"]),
    ("gemini-two-candidates", "gemini", ["It is Paris.", "Paris"]),
    ("llama-chat-n2", "openai.chat", ["Name the capital of France", "Name the capital of the"]),
    ("llama-completion-n2", "openai.completion", [" A. France", " Paris.\nQ"]),
]
"""Name, format, how the candidates begin, sorted."""
REFUSED = [
    ("batch-anthropic-errored", Reason.BAD_OUTPUT, "leave out the lines of requests that failed"),
    ("batch-anthropic-expired", Reason.BAD_OUTPUT, "leave out the lines of requests that failed"),
    ("batch-openai-429", Reason.BAD_OUTPUT, "the request failed (429)"),
    ("batch-openai-embedding", Reason.BAD_OUTPUT, "$.response.body: it is no answer in one of"),
    ("batch-openai-expired", Reason.BAD_OUTPUT, "the request failed (batch_expired)"),
    ("chat-two-choices-one-a-call", Reason.BAD_OUTPUT, "a tool call is no answer"),
    ("gemini-function-call", Reason.BAD_OUTPUT, "a tool call is no answer"),
    ("gemini-prompt-blocked", Reason.BAD_OUTPUT, "the prompt was blocked (PROHIBITED_CONTENT)"),
    ("gemini-safety-no-text", Reason.EMPTY_PAYLOAD, "finishReason SAFETY"),
    ("message-nothing", Reason.EMPTY_PAYLOAD, "send what the model said"),
    ("message-thinking-alone", Reason.EMPTY_PAYLOAD, "the model only thought"),
    ("message-tool-use", Reason.BAD_OUTPUT, "send the message that follows it"),
    ("ollama-chat-loaded", Reason.EMPTY_PAYLOAD, "send what the model said"),
    ("ollama-chat-piece", Reason.BAD_OUTPUT, "with stream: false"),
    ("ollama-chat-tool-call", Reason.BAD_OUTPUT, "a tool call is no answer"),
    ("ollama-generate-thinking-alone", Reason.EMPTY_PAYLOAD, "the model only thought"),
    ("responses-failed", Reason.BAD_OUTPUT, "the response failed"),
    ("responses-function-call", Reason.BAD_OUTPUT, "send the response that follows it"),
    ("responses-in-background", Reason.BAD_OUTPUT, "send the response when it is completed"),
    ("responses-reasoning-alone", Reason.EMPTY_PAYLOAD, "the model only thought"),
]
"""Name, reason, words of the fix."""
JUDGED = frozenset(row[0] for row in (*SURE, *TO_PEOPLE, *COMPARED, *REFUSED))
FORMATS = {row[0]: row[1] for row in (*SURE, *TO_PEOPLE, *COMPARED)}


@pytest.mark.parametrize(("name", "format_name"), FORMATS.items())
def test_each_is_recognised_as_its_own_format(name: str, format_name: str) -> None:
    assert choose(None, payload_of(name)).name == format_name
    assert read(name).format == format_name


@pytest.mark.parametrize(("name", "value", "text"), [(row[0], *row[2:]) for row in SURE])
def test_confidence_is_that_of_the_answers_own_tokens(name: str, value: float, text: str) -> None:
    output = read(name)
    assert output.confidence.status == "ok"
    assert output.confidence.value == pytest.approx(value, rel=1e-3)
    assert output.confidence.scale == "logprob"
    assert output.text == text


@pytest.mark.parametrize(("name", "reason", "text"), [(row[0], *row[2:]) for row in TO_PEOPLE])
def test_people_see_what_is_not_sure(name: str, reason: str, text: str) -> None:
    output = read(name)
    assert output.confidence.value is None
    assert output.confidence.reason == reason
    assert str(output.text).startswith(text)


@pytest.mark.parametrize(("name", "texts"), [(row[0], row[2]) for row in COMPARED])
def test_several_answers_are_candidates(name: str, texts: list[str]) -> None:
    output = read(name)
    assert output.text is None
    assert output.confidence.status == "absent"
    shown = sorted(str(candidate.text) for candidate in output.candidates)
    assert len(shown) == len(texts)
    assert all(text.startswith(begun) for text, begun in zip(shown, texts, strict=True))


@pytest.mark.parametrize(("name", "reason", "words"), REFUSED)
def test_what_is_no_answer_is_refused_with_the_fix(name: str, reason: Reason, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read(name)
    assert caught.value.reason is reason
    assert words in caught.value.detail


@pytest.mark.parametrize("name", sorted(map(str, JUDGED)))
def test_what_comes_without_an_envelope_is_taken_for_the_output_itself(name: str) -> None:
    payload = payload_of(name)
    assert read_envelope(a_record(payload)).payload == payload


@pytest.mark.parametrize("name", ["batch-openai-chat", "batch-anthropic-succeeded", "batch-gemini"])
def test_a_batchs_line_is_found_again_by_the_name_that_upstream_gave_it(name: str) -> None:
    envelope = read_envelope(a_record(payload_of(name)))
    assert envelope.ref.correlation_id == "case-17"
    path = read_output(envelope).confidence.source_path
    assert path is None or path.startswith("$.response.")
