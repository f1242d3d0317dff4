"""The format `ollama`: what Ollama's own roads answer, `/api/chat` and `/api/generate`.

The text is `message.content` of a chat and `response` otherwise. Confidence is exp of the mean of
`logprobs`, which are there only if the caller asked for them (Ollama 0.12.11 and later). It is
absent where the answer did not end by itself (`done_reason`), or its text is a call, thinking that
nobody parsed, or a loop. Refused: a piece of a stream (`done` is false) and a tool call
(BAD_OUTPUT); thinking alone or no text (EMPTY_PAYLOAD). Source: Ollama's `docs/api.md`.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.foreign import is_of_ollama
from services.intake.formats import payload as read_as
from services.intake.formats.chat import answer_tokens, answers
from services.intake.formats.chat.answers import Said
from services.intake.formats.payload import Format
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_ENDS = ("stop",)
_PATH = "$.logprobs"


def recognises(payload: JsonValue) -> bool:
    """Return whether this is Ollama's: `done`, with a message or a text in `response`."""
    return isinstance(payload, dict) and is_of_ollama(payload)


def read(envelope: Envelope) -> Output:
    """Return the text that the model said; confidence is exp of its tokens' mean log probability.

    Raises Refused for a piece of a stream, a tool call, thinking alone and an answer without text.
    """
    payload = read_as.an_object(envelope.payload, "$")
    if payload.get("done") is not True:
        fix = "send the answer of a request with stream: false"
        raise read_as.bad(f"$.done: a piece of a stream is no answer: {fix}")
    message, where = payload, "$.response"
    if "message" in payload:
        message, where = read_as.an_object(payload["message"], "$.message"), "$.message.content"
    if message.get("tool_calls"):
        raise read_as.bad(answers.TOOL_CALL)
    text = message.get(where.rpartition(".")[2])
    if not text and message.get("thinking"):
        reason = answers.word(payload.get("done_reason"))
        raise answers.only_thought(where, reason, ended=reason in _ENDS)
    text = read_as.a_text(text, where)
    said = Said(text, _confidence(payload, message, text, where=where))
    facts = answers.facts_of([said], where, model=payload.get("model"))
    return read_as.output("ollama", envelope, facts)


def _confidence(payload: JsonObject, message: JsonObject, text: str, *, where: str) -> Confidence:
    if payload.get("done_reason") not in _ENDS:
        return answers.unfinished("done_reason", payload.get("done_reason"), "$.done_reason")
    if payload.get("image") or message.get("images"):
        return read_as.absent("not_an_answer", where, "an image stands beside it")
    doubt = answers.another_role(message, "$.message") or answers.doubt_of(text, where)
    if doubt is not None:
        return doubt
    listed = payload.get("logprobs")
    if not listed:
        return read_as.ABSENT
    tokens = [read_as.an_object(token, _PATH) for token in read_as.a_list(listed, _PATH)]
    thinking = message.get("thinking")
    own = answer_tokens.of_answer(tokens, text, where=_PATH, thinking=lambda: str(thinking or ""))
    return answers.of_tokens(own, _PATH)


FORMAT = Format(
    "ollama",
    recognises,
    read,
    marks=("done",),
    programs="Ollama's /api/chat and /api/generate, without stream",
    confidence="`exp(mean logprob)` of `logprobs`, if asked for",
    example={
        "model": "llama3.2",
        "message": {"role": "assistant", "content": "Paris"},
        "done": True,
        "done_reason": "stop",
        "logprobs": [{"token": "Paris", "logprob": -0.31}],
    },
)
