"""The format `openai.chat`: a chat completion of OpenAI, vLLM or another compatible server.

Confidence is that of the answer's own tokens, so it is absent, and people see what there is, where
  * the answer did not end by itself (`ENDS`): cut off, stopped by the server, filtered in part, or
    an error stands beside it;
  * it is a refusal: whether to refuse was right is a question too;
  * the log probabilities are not those of the answer's tokens, or are 0 everywhere;
  * its text holds a tool call or thinking that nobody parsed, or goes round in a loop;
  * there is more than text in it, such as an image.
No answer, so refused: a tool call, also one beside a sentence, for the answer comes later
(BAD_OUTPUT); thinking alone, or no text at all (EMPTY_PAYLOAD); no choice, or a streamed chunk
(BAD_OUTPUT). Several choices are candidates, for a task type that asks which of them is the best.
"""

from functools import partial

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.chat import answer_tokens, answers
from services.intake.formats.chat.answers import Said
from services.intake.formats.payload import Format
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

ENDS = frozenset({"stop", "eos", "eos_token"})
"""The finish reasons that say that an answer ended by itself.

`stop` is OpenAI's; `eos` is Together's (github.com/openai/openai-dotnet/pull/267), `eos_token` that
of text-generation-inference before huggingface/text-generation-inference/pull/2344.
"""
NATIVE_ENDS = ENDS | {"end_turn", "stop_sequence", "completed", "complete"}
"""The same for `native_finish_reason`, in which OpenRouter hands through what a provider said.

LiteLLM writes it into `provider_specific_fields`, and calls what it does not know a stop. In lower
case: Gemini writes `STOP`. `end_turn` and `stop_sequence` are Anthropic's, `completed` is that of
OpenAI's Responses, `complete` Cohere's.
"""

_OBJECTS = ("chat.completion", "chat.completion.chunk")
_THINKING = ("reasoning_content", "reasoning", "thinking", "thinking_content", "reasoning_details")
_PARTS = frozenset({"text", "output_text", "thinking", "redacted_thinking", "reasoning", "refusal"})
"""Types of a content's parts that are read or may be left out; another may be the answer."""


def recognises(payload: JsonValue) -> bool:
    """Return whether this is a chat completion: by its `object`, or by `choices` with a message.

    Chunks of a stream are recognised too, so that `read` can say why they are refused.
    """
    if not isinstance(payload, dict) or not isinstance(payload.get("choices"), list):
        return False
    if payload.get("object") in _OBJECTS:
        return True
    choices = payload["choices"]
    first = choices[0] if isinstance(choices, list) and choices else None
    return isinstance(first, dict) and isinstance(first.get("message"), dict)


def read(envelope: Envelope) -> Output:
    """Return the text of the choice; confidence is exp of its tokens' mean log probability.

    Several choices become candidates. Raises Refused for a chunk of a stream, a tool call, thinking
    alone, and several choices that all say the same.
    """
    payload = read_as.an_object(envelope.payload, "$")
    some = [
        _said(payload, read_as.an_object(choice, where), where)
        for at, choice in enumerate(_choices(payload))
        if (where := f"$.choices[{at}]")
    ]
    facts = answers.facts_of(some, "$.choices", model=payload.get("model"))
    return read_as.output("openai.chat", envelope, facts)


def _choices(payload: JsonObject) -> list[JsonValue]:
    if payload.get("object") == "chat.completion.chunk":
        raise read_as.bad("a chunk is no answer: assemble the stream and send the completion")
    choices = read_as.a_list(payload.get("choices"), "$.choices")
    if not choices:
        why = "the prompt was filtered" if _is_filtered(payload) else "the server gave no answer"
        raise read_as.bad(f"$.choices: there is no choice, {why}: send a completion with an answer")
    return choices


def _said(payload: JsonObject, choice: JsonObject, where: str) -> Said:
    message = read_as.an_object(choice.get("message"), f"{where}.message")
    if message.get("tool_calls") or message.get("function_call"):
        raise read_as.bad(answers.TOOL_CALL)
    refused = _refusal(message)
    text = refused or _text(message, choice, where)
    if refused:
        return Said(text, read_as.absent("refusal", f"{where}.message.refusal"))
    beside = _beside(payload, choice, where)
    return Said(text, beside or _confidence(choice, message, text, where=where))


