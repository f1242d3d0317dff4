"""The format `openai.chat`: a chat completion of OpenAI, vLLM or another compatible server.

Confidence is that of the answer's own tokens, so it is absent, and people see what there is, where
  * the answer did not end by itself (`ENDS`): cut off, stopped by the server, filtered in part, or
    an error stands beside it;
  * it is a refusal: whether to refuse was right is a question too;
  * the log probabilities are not those of the answer's tokens, or are 0 everywhere;
  * its text holds a tool call or thinking that nobody parsed, or goes round in a loop;
  * there is more than text in it, such as an image.
No answer, so refused: a tool call, also one beside a sentence, for the answer comes later
(BAD_OUTPUT); thinking alone, or no text at all (EMPTY_PAYLOAD); no choice, several choices, or a
streamed chunk (BAD_OUTPUT).
"""

import json
from functools import partial

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats import unanswering
from services.intake.formats.chat import answer_tokens
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.errors import Reason, Refused
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
ZEROS_MIN = 4
"""From so many tokens on, log probabilities of exactly 0 everywhere are none.

Servers write them under greedy decoding, where the token that is taken counts as the only one
(github.com/triton-inference-server/tensorrtllm_backend/issues/276).
"""

_OBJECTS = ("chat.completion", "chat.completion.chunk")
_THINKING = ("reasoning_content", "reasoning", "thinking", "thinking_content", "reasoning_details")
_MESSAGE = "$.choices[0].message"
_TOKENS = "$.choices[0].logprobs.content"
_LOGPROB = f"{_TOKENS}[*].logprob"
_CHOICE = "$.choices[0]"
_FINISH = f"{_CHOICE}.finish_reason"
_PARTS = frozenset({"text", "output_text", "thinking", "redacted_thinking", "reasoning", "refusal"})
"""Types of a content's parts that are read or may be left out; another may be the answer."""
_WORD_MAX = 40


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
    """Return the text of the only choice; confidence is exp of its tokens' mean log probability.

    Raises Refused for several choices, a chunk of a stream, a tool call and thinking alone.
    """
    payload = read_as.an_object(envelope.payload, "$")
    choice = _choice(payload)
    message = read_as.an_object(choice.get("message"), _MESSAGE)
    if message.get("tool_calls") or message.get("function_call"):
        raise read_as.bad("a tool call is no answer: send the completion that follows it")
    refused = _refusal(message)
    text = refused or _text(message, choice)
    facts = PayloadFacts(
        text=text,
        confidence=(
            read_as.absent("refusal", f"{_MESSAGE}.refusal")
            if refused
            else _beside(payload, choice, message) or _confidence(choice, message, text)
        ),
        model=read_as.a_line(payload.get("model")),
    )
    return read_as.output("openai.chat", envelope, facts)


def _choice(payload: JsonObject) -> JsonObject:
    if payload.get("object") == "chat.completion.chunk":
        raise read_as.bad("a chunk is no answer: assemble the stream and send the completion")
    choices = read_as.a_list(payload.get("choices"), "$.choices")
    if not choices:
        why = "the prompt was filtered" if _is_filtered(payload) else "the server gave no answer"
        raise read_as.bad(f"$.choices: there is no choice, {why}: send a completion with an answer")
    if len(choices) != 1:
        raise read_as.bad("$.choices: there must be one choice: send each in a record of its own")
    return read_as.an_object(choices[0], "$.choices[0]")


def _is_filtered(payload: JsonObject) -> bool:
    """Whether Azure says of the prompt that one of its filters took it: `"filtered": true`."""
    results = payload.get("prompt_filter_results") or payload.get("prompt_annotations")
    return '"filtered": true' in json.dumps(results)


def _refusal(message: JsonObject) -> str | None:
    refused = message.get("refusal")
    if isinstance(refused, str) and refused.strip():
        return refused
    content = message.get("content")
    if not isinstance(content, list):
        return None
    refusals = [part.get("refusal") for part in content if isinstance(part, dict)]
    return "".join(text for text in refusals if isinstance(text, str)).strip() or None


def _text(message: JsonObject, choice: JsonObject) -> str:
    content = message.get("content")
    if isinstance(content, list):
        content = _joined(content)
    if content is None or (isinstance(content, str) and not content.strip()):
        content = _spoken(message)
        if not content and any(message.get(name) for name in _THINKING):
            raise Refused(Reason.EMPTY_PAYLOAD, _only_thought(choice))
    return read_as.a_text(content, f"{_MESSAGE}.content")


def _spoken(message: JsonObject) -> str:
    """Return what an answer in sound says: its transcript, as models that speak send it."""
    audio = message.get("audio")
    transcript = audio.get("transcript") if isinstance(audio, dict) else None
    return transcript if isinstance(transcript, str) else ""


