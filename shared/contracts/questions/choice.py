"""The kind `choice`: pick one of a list of options. An answer is the option's label."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import PydanticSerializationUnexpectedValue, core_schema

from shared.contracts.labels import nfc
from shared.contracts.options import (
    LISTED_MAX,
    OptionLabel,
    OptionsRow,
    apart,
    by_form,
    digest_of,
    digests_of,
)
from shared.contracts.question import Answer, AnswerForm, Fault, InToken, Kind, Question, text_of

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked
    from shared.contracts.events.parts import Output

ANSWER_CHARACTERS_MAX = 10_000
WORTH_MINOR_MAX = 10**12
NO_OPTION = "answer with one of the offer's options, exactly"
NO_TEXT = "answer with one of the offer's options as text, in quotes, exactly"


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """One of `options` is right. As JSON it is the list of their labels and nothing else.

    So it was before there were other kinds, which are objects that name their kind.
    """

    kind: ClassVar[str] = "choice"
    options: tuple[str, ...]

    def about(self, _: "Asked | None") -> "ChoiceQuestion":
        """Return itself: all tasks of a type have the same options."""
        return self

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about an answer that is none of the options."""
        if not isinstance(answer, str):
            return NO_TEXT
        return None if nfc(answer) in by_form(self.options) else NO_OPTION

    def canonical(self, answer: Answer) -> Answer:
        """Return the option's label, in whichever of Unicode's forms the answer was written."""
        if not isinstance(answer, str):
            return answer
        labels = by_form(self.options)
        return labels[answer if answer in labels else nfc(answer)]

    def in_words(self, answer: Answer) -> str:
        """Return the label in quotes."""
        return f"“{answer}”"

    @property
    def searched(self) -> bool:
        """Whether there are more options than a list shows well."""
        return len(self.options) > LISTED_MAX

    def in_token(self) -> InToken:
        """Return the labels or, where people search them, no label and the digest of each."""
        if not self.searched:
            return InToken(self)
        return InToken(ChoiceQuestion(()), digests_of(self.options))

    def from_token(self, digests: bytes) -> Question:
        """Return the question with its labels or, where the token has digests, by these."""
        if not digests:
            return self
        return ChoiceByDigest(apart(digests))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Return how pydantic reads and writes it: as its list of labels."""
        labels = handler.generate_schema(tuple[str, ...])
        written = core_schema.plain_serializer_function_ser_schema(
            _labels_of, return_schema=handler.generate_schema(tuple[str, ...])
        )
        return core_schema.no_info_wrap_validator_function(_read, labels, serialization=written)


@dataclass(frozen=True, slots=True)
class ChoiceByDigest:
    """A choice of which a token told only the digests of its labels: enough to check an answer."""

    kind: ClassVar[str] = "choice"
    searched: ClassVar[bool] = True
    digests: frozenset[bytes]

    def about(self, _: "Asked | None") -> "ChoiceByDigest":
        """Return itself."""
        return self

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about an answer that is none of the options."""
        if not isinstance(answer, str):
            return NO_TEXT
        return None if digest_of(answer) in self.digests else NO_OPTION

    def canonical(self, answer: Answer) -> Answer:
        """Return the answer as it was sent: the label is not known."""
        return answer

    def in_words(self, answer: Answer) -> str:
        """Return the label in quotes."""
        return f"“{answer}”"

    def in_token(self) -> InToken:
        """Return no label and the digests."""
        return InToken(ChoiceQuestion(()), b"".join(sorted(self.digests)))

    def from_token(self, _: bytes) -> Question:
        """Return itself."""
        return self


def _labels_of(question: object) -> tuple[str, ...]:
    # Questions of other kinds have options too: pydantic is to write those as their own kind does.
    if type(question) is not ChoiceQuestion:
        raise PydanticSerializationUnexpectedValue("a question of another kind")
    return question.options


def _read(value: Any, labels: core_schema.ValidatorFunctionWrapHandler) -> ChoiceQuestion:
    return value if isinstance(value, ChoiceQuestion) else ChoiceQuestion(labels(value))


class ChoiceRow(OptionsRow):
    """The options, in the order people see them, and what being right is worth.

    With `worth_per_point: 25`, one more answer of 5 minor units is asked for where it promises to
    make the verdict right in 0.2 of 100 tasks at least.
    """

    ANSWER_FORM: ClassVar[AnswerForm] = "text"
    NO_OWN_ANSWER: ClassVar[str] = (
        "the model's answer is no option: add it to an option's aliases, or set waived_answer"
    )

    worth_per_point: Annotated[
        int | None, Field(ge=1, le=WORTH_MINOR_MAX, exclude_if=lambda worth: worth is None)
    ] = None

    def worth(self) -> int | None:
        """Return what being right in one more of a hundred tasks is worth, in minor units."""
        return self.worth_per_point

    def asks(self) -> ChoiceQuestion:
        """Return the question: which of the labels."""
        return ChoiceQuestion(self.labels)

    def own_answer(self, output: "Output") -> str | None:
        """Return the option the model means, by its label or an alias; None where it means none.

        The model means an option by its answer, a number by the number's text, or by its whole text
        where it gave no answer.
        """
        said = (output.text or "").strip() if output.answer is None else text_of(output.answer)
        return self.options_by_name.get(nfc(said))

    def faults(self, waived: Answer) -> Iterator[Fault]:
        """Yield names that mean two options, too long a list, a waived answer that is no option."""
        yield from self.faults_of_options()
        if waived is not None and waived not in self.labels:
            shown = ", ".join(self.labels[:LISTED_MAX])
            fix = f"use one of: {shown}{', ...' if self.asks().searched else ''}"
            yield ("gate", "waived_answer"), f"{waived} is none of the options", fix


KIND = Kind(
    name="choice",
    question=ChoiceQuestion,
    answer=str,
    sent_answer=Annotated[str, Field(min_length=1, max_length=ANSWER_CHARACTERS_MAX)],
    row=ChoiceRow,
    waived_answer=OptionLabel,
    judges_answers=True,
    exact=True,
    witness=True,
)