def _is_filtered(payload: JsonObject) -> bool:
    """Whether Azure says of the prompt that one of its filters took it: `"filtered": true`."""
    results = payload.get("prompt_filter_results") or payload.get("prompt_annotations")
    return answers.says(results, "filtered")


def _refusal(message: JsonObject) -> str | None:
    refused = message.get("refusal")
    if isinstance(refused, str) and refused.strip():
        return refused
    content = message.get("content")
    if not isinstance(content, list):
        return None
    refusals = [part.get("refusal") for part in content if isinstance(part, dict)]
    return "".join(text for text in refusals if isinstance(text, str)).strip() or None


def _text(message: JsonObject, choice: JsonObject, where: str) -> str:
    content = message.get("content")
    if isinstance(content, list):
        content = answers.joined(content, ("text", "output_text"))
    if content is None or (isinstance(content, str) and not content.strip()):
        content = _spoken(message)
        if not content and any(message.get(name) for name in _THINKING):
            reason = answers.word(choice.get("finish_reason"))
            ended = reason in ENDS
            raise answers.only_thought(f"{where}.message.content", reason, ended=ended)
    return read_as.a_text(content, f"{where}.message.content")


def _spoken(message: JsonObject) -> str:
    """Return what an answer in sound says: its transcript, as models that speak send it."""
    audio = message.get("audio")
    transcript = audio.get("transcript") if isinstance(audio, dict) else None
    return transcript if isinstance(transcript, str) else ""


def _beside(payload: JsonObject, choice: JsonObject, where: str) -> Confidence | None:
    """Return why the text is not the whole answer, by what stands beside it; None if it is."""
    message = read_as.an_object(choice["message"], f"{where}.message")
    filtered = answers.filtered(payload, choice, where)
    if filtered is not None:
        return filtered
    if message.get("refusal") and not isinstance(message["refusal"], str):
        return read_as.absent("refusal", f"{where}.message.refusal")
    if message.get("images"):
        return read_as.absent("not_an_answer", f"{where}.message.images")
    content = message.get("content")
    if isinstance(content, list) and not all(map(_is_read, content)):
        return read_as.absent("not_an_answer", f"{where}.message.content")
    return None


def _is_read(part: JsonValue) -> bool:
    return isinstance(part, dict) and part.get("type", "text") in _PARTS


def another_end(choice: JsonObject, where: str) -> Confidence | None:
    """Return that the provider itself, handed through by a gateway, says of no end; or None."""
    native = choice.get("native_finish_reason")
    fields = choice.get("provider_specific_fields")
    if native is None and isinstance(fields, dict):
        native = fields.get("native_finish_reason")
    if native is None or str(native).lower() in NATIVE_ENDS:
        return None
    return read_as.absent("unfinished", f"{where}.native_finish_reason")


def _confidence(choice: JsonObject, message: JsonObject, text: str, *, where: str) -> Confidence:
    said = choice.get("finish_reason")
    if not isinstance(said, str) or said not in ENDS:
        return answers.unfinished("finish_reason", said, f"{where}.finish_reason")
    doubt = another_end(choice, where) or answers.another_role(message, f"{where}.message")
    doubt = doubt or answers.doubt_of(text, f"{where}.message.content")
    if doubt is not None:
        return doubt
    logprobs = choice.get("logprobs")
    listed = logprobs.get("content") if isinstance(logprobs, dict) else None
    if not listed:
        return read_as.ABSENT
    path = f"{where}.logprobs.content"
    tokens = [read_as.an_object(token, path) for token in read_as.a_list(listed, path)]
    thinking = partial(_thinking, message)
    # vLLM and SGLang list the tokens of a stop text, which they cut off the answer.
    stop = choice.get("stop_reason") or choice.get("matched_stop")
    own = answer_tokens.of_answer(tokens, text, where=path, thinking=thinking, stop=stop)
    return answers.of_tokens(own, path)


def _thinking(message: JsonObject) -> str:
    texts = (message.get(name) for name in _THINKING)
    return next((text for text in texts if isinstance(text, str) and text.strip()), "")


FORMAT = Format(
    "openai.chat",
    recognises,
    read,
    marks=("choices",),
    programs="OpenAI chat completions, also of vLLM, llama.cpp, SGLang, Ollama's OpenAI road",
    confidence="`exp(mean logprob)` of the answer's own tokens",
    example={
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": "positive"},
                "logprobs": {"content": [{"token": "positive", "logprob": -0.31}]},
            }
        ],
    },
)
