"""Checks numbers, labels and text that come from outside, for all formats."""

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
"""About the value that some servers send for a missing log probability; real ones are higher."""
_ROUNDING = 1e-6

ABSENT = Confidence(status="absent")


@dataclass(frozen=True, slots=True)
class Format:
    """One format: `recognises` says whether a payload looks like it, and `read` reads it.

    `recognises` never raises; `read` raises Refused for a payload that it cannot read.
    """

    name: FormatName
    recognises: Callable[[JsonValue], bool]
    read: Callable[[Envelope], Output]


class PayloadFacts(NamedTuple):
    """The facts that a payload states, to which the envelope's are added later."""

    confidence: Confidence
    text: str | None = None
    labels: tuple[Scored, ...] = ()
    answer: str | None = None
    model: str | None = None
    model_version: str | None = None
    language: str | None = None


def bad(detail: str) -> Refused:
    """Return a Refused for a payload that breaks its format; `detail` says where, and the fix."""
    return Refused(Reason.BAD_OUTPUT, detail)


def an_object(value: JsonValue, where: str) -> JsonObject:
    """Return the value if it is a JSON object; else raise Refused, naming `where` it is."""
    if isinstance(value, dict):
        return value
    raise bad(f"{where}: send an object")


def a_list(value: JsonValue, where: str) -> list[JsonValue]:
    """Return the value if it is a JSON list; else raise Refused, naming `where` it is."""
    if isinstance(value, list):
        return value
    raise bad(f"{where}: send a list")


def a_number(value: JsonValue, where: str) -> float:
    """Return the value as a finite float.

    Raises Refused, naming `where`, for text, a boolean, or an integer too large for a float.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise bad(f"{where}: send a number")
    try:
        return float(value)
    except OverflowError:
        raise bad(f"{where}: send a number in the range of floats") from None


def a_probability(value: JsonValue, where: str) -> float:
    """Return the value as a float from 0 to 1; else raise Refused, naming `where` it is."""
    number = a_number(value, where)
    if 0 <= number <= 1:
        return number
    raise bad(f"{where}: send probabilities on 0..1, no logits and no percents")


def a_logprob(value: JsonValue, where: str) -> float:
    """Return the value as a natural log probability; else raise Refused, naming `where` it is.

    A value just above 0, as rounding gives it, is returned as 0.
    """
    number = a_number(value, where)
    if number <= _ROUNDING:
        return min(number, 0.0)
    raise bad(f"{where}: send the natural logarithm of a probability, so not above 0")


def a_label(value: JsonValue, where: str) -> str:
    """Return a label as one printable line; numbers and booleans are written as in JSON.

    Raises Refused, naming `where`, for any other value.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(a_number(value, where)) if isinstance(value, float) else _whole(value, where)
    if isinstance(value, str) and a_line(value) is not None:
        return value
    raise bad(f"{where}: send a label of 1 to {LABEL_CHARACTERS_MAX} printable characters")


def a_text(value: JsonValue, where: str) -> str:
    """Return the value if it is text and not blank; else raise Refused, naming `where` it is."""
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
    """Return the output in the common form; the envelope's value wins over the payload's."""
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
    """Return the facts of a classification: the best label is the answer, its score the confidence.

    Of equal scores the first is best. Scores need not sum to 1. `path(n)` returns the JSON path of
    the n-th score, such as `$[0].score`. Raises Refused if a label occurs twice, as in a batch.
    Example: `cat` 0.7 and `dog` 0.3: answer `cat`, confidence 0.7.
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
    """Return a confidence from 0 to 1: exp of a mean log probability found at `path`."""
    return Confidence(status="ok", value=math.exp(mean), scale="logprob", source_path=path)


def _whole(value: int, where: str) -> str:
    if abs(value) < 10**18:
        return str(value)
    raise bad(f"{where}: send a label, no endless number")
