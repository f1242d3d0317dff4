"""The format `openai.chat`: a chat completion of OpenAI, vLLM or another compatible server.

Confidence is that of the answer's own tokens, so it is absent, and people see what there is, where
  * the answer did not end by itself (`ENDS`): cut off, stopped by the server, filtered in part;
  * it is a refusal: whether to refuse was right is a question too;
  * the log probabilities are not those of the answer's tokens, or are 0 everywhere;
  * its text holds a tool call or thinking that nobody parsed, or goes round in a loop.
No answer, so refused: a tool call, also one beside a sentence, for the answer comes later
(BAD_OUTPUT); thinking alone, or no text at all (EMPTY_PAYLOAD); no choice, several choices, or a
streamed chunk (BAD_OUTPUT).
"""

import json
from functools import partial

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import answer_tokens, unanswering
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

ENDS = frozenset({"stop", "eos", "eos_token"})
"""The finish reasons that say that an answer ended by itself.

`stop` is OpenAI's; `eos` is Together's (github.com/openai/openai-dotnet/pull/267), `eos_token` that
of text-generation-inference before huggingface/text-generation-inference/pull/2344.
"""
NATIVE_ENDS = ENDS | {"end_turn", "stop_sequence", "completed"}
"""The same for `native_finish_reason`, in which OpenRouter hands through what a provider said.

In lower case: Gemini writes `STOP`. `end_turn` and `stop_sequence` are Anthropic's, `completed` is
that of OpenAI's Responses.
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
_FINISH = "$.choices[0].finish_reason"
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
            else _confidence(choice, message, text)
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


def _confidence(choice: JsonObject, message: JsonObject, text: str) -> Confidence:
    said = choice.get("finish_reason")
    if not isinstance(said, str) or said not in ENDS:
        detail = f"finish_reason is {_finish_reason(choice) or 'missing'}"
        return read_as.absent("unfinished", _FINISH, detail)
    native = choice.get("native_finish_reason")
    if native is not None and str(native).lower() not in NATIVE_ENDS:
        return read_as.absent("unfinished", "$.choices[0].native_finish_reason")
    doubt = unanswering.doubt_of(text)
    if doubt is not None:
        return read_as.absent(doubt, f"{_MESSAGE}.content")
    logprobs = choice.get("logprobs")
    listed = logprobs.get("content") if isinstance(logprobs, dict) else None
    if not listed:
        return read_as.ABSENT
    tokens = [read_as.an_object(token, _TOKENS) for token in read_as.a_list(listed, _TOKENS)]
    return _of_tokens(answer_tokens.of_answer(tokens, text, thinking=partial(_thinking, message)))


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


FORMAT = Format("openai.chat", recognises, read)
