"""Readers that all formats share: numbers, labels and text from outside, each checked."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import JsonValue

from services.intake.catalog.rows import FormatName
from services.intake.envelope import Envelope
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence, Output, Scored
from shared.contracts.strictjson import JsonObject

LABELS_MAX = 1_000
LABEL_CHARACTERS_MAX = 200
LOGPROB_UNSET = -9_999.0
"""Servers write about this for a token without a log probability; no real one is near it."""
_ROUNDING = 1e-6

ABSENT = Confidence(status="absent")


@dataclass(frozen=True, slots=True)
class Format:
    """One format: whether a payload looks like it, and how its output is read.

    `recognises` never raises; `read` raises Refused for what it cannot read, whoever declared it.
    """

    name: FormatName
    recognises: Callable[[JsonValue], bool]
    read: Callable[[Envelope], Output]


class PayloadFacts(NamedTuple):
    """The facts a payload states, before the envelope adds to them."""

    confidence: Confidence
    text: str | None = None
    labels: tuple[Scored, ...] = ()
    answer: str | None = None
    model: str | None = None
    model_version: str | None = None
    language: str | None = None


def bad(detail: str) -> Refused:
    """Return the refusal of a payload that breaks its format; `detail` says where and the fix."""
    return Refused(Reason.BAD_OUTPUT, detail)


def an_object(value: JsonValue, where: str) -> JsonObject:
    """Return the value if it is a JSON object. Raises Refused."""
    if isinstance(value, dict):
        return value
    raise bad(f"{where}: send an object")


def a_list(value: JsonValue, where: str) -> list[JsonValue]:
    """Return the value if it is a JSON list. Raises Refused."""
    if isinstance(value, list):
        return value
    raise bad(f"{where}: send a list")


def a_number(value: JsonValue, where: str) -> float:
    """Return a finite number. Raises Refused for text, booleans and integers beyond floats."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise bad(f"{where}: send a number")
    try:
        return float(value)
    except OverflowError:
        raise bad(f"{where}: send a number in the range of floats") from None


def a_probability(value: JsonValue, where: str) -> float:
    """Return a number on 0..1. Raises Refused."""
    number = a_number(value, where)
    if 0 <= number <= 1:
        return number
    raise bad(f"{where}: send probabilities on 0..1, no logits and no percents")


def a_logprob(value: JsonValue, where: str) -> float:
    """Return a natural log probability, at most 0; one above 0 by rounding is 0. Raises Refused."""
    number = a_number(value, where)
    if number <= _ROUNDING:
        return min(number, 0.0)
    raise bad(f"{where}: send the natural logarithm of a probability, so not above 0")


def a_label(value: JsonValue, where: str) -> str:
    """Return a label: one printable line; numbers and booleans as JSON writes them. Raises
    Refused.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(a_number(value, where)) if isinstance(value, float) else _whole(value, where)
    if isinstance(value, str) and a_line(value) is not None:
        return value
    raise bad(f"{where}: send a label of 1 to {LABEL_CHARACTERS_MAX} printable characters")


def a_text(value: JsonValue, where: str) -> str:
    """Return text that is not blank. Raises Refused: nobody can be asked about a blank."""
    if not isinstance(value, str):
        raise bad(f"{where}: send text")
    if value.strip():
        return value
    raise Refused(Reason.EMPTY_PAYLOAD, f"{where}: is empty or blank: send what the model said")


def a_line(value: JsonValue) -> str | None:
    """Return a short printable line, such as a model's name; None for any other value."""
    if not isinstance(value, str) or not value.strip():
        return None
    return value if len(value) <= LABEL_CHARACTERS_MAX and value.isprintable() else None


def output(name: FormatName, envelope: Envelope, facts: PayloadFacts) -> Output:
    """Return the output in canonical form; where envelope and payload differ, the envelope's."""
    return Output(
        format=name,
        text=facts.text,
        labels=facts.labels,
        answer=facts.answer,
        media=envelope.media,
        confidence=facts.confidence,
        model=envelope.model or facts.model,
        model_version=envelope.model_version or facts.model_version,
        language=envelope.language or facts.language,
        request=envelope.request,
    )


def classified(labels: Sequence[Scored], path: Callable[[int], str]) -> PayloadFacts:
    """Return the facts of a classification: the answer is the label of the highest score, the
    first of equals, and its score is the confidence.

    Scores need not sum to 1 (a sigmoid's do not). `path(n)` is where the n-th score stands, such as
    `$[0].score`. Raises Refused where a label comes twice: then they are the rows of a batch.
    """
    if not 0 < len(labels) <= LABELS_MAX:
        raise bad(f"send 1 to {LABELS_MAX} labels")
    if len({scored.label for scored in labels}) < len(labels):
        raise bad("a label comes twice: send each output of a batch in a record of its own")
    top = max(range(len(labels)), key=lambda at: labels[at].score)
    return PayloadFacts(
        labels=tuple(labels),
        answer=labels[top].label,
        confidence=Confidence(
            status="ok", value=labels[top].score, scale="probability", source_path=path(top)
        ),
    )


def from_logprob(mean: float, path: str) -> Confidence:
    """Return a mean log probability as a confidence on 0..1: its exponential."""
    return Confidence(status="ok", value=math.exp(mean), scale="logprob", source_path=path)


def _whole(value: int, where: str) -> str:
    if abs(value) < 10**18:
        return str(value)
    raise bad(f"{where}: send a label, no endless number")