def _only_thought(choice: JsonObject) -> str:
    said = _finish_reason(choice)
    fix = "send the completion that has the answer in content"
    if said not in ENDS:
        fix = "raise max_tokens and send the completion that then has an answer"
    return f"{_MESSAGE}.content: the model only thought (finish_reason {said or 'missing'}): {fix}"


def _joined(parts: list[JsonValue]) -> str:
    """Return the text of a content's parts; thinking (a part of that type) is left out."""
    texts = (
        part.get("text")
        for part in parts
        if isinstance(part, dict) and part.get("type", "text") in ("text", "output_text")
    )
    return "".join(text for text in texts if isinstance(text, str))


def _beside(payload: JsonObject, choice: JsonObject, message: JsonObject) -> Confidence | None:
    """Return why the text is not the whole answer, by what stands beside it; None if it is."""
    if choice.get("error") or payload.get("error"):
        return read_as.absent(
            "unfinished", f"{_CHOICE}.error" if choice.get("error") else "$.error"
        )
    filters = choice.get("content_filter_results")
    if isinstance(filters, dict) and any(map(_has_filtered, filters.values())):
        return read_as.absent("unfinished", f"{_CHOICE}.content_filter_results")
    if message.get("refusal") and not isinstance(message["refusal"], str):
        return read_as.absent("refusal", f"{_MESSAGE}.refusal")
    if message.get("images"):
        return read_as.absent("not_an_answer", f"{_MESSAGE}.images")
    content = message.get("content")
    if isinstance(content, list) and not all(map(_is_read, content)):
        return read_as.absent("not_an_answer", f"{_MESSAGE}.content")
    return None


def _has_filtered(result: JsonValue) -> bool:
    return isinstance(result, dict) and result.get("filtered") is True


def _is_read(part: JsonValue) -> bool:
    return isinstance(part, dict) and part.get("type", "text") in _PARTS


def _native(choice: JsonObject) -> JsonValue:
    """Return the provider's own finish reason where a gateway handed it through."""
    native = choice.get("native_finish_reason")
    fields = choice.get("provider_specific_fields")
    if native is None and isinstance(fields, dict):
        return fields.get("native_finish_reason")
    return native


def _confidence(choice: JsonObject, message: JsonObject, text: str) -> Confidence:
    said = choice.get("finish_reason")
    if not isinstance(said, str) or said not in ENDS:
        detail = f"finish_reason is {_finish_reason(choice) or 'missing'}"
        return read_as.absent("unfinished", _FINISH, detail)
    native = _native(choice)
    if native is not None and str(native).lower() not in NATIVE_ENDS:
        return read_as.absent("unfinished", f"{_CHOICE}.native_finish_reason")
    doubt = unanswering.doubt_of(text)
    if doubt is not None:
        return read_as.absent(doubt, f"{_MESSAGE}.content")
    logprobs = choice.get("logprobs")
    listed = logprobs.get("content") if isinstance(logprobs, dict) else None
    if not listed:
        return read_as.ABSENT
    tokens = [read_as.an_object(token, _TOKENS) for token in read_as.a_list(listed, _TOKENS)]
    thinking = partial(_thinking, message)
    # vLLM and SGLang list the tokens of a stop text, which they cut off the answer.
    stop = choice.get("stop_reason") or choice.get("matched_stop")
    return _of_tokens(answer_tokens.of_answer(tokens, text, thinking=thinking, stop=stop))


def _of_tokens(tokens: list[JsonObject] | None) -> Confidence:
    if not tokens:
        return read_as.absent("other_tokens", _TOKENS)
    sent = [token.get("logprob") for token in tokens]
    if None in sent:
        return read_as.ABSENT
    values = [read_as.a_number(value, _LOGPROB) for value in sent]
    odd = read_as.odd_logprob(values, _LOGPROB)
    if odd is not None:
        return odd
    if len(values) >= ZEROS_MIN and not any(values):
        return read_as.sentinel("placeholder", "logprob", path=_LOGPROB, detail="all are 0")
    if max(values) > 0:
        values = [min(value, 0.0) for value in values]
    return read_as.from_logprob(sum(values) / len(values), _LOGPROB)


def _thinking(message: JsonObject) -> str:
    texts = (message.get(name) for name in _THINKING)
    return next((text for text in texts if isinstance(text, str) and text.strip()), "")


def _finish_reason(choice: JsonObject) -> str | None:
    """Return the finish reason if it is a word that can be shown, "unknown" if it is anything else.

    None if there is none.
    """
    said = choice.get("finish_reason")
    if not said:
        return None
    word = isinstance(said, str) and len(said) <= _WORD_MAX and said.isascii()
    return str(said) if word and str(said).replace("_", "").isalnum() else "unknown"


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
