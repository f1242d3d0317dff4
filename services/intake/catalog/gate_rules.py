"""What a catalog's gate may say: the threshold, the audited share, conditions and lists."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.intake.catalog.fields import ON_OR_OFF
from shared.contracts.fixes import written_as
from shared.contracts.labels import LabelText
from shared.contracts.languages import LanguageTag
from shared.contracts.part import Probability
from shared.contracts.question import CatalogPart

CLAUSES_MAX = 20
LISTED_MAX = 200
ConditionText = Annotated[
    str, written_as(r"\S", "a condition, as margin < 0.2", characters_max=500)
]
Phrase = Annotated[
    str, written_as(r"^\S(.*\S)?$", "a word or phrase, as refund", characters_max=100)
]


def _empty(value: object) -> bool:
    """Whether a field is not set: left out, it leaves the catalog's digest as it was before."""
    return not value


class AlwaysReview(CatalogPart):
    """What people see however sure the model is, by plain lists.

    `answers` are those of the model, `models` its names, `languages` those of the output with all
    their forms, `words` whole words or phrases in its text, in any case.
    Example: `{answers: [self-harm], languages: [id]}`.
    """

    answers: Annotated[tuple[LabelText, ...], Field(max_length=LISTED_MAX)] = ()
    models: Annotated[tuple[LabelText, ...], Field(max_length=LISTED_MAX)] = ()
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=LISTED_MAX)] = ()
    words: Annotated[tuple[Phrase, ...], Field(max_length=LISTED_MAX)] = ()

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.answers or self.models or self.languages or self.words):
            fix = "list answers, models, languages or words"
            raise PydanticCustomError("invalid_field", "{fix}", {"fix": fix})
        return self


class PromiseRule(CatalogPart):
    """What the operator promises of waived outputs: at most `max_error` of them are wrong.

    `confidence` is how sure that is to be. `missed` is the share of wrong outputs that people's
    verdicts call right: 0 unless the operator has measured it. In the mode `shadow` the gate's own
    threshold decides, and what the promise would have waived is told; in the mode `on` the lowest
    threshold that people's verdicts prove to be safe decides, which is never below the gate's own.
    Example: `{mode: shadow, max_error: 0.02}`.
    """

    mode: Annotated[Literal["off", "shadow", "on"], ON_OR_OFF]
    max_error: Annotated[float, Field(ge=0.001, le=0.5)]
    confidence: Annotated[float, Field(ge=0.5, le=0.999)] = 0.95
    missed: Annotated[float, Field(ge=0, le=0.9)] = 0.0


class GateRule(CatalogPart):
    """Which outputs people see: those below `threshold`, and `audit_share` of the others.

    Beside the threshold people see what meets a condition of `review_if`, in CEL over the facts of
    the output, and what is in a list of `always_review`. `waived_answer` stands for an output that
    the gate lets through and that is itself no answer to the question. Example: people are asked
    whether a text is good, and the output is the text. With a `promise` the gate learns its
    threshold from people's verdicts.
    """

    threshold: Probability
    audit_share: Probability
    waived_answer: Any = None
    review_if: Annotated[
        tuple[ConditionText, ...], Field(max_length=CLAUSES_MAX, exclude_if=_empty)
    ] = ()
    always_review: Annotated[AlwaysReview | None, Field(exclude_if=_empty)] = None
    promise: Annotated[PromiseRule | None, Field(exclude_if=_empty)] = None
