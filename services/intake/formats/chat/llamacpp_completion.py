"""The format `llamacpp.completion`: what llama.cpp's own road `/completion` answers.

The text is `content`, and the request is `prompt` where the envelope has none. Confidence is exp of
the mean of `completion_probabilities[].logprob`, natural logarithms that are there if the caller
asked for `n_probs`. It is absent where `stop_type` is `limit` (cut off) or none that ends an
answer, where the numbers are probabilities after sampling (`post_sampling_probs`), which are not
the model's, and where the text is a call or a loop. Refused: a piece of a stream (BAD_OUTPUT) and
no text (EMPTY_PAYLOAD). Source: `tools/server/README.md` of llama.cpp.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.chat import answer_tokens, answers
from services.intake.formats.chat.answers import Said
from services.intake.formats.payload import Format
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_ENDS = ("eos", "word")
_TOKENS = "$.completion_probabilities"
REQUEST_CHARACTERS_MAX = 20_000
"""Of a longer prompt nothing is shown: an offer carries the request whole."""


def recognises(payload: JsonValue) -> bool:
    """Return whether this is a completion of llama.cpp: `content` that is text, and `stop`."""
    if not isinstance(payload, dict) or not isinstance(payload.get("content"), str):
        return False
    return "stop_type" in payload or isinstance(payload.get("stop"), bool)


def read(envelope: Envelope) -> Output:
    """Return the text; confidence is exp of its tokens' mean log probability.

    Raises Refused for a piece of a stream, and for a completion without text.
    """
    payload = read_as.an_object(envelope.payload, "$")
    if payload.get("stop") is False:
        fix = "send the answer of a request with stream: false"
        raise read_as.bad(f"$.stop: a piece of a stream is no answer: {fix}")
    text = read_as.a_text(payload.get("content"), "$.content")
    said = Said(text, _confidence(payload, text))
    facts = answers.facts_of([said], "$", model=payload.get("model"))
    prompt = payload.get("prompt")
    if isinstance(prompt, str) and prompt.strip() and len(prompt) <= REQUEST_CHARACTERS_MAX:
        facts = facts._replace(request=prompt)
    return read_as.output("llamacpp.completion", envelope, facts)


def _confidence(payload: JsonObject, text: str) -> Confidence:
    reason = payload.get("stop_type")
    if reason not in _ENDS:
        return answers.unfinished("stop_type", reason, "$.stop_type")
    if payload.get("truncated"):
        return read_as.absent("unfinished", "$.truncated", "the context was full")
    doubt = answers.doubt_of(text, "$.content")
    if doubt is not None:
        return doubt
    listed = read_as.a_list(payload.get("completion_probabilities") or [], _TOKENS)
    if not listed:
        return read_as.ABSENT
    tokens = [read_as.an_object(token, _TOKENS) for token in listed]
    stop = payload.get("stopping_word")
    own = answer_tokens.of_answer(tokens, text, where=_TOKENS, stop=stop)
    return answers.of_tokens(own, _TOKENS)


FORMAT = Format(
    "llamacpp.completion",
    recognises,
    read,
    marks=("stop_type", "stop"),
    programs="llama.cpp's own `/completion`",
    confidence="`exp(mean logprob)` of `completion_probabilities`",
    example={
        "content": " Paris",
        "prompt": "The capital of France is",
        "stop": True,
        "stop_type": "eos",
        "completion_probabilities": [{"token": " Paris", "logprob": -0.31}],
    },
)
