"""What all formats share: foreign numbers, labels and text, read with care, and where from."""

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
"""What servers write for a token without a log probability; no real one is near it."""
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


class Said(NamedTuple):
    """What a payload says of itself, before the envelope adds to it."""

    confidence: Confidence
    text: str | None = None
    labels: tuple[Scored, ...] = ()
    answer: str | None = None
    model: str | None = None
    model_version: str | None = None
    language: str | None = None


def bad(detail: str) -> Refused:
    """The payload is not what its format says."""
    return Refused(Reason.BAD_OUTPUT, detail)


def an_object(value: JsonValue, where: str) -> JsonObject:
    """An object, or Refused."""
    if isinstance(value, dict):
        return value
    raise bad(f"{where}: send an object")


def a_list(value: JsonValue, where: str) -> list[JsonValue]:
    """A list, or Refused."""
    if isinstance(value, list):
        return value
    raise bad(f"{where}: send a list")


def a_number(value: JsonValue, where: str) -> float:
    """A finite number, or Refused: text, truth values and endless integers are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise bad(f"{where}: send a number")
    try:
        return float(value)
    except OverflowError:
        raise bad(f"{where}: send a number in the range of floats") from None


def a_probability(value: JsonValue, where: str) -> float:
    """A number on 0..1, or Refused."""
    number = a_number(value, where)
    if 0 <= number <= 1:
        return number
    raise bad(f"{where}: send probabilities on 0..1, no logits and no percents")


def a_logprob(value: JsonValue, where: str) -> float:
    """A natural log probability, at most 0 (but for rounding), or Refused."""
    number = a_number(value, where)
    if number <= _ROUNDING:
        return min(number, 0.0)
    raise bad(f"{where}: send the natural logarithm of a probability, so not above 0")


def a_label(value: JsonValue, where: str) -> str:
    """A label: one printable line; numbers and truth values as JSON writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(a_number(value, where)) if isinstance(value, float) else _whole(value, where)
    if isinstance(value, str) and a_line(value) is not None:
        return value
    raise bad(f"{where}: send a label of 1 to {LABEL_CHARACTERS_MAX} printable characters")


def a_text(value: JsonValue, where: str) -> str:
    """Text with something in it, or Refused: there is nothing to ask people about a blank."""
    if not isinstance(value, str):
        raise bad(f"{where}: send text")
    if value.strip():
        return value
    raise Refused(Reason.EMPTY_PAYLOAD, f"{where}: is empty or blank: send what the model said")


def a_line(value: JsonValue) -> str | None:
    """A short printable line such as a model's name; None for anything else."""
    if not isinstance(value, str) or not value.strip():
        return None
    return value if len(value) <= LABEL_CHARACTERS_MAX and value.isprintable() else None


def output(name: FormatName, envelope: Envelope, said: Said) -> Output:
    """The canonical output: what the payload says, the envelope's word coming first."""
    return Output(
        format=name,
        text=said.text,
        labels=said.labels,
        answer=said.answer,
        media=envelope.media,
        confidence=said.confidence,
        model=envelope.model or said.model,
        model_version=envelope.model_version or said.model_version,
        language=envelope.language or said.language,
        request=envelope.request,
    )


def classified(labels: Sequence[Scored], path: Callable[[int], str]) -> Said:
    """What a classifier says: the label of the highest score, the first of equals.

    Scores need not sum to 1 (a sigmoid's do not). `path` says where the n-th score stands. Raises
    Refused where a label comes twice: then they are the rows of a batch.
    """
    if not 0 < len(labels) <= LABELS_MAX:
        raise bad(f"send 1 to {LABELS_MAX} labels")
    if len({scored.label for scored in labels}) < len(labels):
        raise bad("a label comes twice: send each output of a batch in a record of its own")
    top = max(range(len(labels)), key=lambda at: labels[at].score)
    return Said(
        labels=tuple(labels),
        answer=labels[top].label,
        confidence=Confidence(
            status="ok", value=labels[top].score, scale="probability", source_path=path(top)
        ),
    )


def from_logprob(mean: float, path: str) -> Confidence:
    """Confidence as the probability a mean log probability stands for."""
    return Confidence(status="ok", value=math.exp(mean), scale="logprob", source_path=path)


def _whole(value: int, where: str) -> str:
    if abs(value) < 10**18:
        return str(value)
    raise bad(f"{where}: send a label, no endless number")
