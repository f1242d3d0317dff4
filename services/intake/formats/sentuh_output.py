"""The format `sentuh.output`: our own closed form, for whoever can choose what to send.

Confidence is what the payload states, on the scale it names; else the score of the answer among the
labels; else absent. Without an answer, the label of the highest score is the answer. A number
beyond its scale is a sentinel; a text that is a tool call or thinking goes to people, whatever the
payload states.
"""

import math
from typing import Annotated, Literal

from pydantic import Field, JsonValue, ValidationError

from services.intake.envelope import Envelope, Line
from services.intake.formats import payload as read_as
from services.intake.formats import unanswering
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.labels import LabelText
from shared.contracts.languages import LanguageTag
from shared.contracts.part import BorderPart
from shared.contracts.strictjson import refusal

Finite = Annotated[float, Field(allow_inf_nan=False)]
_STATED = "$.confidence.value"


class Stated(BorderPart):
    """How sure the model was, and on which scale that number is."""

    value: Finite | None
    scale: Literal["probability", "percent", "logprob"] = "probability"


class Label(BorderPart):
    """A label and its probability."""

    label: LabelText
    score: Finite | None


class Canonical(BorderPart):
    """The payload of `sentuh.output`."""

    text: str | None = None
    labels: list[Label] = Field(default_factory=list, max_length=read_as.LABELS_MAX)
    answer: LabelText | None = None
    confidence: Stated | None = None
    model: Line | None = None
    model_version: Line | None = None
    language: LanguageTag | None = None


def recognises(payload: JsonValue) -> bool:
    """Return whether this is an object of our fields only, with an answer, labels or confidence."""
    if not isinstance(payload, dict) or not payload.keys() <= Canonical.model_fields.keys():
        return False
    return bool(payload.keys() & {"answer", "labels", "confidence"})


def read(envelope: Envelope) -> Output:
    """Return the output as it is stated; without an answer the most probable label is the answer.

    Raises Refused for a payload that breaks the format or says nothing.
    """
    _check_stated(envelope.payload)
    try:
        canonical = Canonical.model_validate(envelope.payload)
    except ValidationError as error:
        raise refusal(error, Canonical, envelope.payload, whole="response") from None
    text = None if canonical.text is None else read_as.a_text(canonical.text, "$.text")
    if text is None and canonical.answer is None and not canonical.labels:
        fix = "there is nothing in it: send text, an answer or labels"
        raise Refused(Reason.EMPTY_PAYLOAD, fix)
    labelled = _labelled(canonical.labels, canonical.answer)
    confidence = _stated(canonical.confidence) or labelled.confidence
    if text is not None and labelled.answer is None and confidence.status == "ok":
        doubt = unanswering.doubt_of(text)
        confidence = read_as.absent(doubt, "$.text") if doubt else confidence
    facts = PayloadFacts(
        confidence=confidence,
        text=text,
        labels=labelled.labels,
        answer=labelled.answer,
        model=canonical.model,
        model_version=canonical.model_version,
        language=canonical.language,
    )
    return read_as.output("sentuh.output", envelope, facts)


def _check_stated(payload: JsonValue) -> None:
    """Raise Refused for a confidence that is a number alone, as many write it at first."""
    stated = payload.get("confidence") if isinstance(payload, dict) else None
    if isinstance(stated, (int, float)):
        fix = 'send an object with the number and its scale: {"value": ..., "scale": "probability"}'
        raise Refused(Reason.INVALID_FIELD, f"confidence: {fix}")


def _labelled(labels: list[Label], answer: str | None) -> PayloadFacts:
    """Return the labels, the answer, which is the best of them if none is stated, and its score."""
    if not labels:
        return PayloadFacts(confidence=read_as.ABSENT, answer=answer)
    rows = [(row.label, -math.inf if row.score is None else row.score) for row in labels]
    facts = read_as.classified(rows, lambda at: f"$.labels[{at}].score")
    if answer is None or answer == facts.answer:
        return facts
    confidence = facts.confidence
    if confidence.status == "ok":
        confidence = read_as.ABSENT
        for at, (label, score) in enumerate(rows):
            if label == answer:
                confidence = read_as.probability(score, f"$.labels[{at}].score")
    return facts._replace(answer=answer, confidence=confidence)


def _stated(stated: Stated | None) -> Confidence | None:
    if stated is None:
        return None
    if stated.value is None:
        detail = "the number is null"
        return read_as.sentinel("placeholder", stated.scale, path=_STATED, detail=detail)
    if stated.scale == "logprob":
        return read_as.odd_logprob([stated.value], _STATED) or read_as.from_logprob(
            stated.value, _STATED
        )
    value = stated.value / 100 if stated.scale == "percent" else stated.value
    if not -read_as.ROUNDING <= value <= 1 + read_as.ROUNDING:
        detail = f"the number is not on the scale it names, {stated.scale}"
        return read_as.sentinel("off_scale", stated.scale, path=_STATED, detail=detail)
    return Confidence(
        status="ok", value=min(max(value, 0.0), 1.0), scale=stated.scale, source_path=_STATED
    )


FORMAT = Format("sentuh.output", recognises, read)
