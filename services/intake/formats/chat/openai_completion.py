"""The format `openai.completion`: a text completion, as `/v1/completions` answers it.

The text is `choices[0].text`; several choices are candidates. Confidence is exp of the mean log
probability of the text's own tokens, which stand in `logprobs` in one of two ways: `tokens` beside
`token_logprobs` (OpenAI, vLLM), or `content` as in a chat (llama.cpp). It is absent where the text
did not end by itself, the tokens are not the text's (also where the prompt is in it, `echo`), or
the text is a call or a loop. Refused: no choice (BAD_OUTPUT), no text (EMPTY_PAYLOAD). Source: the
type `openai.types.Completion`, and what the two servers write.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.chat import answer_tokens, answers
from services.intake.formats.chat.answers import Said
from services.intake.formats.chat.openai_chat import ENDS, another_end
from services.intake.formats.payload import Format
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject


def recognises(payload: JsonValue) -> bool:
    """Return whether this is a text completion: by its `object`, or by `choices` with a text."""
    if not isinstance(payload, dict) or not isinstance(payload.get("choices"), list):
        return False
    if payload.get("object") is not None:
        return payload["object"] == "text_completion"
    choices = payload["choices"]
    first = choices[0] if isinstance(choices, list) and choices else None
    return isinstance(first, dict) and isinstance(first.get("text"), str) and "message" not in first


def read(envelope: Envelope) -> Output:
    """Return the text of the choice; confidence is exp of its tokens' mean log probability.

    Several choices become candidates. Raises Refused for no choice, and for a choice without text.
    """
    payload = read_as.an_object(envelope.payload, "$")
    choices = read_as.a_list(payload.get("choices"), "$.choices")
    if not choices:
        raise read_as.bad("$.choices: there is no choice: send a completion with a text")
    some = [
        _said(payload, read_as.an_object(choice, where), where)
        for at, choice in enumerate(choices)
        if (where := f"$.choices[{at}]")
    ]
    facts = answers.facts_of(some, "$.choices", model=payload.get("model"))
    return read_as.output("openai.completion", envelope, facts)


def _said(payload: JsonObject, choice: JsonObject, where: str) -> Said:
    text = read_as.a_text(choice.get("text"), f"{where}.text")
    reason = choice.get("finish_reason")
    if not isinstance(reason, str) or reason not in ENDS:
        return Said(text, answers.unfinished("finish_reason", reason, f"{where}.finish_reason"))
    doubt = answers.filtered(payload, choice, where) or another_end(choice, where)
    doubt = doubt or answers.doubt_of(text, f"{where}.text")
    return Said(text, doubt or _confidence(choice, text, where))


def _confidence(choice: JsonObject, text: str, where: str) -> Confidence:
    logprobs = choice.get("logprobs")
    if not isinstance(logprobs, dict):
        return read_as.ABSENT
    in_pairs = "content" not in logprobs
    path = f"{where}.logprobs.{'tokens' if in_pairs else 'content'}"
    tokens = _pairs(logprobs, where) if in_pairs else _listed(logprobs, path)
    if not tokens:
        return read_as.ABSENT
    stop = choice.get("stop_reason") or choice.get("matched_stop")
    own = answer_tokens.of_answer(tokens, text, where=path, stop=stop)
    numbers = f"{where}.logprobs.token_logprobs" if in_pairs else None
    return answers.of_tokens(own, path, numbers=numbers)


def _listed(logprobs: JsonObject, path: str) -> list[JsonObject]:
    listed = read_as.a_list(logprobs.get("content") or [], path)
    return [read_as.an_object(token, path) for token in listed]


def _pairs(logprobs: JsonObject, where: str) -> list[JsonObject]:
    """Return the tokens with their log probabilities, which stand in two lists of one length."""
    tokens = read_as.a_list(logprobs.get("tokens") or [], f"{where}.logprobs.tokens")
    path = f"{where}.logprobs.token_logprobs"
    values = read_as.a_list(logprobs.get("token_logprobs") or [], path)
    if len(tokens) != len(values):
        raise read_as.bad(f"{path}: send as many as tokens, in the same order")
    return [{"token": one, "logprob": value} for one, value in zip(tokens, values, strict=True)]


FORMAT = Format(
    "openai.completion",
    recognises,
    read,
    marks=("choices",),
    programs="text completions (`/v1/completions`) of OpenAI, vLLM, llama.cpp",
    confidence="`exp(mean logprob)` of the text's own tokens",
    example={
        "object": "text_completion",
        "choices": [
            {
                "index": 0,
                "text": " Paris",
                "finish_reason": "stop",
                "logprobs": {"tokens": [" Paris"], "token_logprobs": [-0.31]},
            }
        ],
    },
)
