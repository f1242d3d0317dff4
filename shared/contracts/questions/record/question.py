"""The question of a record: its fields, what is wrong with an answer, and its one form."""

import hashlib
import json
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from shared.contracts.part import Part, Probability
from shared.contracts.question import Answer, InToken, Question
from shared.contracts.questions.record.fields import AnyField

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked

FIELDS_MAX = 200
IN_TOKEN_BYTES_MAX = 4 * 1024
"""A larger question is in a token by its digest only: a token stays well below its bound."""
NO_OBJECT = (
    'answer with an object, {"field": value}: a value for each of the question\'s fields, under its'
    " name"
)


class RecordDetail(Part):
    """What a verdict says of its record: the probability of each field, by its name."""

    fields: Mapping[str, Probability]


class RecordQuestion(Part):
    """What stands in each of `fields`? An answer is an object with a value for each.

    A field that need not be there is left out where there is nothing to say, or is null.
    """

    kind: Literal["record"] = "record"
    fields: tuple[AnyField, ...]

    @property
    def searched(self) -> bool:
        """Whether people search its answers: no, they fill in fields."""
        return False

    def about(self, _: "Asked | None") -> Self:
        """Return itself: all tasks of a type have the same fields."""
        return self

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about the first thing that is wrong with an answer.

        It names fields of the question only, and nothing that was sent. Example: "total: send a
        JSON number, without quotes".
        """
        if not isinstance(answer, dict):
            return NO_OBJECT
        problem = self._problem_with_names(answer)
        if problem is not None:
            return problem
        for field in self.fields:
            value = answer.get(field.name)
            problem = None if value is None else field.problem_with(value)
            if problem is not None:
                return f"{field.name}: {problem}"
        return None

    def canonical(self, answer: Answer) -> Answer:
        """Return the record in the question's order, each value in its one form, without nulls."""
        values = answer if isinstance(answer, dict) else {}
        return {
            field.name: field.canonical(values[field.name])
            for field in self.fields
            if values.get(field.name) is not None
        }

    def in_words(self, answer: Answer) -> str:
        """Return the record as people read it: each field and its value."""
        return _in_words(answer)

    def in_token(self) -> InToken:
        """Return the whole question or, where it is large, no field and its digest."""
        form = self.model_dump_json().encode()
        if len(form) <= IN_TOKEN_BYTES_MAX:
            return InToken(self)
        return InToken(RecordQuestion(fields=()), hashlib.sha256(form).digest())

    def from_token(self, digests: bytes) -> Question:
        """Return the whole question, or that of any record where the token has a digest."""
        return AnyRecord(digests) if digests else self

    def _problem_with_names(self, answer: Mapping[str, Any]) -> str | None:
        known = _names(self)
        for place, name in enumerate(answer, 1):
            if name not in known:
                close = get_close_matches(name[:100], known, n=1)
                meant = f"did you mean {close[0]}?" if close else "leave it out"
                return f"value {place} is of a field that is not asked for: {meant}"
        for field in self.fields:
            if field.required and answer.get(field.name) is None:
                return f"{field.name}: it is missing; send what stands there"
        return None


class AnyRecord:
    """A record of which a token told only the digest: its fields are not known.

    Whatever could be an answer passes: it is too late to count, and is kept and paid.
    """

    kind: ClassVar[str] = "record"
    searched: ClassVar[bool] = False

    def __init__(self, digest: bytes) -> None:
        self._digest = digest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AnyRecord) and other._digest == self._digest

    def __hash__(self) -> int:
        return hash(self._digest)

    def about(self, _: "Asked | None") -> "AnyRecord":
        """Return itself."""
        return self

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about an answer that is no record."""
        return None if isinstance(answer, dict) and len(answer) <= FIELDS_MAX else NO_OBJECT

    def canonical(self, answer: Answer) -> Answer:
        """Return the answer as it was sent: its fields' rules are not known."""
        return answer

    def in_words(self, answer: Answer) -> str:
        """Return the record as people read it: each field and its value."""
        return _in_words(answer)

    def in_token(self) -> InToken:
        """Return no field and the digest."""
        return InToken(RecordQuestion(fields=()), self._digest)

    def from_token(self, _: bytes) -> Question:
        """Return itself."""
        return self


def _in_words(answer: Answer) -> str:
    if not isinstance(answer, dict) or not answer:
        return "a record without values"
    return ", ".join(f"{name} “{_short(value)}”" for name, value in answer.items())


def _short(value: Answer) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


@lru_cache(maxsize=256)
def _names(question: RecordQuestion) -> frozenset[str]:
    return frozenset(field.name for field in question.fields)
