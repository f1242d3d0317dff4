"""The fields of a record as the catalog has them, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter

from shared.contracts.fixes import written_as
from shared.contracts.labels import look
from shared.contracts.options import OptionLabel
from shared.contracts.question import Answer, AnswerForm, CatalogPart, Fault, QuestionRow
from shared.contracts.questions.record.fields import (
    DAY,
    DECIMALS_MAX,
    FIELDS,
    TEXT_CHARACTERS_MAX,
    WHOLE_DIGITS_MAX,
    AnyField,
    is_day,
)
from shared.contracts.questions.record.in_text import record_in
from shared.contracts.questions.record.question import FIELDS_MAX, RecordQuestion

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked
    from shared.contracts.events.parts import Output

QUESTION_BYTES_MAX = 16 * 1024
"""Of a question as JSON: every task, offer and verdict carries it, or its digest."""
_FIELDS: TypeAdapter[tuple[AnyField, ...]] = TypeAdapter(tuple[AnyField, ...])
Bound = Annotated[float, Field(gt=-(10.0**WHOLE_DIGITS_MAX), lt=10.0**WHOLE_DIGITS_MAX)]
Day = Annotated[str, written_as(DAY, "a day as YYYY-MM-DD")]


class FieldRow(CatalogPart):
    """One field: its name, its kind, and the rules that fields of this kind have."""

    name: Annotated[
        str,
        written_as(
            r"^[A-Za-z_][A-Za-z0-9_.-]{0,63}$",
            "up to 64 letters, digits and . _ -, of which a letter or _ comes first",
        ),
    ]
    kind: Literal["choice", "text", "number", "date"] = "text"
    required: bool = True
    confidence: Annotated[float, Field(gt=0.5, le=0.9999)] | None = None
    options: Annotated[tuple[OptionLabel, ...], Field(min_length=2, max_length=100)] = ()
    characters_max: Annotated[int, Field(ge=1, le=TEXT_CHARACTERS_MAX)] | None = None
    case: bool | None = None
    low: Bound | None = None
    high: Bound | None = None
    decimals: Annotated[int, Field(ge=0, le=DECIMALS_MAX)] | None = None
    as_text: bool | None = None
    first: Day | None = None
    last: Day | None = None

    @property
    def rules(self) -> Mapping[str, Any]:
        """The rules that are set, by name."""
        return {name: value for name, value in self if value not in (None, ())}

    def faults(self) -> Iterator[Fault]:
        """Yield rules of another kind of field, options that are missing, and bounds that cross."""
        of_kind = FIELDS[self.kind].model_fields
        for name in self.rules:
            if name not in of_kind:
                yield (name,), f"is no rule for a field of the kind {self.kind}", "remove it"
        if "options" in of_kind:
            yield from self._faults_of_options()
        if self.low is not None and self.high is not None and self.low > self.high:
            yield ("low",), f"{self.low:g} is above high", f"set it to {self.high:g} or less"
        elif self._has_no_number():
            fault = f"leaves no number from {self.low:g} to {self.high:g}"
            yield ("decimals",), fault, "allow more, or move one of the two"
        yield from self._faults_of_days()

    def _has_no_number(self) -> bool:
        """Whether between both bounds there is no number of so many decimals."""
        if self.low is None or self.high is None or self.decimals is None:
            return False
        low, high = Decimal(repr(self.low)), Decimal(repr(self.high))
        lowest = low.scaleb(self.decimals).to_integral_value(ROUND_CEILING)
        return bool(lowest > high.scaleb(self.decimals))

    def _faults_of_options(self) -> Iterator[Fault]:
        if not self.options:
            yield ("options",), "is missing", "list at least 2"
        looks = [look(option) for option in self.options]
        for at, option in enumerate(self.options):
            if looks.index(looks[at]) != at:
                yield ("options", at), f"{option} looks like another option", "rename or remove it"

    def _faults_of_days(self) -> Iterator[Fault]:
        for name, day in (("first", self.first), ("last", self.last)):
            if day is not None and not is_day(day):
                yield (name,), f"{day} is no day", "write a day that there is, as 2026-03-01"
        if self.first is not None and self.last is not None and self.first > self.last:
            yield ("first",), f"{self.first} is after last", f"set it to {self.last} or earlier"


class RecordRow(QuestionRow):
    """The fields that people fill in, in the order they see them.

    The model's own record, if its answer is one that fits, is the draft.
    """

    NO_OWN_ANSWER: ClassVar[str] = (
        "answer: it is no record with these fields: send an object with a value for each, or set"
        " waived_answer"
    )

    PAID_BY: ClassVar[tuple[str, ...]] = ("audio_minute", "word", "field")
    ANSWER_FORM: ClassVar[AnswerForm] = "fields"

    fields: Annotated[tuple[FieldRow, ...], Field(min_length=1, max_length=FIELDS_MAX)]

    @property
    def field_names(self) -> tuple[str, ...]:
        """The names of the fields, in the order people see them."""
        return tuple([field.name for field in self.fields])

    def asks(self) -> RecordQuestion:
        """Return the question: these fields."""
        return RecordQuestion(fields=_FIELDS.validate_python([row.rules for row in self.fields]))

    def asked(self, output: "Output") -> "Asked | None":
        """Return the model's own record as the draft; None where it has none that fits."""
        from shared.contracts.events.asked import Asked  # it has a field of our answers' type

        draft = self.own_answer(output)
        return None if draft is None else Asked(draft=draft)

    def own_answer(self, output: "Output") -> Answer:
        """Return the model's record in its one form; None where it does not fit the fields.

        Without an answer it is the JSON object that the output's text is, as chat models write it.
        """
        question = self.asks()
        answer = record_in(output.text) if output.answer is None else output.answer
        return question.canonical(answer) if question.problem_with(answer) is None else None

    def faults(self, waived: Answer) -> Iterator[Fault]:
        """Yield names that occur twice, wrong rules, too much in all, a wrong waived answer."""
        faults = list(self._faults_of_fields())
        yield from faults
        if faults:
            return
        size = len(self.asks().model_dump_json().encode())
        if size > QUESTION_BYTES_MAX:
            fault = f"they come to {size} bytes of JSON, above {QUESTION_BYTES_MAX}"
            yield ("fields",), fault, "use fewer fields or options, or shorter names"
        problem = None if waived is None else self.asks().problem_with(waived)
        if problem is not None:
            yield ("gate", "waived_answer"), "it is no answer", problem

    def _faults_of_fields(self) -> Iterator[Fault]:
        names: set[str] = set()
        for at, field in enumerate(self.fields):
            if field.name in names:
                yield ("fields", at, "name"), f"{field.name} is a field already", "rename it"
            names.add(field.name)
            for path, fault, fix in field.faults():
                yield ("fields", at, *path), fault, fix
