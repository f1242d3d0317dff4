"""The format `openai.chat`: a chat completion of OpenAI, vLLM or another compatible server.

An answer that is incomplete, or none:
  * cut off (`length`), filtered in part (`content_filter`) or without a finish reason: people see
    what there is; confidence is absent, since it is not that of the whole answer;
  * a refusal: people see the refusal, confidence absent: whether to refuse was right is a question
    too;
  * no text at all (filtered whole): EMPTY_PAYLOAD; a tool call: BAD_OUTPUT, the answer comes later;
  * a streamed chunk, or several choices: BAD_OUTPUT.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_OBJECTS = ("chat.completion", "chat.completion.chunk")
_UNFINISHED = frozenset({None, "length", "content_filter"})
_MESSAGE = "$.choices[0].message"
_TOKENS = "$.choices[0].logprobs.content"
_LOGPROB = f"{_TOKENS}[*].logprob"


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

    Raises Refused for several choices, a chunk of a stream and a tool call.
    """
    payload = read_as.an_object(envelope.payload, "$")
    choice = _choice(payload)
    message = read_as.an_object(choice.get("message"), _MESSAGE)
    facts = PayloadFacts(
        text=_text(message),
        confidence=_confidence(choice, message),
        model=read_as.a_line(payload.get("model")),
    )
    return read_as.output("openai.chat", envelope, facts)


def _choice(payload: JsonObject) -> JsonObject:
    if payload.get("object") == "chat.completion.chunk":
        raise read_as.bad("a chunk is no answer: assemble the stream and send the completion")
    choices = read_as.a_list(payload.get("choices"), "$.choices")
    if len(choices) != 1:
        raise read_as.bad("there must be one choice: send each in a record of its own")
    return read_as.an_object(choices[0], "$.choices[0]")


def _text(message: JsonObject) -> str:
    refused = message.get("refusal")
    if isinstance(refused, str) and refused.strip():
        return refused
    content = message.get("content")
    if isinstance(content, list):
        return read_as.a_text(_joined(content), f"{_MESSAGE}.content")
    if content is None and (message.get("tool_calls") or message.get("function_call")):
        raise read_as.bad("a tool call is no answer: send the completion that follows it")
    return read_as.a_text("" if content is None else content, f"{_MESSAGE}.content")


def _joined(parts: list[JsonValue]) -> str:
    texts = (part.get("text") for part in parts if isinstance(part, dict))
    return "".join(text for text in texts if isinstance(text, str))


def _confidence(choice: JsonObject, message: JsonObject) -> Confidence:
    reason = choice.get("finish_reason")
    if not isinstance(reason, str) or reason in _UNFINISHED or message.get("refusal"):
        return read_as.ABSENT
    logprobs = choice.get("logprobs")
    tokens = logprobs.get("content") if isinstance(logprobs, dict) else None
    if not tokens:
        return read_as.ABSENT
    logprobs_of_tokens = [
        read_as.an_object(token, _TOKENS).get("logprob")
        for token in read_as.a_list(tokens, _TOKENS)
    ]
    if any(value is None for value in logprobs_of_tokens):
        return read_as.ABSENT
    values = [read_as.a_logprob(value, _LOGPROB) for value in logprobs_of_tokens]
    if min(values) <= read_as.LOGPROB_UNSET:
        return Confidence(status="sentinel", scale="logprob", source_path=_LOGPROB)
    return read_as.from_logprob(sum(values) / len(values), _LOGPROB)


FORMAT = Format("openai.chat", recognises, read)
