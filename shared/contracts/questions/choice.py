"""The kind `choice`: pick one of a list of options. An answer is the option's label."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, StringConstraints
from pydantic_core import PydanticCustomError, PydanticKnownError, core_schema

from shared.contracts.labels import LabelText, look, nfc
from shared.contracts.question import (
    Answer,
    CatalogPart,
    Fault,
    InToken,
    Kind,
    Prose,
    Question,
    QuestionRow,
    text_of,
)

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked
    from shared.contracts.events.parts import Output

LABELS_BYTES_MAX = 16 * 1024
"""Of one question's labels together, as JSON: each task, offer and verdict carries them."""
OPTIONS_MAX = 500
LISTED_MAX = 50
"""More options than these are searched, and known to a token by digests. Older builds made tokens
with labels for up to so many options; these are read as ever.
"""
DIGEST_BYTES = 8
"""Bytes of the SHA-256 of a label in its form NFC. A token of 500 options stays below 6 KiB."""
ANSWER_CHARACTERS_MAX = 10_000
NO_OPTION = "answer with one of the offer's options, exactly"


def _trimmed(label: str) -> str:
    if label != label.strip():
        raise PydanticCustomError("invalid_field", "take away the blanks around it")
    return label


OptionLabel = Annotated[LabelText, StringConstraints(max_length=100), AfterValidator(_trimmed)]
"""A label without blanks around it."""


@lru_cache(maxsize=1024)
def _by_form(options: tuple[str, ...]) -> Mapping[str, str]:
    """Return each label by the form of it in which answers are compared with it, and by itself.

    An older catalog may have two labels of one form: each is then meant by its own spelling.
    """
    return {nfc(label): label for label in options} | {label: label for label in options}


@lru_cache(maxsize=256)
def _digests_of(options: tuple[str, ...]) -> bytes:
    return b"".join(map(_digest, options))


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
        known = isinstance(answer, str) and nfc(answer) in _by_form(self.options)
        return None if known else NO_OPTION

    def canonical(self, answer: Answer) -> Answer:
        """Return the option's label, in whichever of Unicode's forms the answer was written."""
        if not isinstance(answer, str):
            return answer
        labels = _by_form(self.options)
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
        return InToken(ChoiceQuestion(()), _digests_of(self.options))

    def from_token(self, digests: bytes) -> Question:
        """Return the question with its labels or, where the token has digests, by these."""
        if not digests:
            return self
        ends = range(DIGEST_BYTES, len(digests) + 1, DIGEST_BYTES)
        return ChoiceByDigest(frozenset(digests[end - DIGEST_BYTES : end] for end in ends))

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
        known = isinstance(answer, str) and _digest(answer) in self.digests
        return None if known else NO_OPTION

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


def _digest(label: str) -> bytes:
    return hashlib.sha256(nfc(label).encode()).digest()[:DIGEST_BYTES]


def _labels_of(question: ChoiceQuestion) -> tuple[str, ...]:
    return question.options


def _read(value: Any, labels: core_schema.ValidatorFunctionWrapHandler) -> ChoiceQuestion:
    return value if isinstance(value, ChoiceQuestion) else ChoiceQuestion(labels(value))


class Option(CatalogPart):
    """One possible answer: what workers read (`show`) and what the model calls it (`aliases`)."""

    label: OptionLabel
    show: Prose = ""
    aliases: Annotated[tuple[OptionLabel, ...], Field(strict=False)] = ()


def _option(written: object) -> object:
    """Take a label alone for an option; a number or truth value is one that lacks its quotes."""
    if isinstance(written, (bool, int, float)):
        raise PydanticKnownError("string_type")
    return {"label": written} if isinstance(written, str) else written


class ChoiceRow(QuestionRow):
    """The options, in the order people see them."""

    NO_OWN_ANSWER: ClassVar[str] = (
        "the model's answer is no option: add it to an option's aliases, or set waived_answer"
    )

    options: Annotated[
        tuple[Annotated[Option, BeforeValidator(_option)], ...],
        Field(min_length=2, max_length=OPTIONS_MAX),
    ]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The options' labels, in the order people see them."""
        return tuple(option.label for option in self.options)

    @cached_property
    def _options_by_name(self) -> Mapping[str, str]:
        return {
            nfc(name): option.label
            for option in self.options
            for name in (option.label, *option.aliases)
        }

    def asks(self) -> ChoiceQuestion:
        """Return the question: which of the labels."""
        return ChoiceQuestion(self.labels)

    def own_answer(self, output: "Output") -> str | None:
        """Return the option the model means, by its label or an alias; None where it means none.

        The model means an option by its answer, a number by the number's text, or by its whole text
        where it gave no answer.
        """
        said = (output.text or "").strip() if output.answer is None else text_of(output.answer)
        return self._options_by_name.get(nfc(said))

    def faults(self, waived: Answer) -> Iterator[Fault]:
        """Yield names that mean two options, too long a list, a waived answer that is no option."""
        known: dict[str, str] = {}
        for at, option in enumerate(self.options):
            for name in (option.label, *option.aliases):
                first = known.setdefault(look(name), option.label)
                twice = name == option.label and at != self.labels.index(name)
                if first != option.label or twice:
                    fix = (
                        "a label or alias means one option: rename it"
                        " (case, blanks and joiners do not count)"
                    )
                    yield ("options", at), f"{name} is already an option or alias", fix
        together = sum(
            len(json.dumps(label, ensure_ascii=False).encode()) + 1 for label in self.labels
        )
        if together > LABELS_BYTES_MAX:
            fault = f"the labels come to {together} bytes of JSON, above {LABELS_BYTES_MAX}"
            yield ("options",), fault, "use fewer or shorter labels"
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
    # Its offers did before there were other kinds, and worker apps may rest on it.
    shows_model=True,
)
