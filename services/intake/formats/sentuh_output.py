"""The format `sentuh.output`: our own closed form, for whoever can choose what to send.

Confidence is what the payload states, on the scale it names; else the score of the answer among the
labels; else absent. Without an answer, the label of the highest score is the answer.
"""

import math
from typing import Annotated, Literal

from pydantic import Field, JsonValue, ValidationError

from services.intake.envelope import Envelope, Language, Line
from services.intake.formats import payload as read_as
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import BorderPart
from shared.contracts.events.parts import Confidence, Output, Probability, Scored
from shared.contracts.strictjson import refusal

Finite = Annotated[float, Field(allow_inf_nan=False)]
_SCALES = {"probability": (0.0, 1.0), "percent": (0.0, 100.0), "logprob": (-math.inf, 0.0)}


class Stated(BorderPart):
    """How sure the model was, and on which scale that number is."""

    value: Finite
    scale: Literal["probability", "percent", "logprob"] = "probability"


class Label(BorderPart):
    """A label and its probability."""

    label: Line
    score: Probability


class Canonical(BorderPart):
    """The payload of `sentuh.output`."""

    text: str | None = None
    labels: list[Label] = Field(default_factory=list, max_length=read_as.LABELS_MAX)
    answer: Line | None = None
    confidence: Stated | None = None
    model: Line | None = None
    model_version: Line | None = None
    language: Language | None = None


def recognises(payload: JsonValue) -> bool:
    """Return whether this is an object of our fields only, with an answer, labels or confidence."""
    if not isinstance(payload, dict) or not payload.keys() <= Canonical.model_fields.keys():
        return False
    return bool(payload.keys() & {"answer", "labels", "confidence"})


def read(envelope: Envelope) -> Output:
    """Return the output as it is stated; without an answer the most probable label is the answer.

    Raises Refused for a payload that breaks the format or says nothing.
    """
    try:
        canonical = Canonical.model_validate(envelope.payload)
    except ValidationError as error:
        raise refusal(error, Canonical, envelope.payload) from None
    text = None if canonical.text is None else read_as.a_text(canonical.text, "$.text")
    if text is None and canonical.answer is None and not canonical.labels:
        fix = "there is nothing in it: send text, an answer or labels"
        raise Refused(Reason.EMPTY_PAYLOAD, fix)
    labels = [Scored(label=row.label, score=row.score) for row in canonical.labels]
    best = _best(labels)
    answer = canonical.answer or best
    facts = PayloadFacts(
        confidence=_stated(canonical.confidence) or _scored(labels, answer),
        text=text,
        labels=tuple(labels),
        answer=answer,
        model=canonical.model,
        model_version=canonical.model_version,
        language=canonical.language,
    )
    return read_as.output("sentuh.output", envelope, facts)


def _best(labels: list[Scored]) -> str | None:
    """Return the most probable label, None without labels; raise Refused if one occurs twice."""
    return read_as.classified(labels, lambda at: f"$.labels[{at}].score").answer if labels else None


def _stated(stated: Stated | None) -> Confidence | None:
    if stated is None:
        return None
    low, high = _SCALES[stated.scale]
    if not low <= stated.value <= high:
        raise read_as.bad("$.confidence.value: send it on the scale it names (probability: 0..1)")
    on_unit = {"probability": stated.value, "percent": stated.value / 100}
    value = on_unit[stated.scale] if stated.scale in on_unit else math.exp(stated.value)
    path = "$.confidence.value"
    if stated.scale == "logprob" and stated.value <= read_as.LOGPROB_UNSET:
        return Confidence(status="sentinel", scale=stated.scale, source_path=path)
    return Confidence(status="ok", value=value, scale=stated.scale, source_path=path)


def _scored(labels: list[Scored], answer: str | None) -> Confidence:
    for at, scored in enumerate(labels):
        if scored.label == answer:
            path = f"$.labels[{at}].score"
            return Confidence(
                status="ok", value=scored.score, scale="probability", source_path=path
            )
    return read_as.ABSENT


FORMAT = Format("sentuh.output", recognises, read)
