"""Judges a language model's answer by its text, its end and its tokens, for all chat formats."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pydantic import JsonValue

from services.intake.formats import candidates, unanswering
from services.intake.formats import payload as read_as
from services.intake.formats.payload import PayloadFacts
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence
from shared.contracts.strictjson import JsonObject

ZEROS_MIN = 4
"""From so many tokens on, log probabilities of exactly 0 everywhere are none.

Servers write them under greedy decoding, where the token that is taken counts as the only one
(github.com/triton-inference-server/tensorrtllm_backend/issues/276).
"""
TOOL_CALL = "a tool call is no answer: send the completion that follows it"
_WORD_MAX = 40
_OF_FILTERS = frozenset({
    "content_filter_results", "content_filter_result", "prompt_filter_results",
    "prompt_annotations", "incomplete_details",
})  # fmt: skip
_ROLES_OF_MODELS = (None, "", "assistant", "model")


class Said(NamedTuple):
    """One answer: its text, and how sure the model was of it."""

    text: str
    confidence: Confidence


def facts_of(answers: Sequence[Said], where: str, *, model: JsonValue) -> PayloadFacts:
    """Return the facts of one answer, or of several, which are candidates to be compared.

    Several have no text and no answer, and no confidence, since the model ranks none of them; the
    reason is that of the first one that ended too early. Raises Refused if all say the same.
    """
    line = read_as.a_line(model)
    if len(answers) == 1:
        return PayloadFacts(text=answers[0].text, confidence=answers[0].confidence, model=line)
    compared = candidates.of_texts([answer.text for answer in answers], where)
    doubts = [answer.confidence for answer in answers if answer.confidence.reason == "unfinished"]
    return PayloadFacts(
        confidence=doubts[0] if doubts else read_as.ABSENT,
        candidates=candidates.unordered(compared),
        model=line,
    )


def doubt_of(text: str, where: str) -> Confidence | None:
    """Return that the text is no answer: a call, thinking or a loop; None for an ordinary one."""
    doubt = unanswering.doubt_of(text)
    return None if doubt is None else read_as.absent(doubt, where)


def another_role(message: JsonObject, where: str) -> Confidence | None:
    """Return that a message is of another than the model, by its role; None if it is the model's.

    Example: the role `user`, as in a message of the prompt that was sent for the answer.
    """
    if message.get("role") in _ROLES_OF_MODELS:
        return None
    return read_as.absent("not_an_answer", f"{where}.role", "the message is not the model's")


def unfinished(name: str, reason: JsonValue, where: str) -> Confidence:
    """Return that an answer did not end by itself, as `reason`, the value of `name`, says."""
    return read_as.absent("unfinished", where, f"{name} is {word(reason) or 'missing'}")


def says(value: JsonValue, *names: str) -> bool:
    """Return whether an object in this value, at any depth, has one of these fields as true.

    Example: `{"hate": {"filtered": true, "severity": "high"}}` says `filtered`.
    """
    left = [value]
    while left:
        inner = left.pop()
        if isinstance(inner, dict):
            if any(inner.get(name) is True for name in names):
                return True
            left += [one for one in inner.values() if isinstance(one, (dict, list))]
        elif isinstance(inner, list):
            left += [one for one in inner if isinstance(one, (dict, list))]
    return False


def filtered(payload: JsonObject, choice: JsonObject, where: str) -> Confidence | None:
    """Return that a choice is not whole, by an error or a filter beside it or its prompt, or None.

    `where` is the choice's path. The filters are Azure's.
    """
    if choice.get("error") or payload.get("error"):
        return read_as.absent("unfinished", f"{where}.error" if choice.get("error") else "$.error")
    if _OF_FILTERS.isdisjoint(choice) and _OF_FILTERS.isdisjoint(payload):
        return None
    for at, fields, name in (
        (where, choice, "content_filter_results"),
        (where, choice, "content_filter_result"),
        ("$", payload, "prompt_filter_results"),
        ("$", payload, "prompt_annotations"),
        ("$", payload, "content_filter_results"),
    ):
        if fields.get(name) and says(fields[name], "filtered", "blocked"):
            return read_as.absent("unfinished", f"{at}.{name}")
    for at, fields in ((where, choice), ("$", payload)):
        if fields.get("incomplete_details"):
            return read_as.absent("unfinished", f"{at}.incomplete_details")
    return None


def word(reason: JsonValue) -> str | None:
    """Return a finish reason if it is a word that can be shown, "unknown" if it is anything else.

    None if there is none.
    """
    if not reason:
        return None
    short = isinstance(reason, str) and len(reason) <= _WORD_MAX and reason.isascii()
    return str(reason) if short and str(reason).replace("_", "").isalnum() else "unknown"


def only_thought(where: str, reason: str | None, *, ended: bool) -> Refused:
    """Return the refusal of an answer in which a model thought and said nothing."""
    fix = "send the completion that has the answer in content"
    if not ended:
        fix = "raise max_tokens and send the completion that then has an answer"
    why = f"the model only thought (finish_reason {reason or 'missing'})"
    return Refused(Reason.EMPTY_PAYLOAD, f"{where}: {why}: {fix}")


def joined(parts: Iterable[JsonValue], types: Sequence[str]) -> str:
    """Return the text of the parts of these types; parts without a type count as texts."""
    texts = (
        part.get("text")
        for part in parts
        if isinstance(part, dict) and part.get("type", types[0]) in types
    )
    return "".join(text for text in texts if isinstance(text, str))


def of_tokens(
    tokens: list[JsonObject] | None, where: str, *, numbers: str | None = None
) -> Confidence:
    """Return the confidence of an answer's own tokens: exp of their mean log probability.

    `tokens` are None where they cannot be told from others. `numbers` is the path of their log
    probabilities, where it is not `logprob` of each. Raises Refused for one that is no number.
    """
    path = numbers or f"{where}[*].logprob"
    if not tokens:
        return read_as.absent("other_tokens", where)
    sent = [token.get("logprob") for token in tokens]
    if None in sent:
        return read_as.ABSENT
    values = [read_as.a_number(value, path) for value in sent]
    odd = read_as.odd_logprob(values, path)
    if odd is not None:
        return odd
    if len(values) >= ZEROS_MIN and not any(values):
        return read_as.sentinel("placeholder", "logprob", path=path, detail="all are 0")
    if max(values) > 0:
        values = [min(value, 0.0) for value in values]
    return read_as.from_logprob(sum(values) / len(values), path)
