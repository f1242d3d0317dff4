"""The format `sentuh.output`: our own closed form, for whoever can choose what to send.

Confidence is what the payload states, on the scale it names; else the score of the answer, if it is
the best of the labels; else absent. Without an answer, the best label is the answer. A number
beyond its scale is a sentinel; a text that is a tool call or thinking goes to people, whatever the
payload states.
"""

import math
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    JsonValue,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from services.intake.envelope import Envelope, Line
from services.intake.formats import payload as read_as
from services.intake.formats import stated_labels, unanswering
from services.intake.formats.payload import Format, PayloadFacts
from services.intake.media import SentMedia
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import Candidate
from shared.contracts.events.model import Id
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.labels import LabelText, problem_with_label
from shared.contracts.languages import LanguageTag
from shared.contracts.part import BorderPart
from shared.contracts.strictjson import JsonObject, refusal

Finite = Annotated[float, Field(allow_inf_nan=False)]
CANDIDATES_MAX = 8
CANDIDATE_CHARACTERS_MAX = 20_000
_STATED = "$.confidence.value"


class Stated(BorderPart):
    """How sure the model was, and on which scale that number is."""

    value: Finite | None
    scale: Literal["probability", "percent", "logprob"] = "probability"


class Label(BorderPart):
    """A label and its probability."""

    label: LabelText
    score: Finite | None


class SentCandidate(BorderPart):
    """One of several things that people compare: a text or a medium."""

    id: Id
    text: Annotated[str, Field(max_length=CANDIDATE_CHARACTERS_MAX)] | None = None
    media: SentMedia | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.media is None):
            raise PydanticCustomError("invalid_field", "send either text or media")
        return self

    def canonical(self) -> Candidate:
        """Return the candidate as events carry it."""
        media = None if self.media is None else self.media.canonical()
        return Candidate(id=self.id, text=self.text, media=media)


def _checked_answer(answer: JsonValue) -> JsonValue:
    """Return any JSON but text that may be no label; raises PydanticCustomError with the fix."""
    problem = problem_with_label(answer) if isinstance(answer, str) else None
    if problem is not None:
        fix = f'{problem}; what is no label but a text, send as {{"text": "..."}}'
        raise PydanticCustomError("invalid_field", "{problem}", {"problem": fix})
    return answer


StatedAnswer = Annotated[
    Any,
    BeforeValidator(_checked_answer),
    WithJsonSchema({"type": ["string", "number", "boolean", "array", "object", "null"]}),
]
"""What the model answered: a label, or JSON in the form that the kind of question asks for."""


def _each_once(candidates: list[SentCandidate]) -> list[SentCandidate]:
    if len({candidate.id for candidate in candidates}) < len(candidates):
        raise PydanticCustomError("invalid_field", "two have one id: give each an id of its own")
    return candidates


class Canonical(BorderPart):
    """The payload of `sentuh.output`."""

    text: str | None = None
    labels: list[Label] = Field(default_factory=list, max_length=read_as.LABELS_MAX)
    answer: StatedAnswer = None
    candidates: Annotated[list[SentCandidate], AfterValidator(_each_once)] = Field(
        default_factory=list, max_length=CANDIDATES_MAX
    )
    confidence: Stated | None = None
    model: Line | None = None
    model_version: Line | None = None
    language: LanguageTag | None = None


def recognises(payload: JsonValue) -> bool:
    """Return whether this is an object of our fields only, and of these not `text` alone."""
    if not isinstance(payload, dict) or not payload.keys() <= Canonical.model_fields.keys():
        return False
    return bool(payload.keys() & {"answer", "labels", "confidence"}) or _has_candidates(payload)


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
    said = (text, canonical.answer, canonical.labels or None, canonical.candidates or None)
    if said == (None, None, None, None):
        fix = "there is nothing in it: send text, an answer, labels or candidates"
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
        candidates=tuple(candidate.canonical() for candidate in canonical.candidates),
        model=canonical.model,
        model_version=canonical.model_version,
        language=canonical.language,
    )
    return read_as.output("sentuh.output", envelope, facts)


def _has_candidates(payload: JsonObject) -> bool:
    """Whether there are candidates as we write them: others have a field of this name too."""
    listed = payload.get("candidates")
    return isinstance(listed, list) and all(
        isinstance(one, dict) and "id" in one and ("text" in one or "media" in one)
        for one in listed
    )


def _check_stated(payload: JsonValue) -> None:
    """Raise Refused for a confidence that is a number alone, as many write it at first."""
    stated = payload.get("confidence") if isinstance(payload, dict) else None
    if isinstance(stated, (int, float)):
        fix = 'send an object with the number and its scale: {"value": ..., "scale": "probability"}'
        raise Refused(Reason.INVALID_FIELD, f"confidence: {fix}")


def _labelled(labels: list[Label], answer: JsonValue) -> PayloadFacts:
    """Return the labels, the answer, which is the best of them if none is stated, and its score."""
    if not labels:
        return PayloadFacts(confidence=read_as.ABSENT, answer=answer)
    rows = [(row.label, -math.inf if row.score is None else row.score) for row in labels]
    facts = read_as.classified(rows, lambda at: f"$.labels[{at}].score")
    if answer is None or answer == facts.answer:
        return facts
    if facts.confidence.status != "ok":
        return facts._replace(answer=answer)
    scores = {label: score for label, score in rows if label == answer}
    if scores and max(scores.values()) == max(score for _, score in rows):
        return facts._replace(answer=answer)  # as good as the first of the best
    doubt = stated_labels.other_label("$.answer") if scores else read_as.ABSENT
    return facts._replace(answer=answer, confidence=doubt)


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


FORMAT = Format(
    "sentuh.output",
    recognises,
    read,
    marks=("answer", "labels", "confidence", "candidates"),
    programs="our own form, for whoever can choose what to send",
    confidence="what you declare, with its scale",
    example={
        "text": "all good",
        "answer": "yes",
        "confidence": {"value": 0.27, "scale": "probability"},
    },
)
