"""What a question must be able to do, whatever its kind: nobody who asks it knows the kind."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    Protocol,
    Self,
    TypeAlias,
)

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.contracts.fixes import written_as
from shared.contracts.part import Part

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked
    from shared.contracts.events.parts import Output

Answer: TypeAlias = JsonValue
"""An answer as JSON has it: text for some kinds, a number, a list or an object for others."""
Goal = Literal["confidence", "tolerance", "word_error_max"]
"""Which of the numbers of a task's `stopping` a kind of question stops at."""
AnswerForm = Literal["text", "fields", "json"]
Fault = tuple[tuple[str | int, ...], str, str]
"""Where in a catalog row something is wrong, what is wrong there, and the fix."""
Move = Callable[[str, int, bool], int]
"""Of a field of the output, an offset in it, and whether a span ends there: the new offset."""
Prose = Annotated[str, written_as(r"\S", "text that is not blank", characters_max=2_000)]
_JSON_FOLLOWS = "\x1f"
"""Opens an answer that is kept as JSON. An answer that is text is kept as it is."""


class Question(Protocol):
    """What people are asked, as events carry it, and how to tell a right answer from a wrong one.

    A question is immutable and compares by value. Example: `ChoiceQuestion(("yes", "no"))`.
    """

    def __hash__(self) -> int:
        """Return a hash of its fields, so that results computed from a question can be cached."""
        ...

    @property
    def kind(self) -> str:
        """The kind's name, which is the name of its file in every room."""
        ...

    def about(self, asked: "Asked | None") -> "Question":
        """Return the question of one task: with what must be known to check an answer to it.

        It stays small: ids and lengths, never texts. A kind whose tasks all have one question
        returns that. Example: a comparison of what `asked` holds knows the candidates' ids.
        """
        ...

    def problem_with(self, answer: Answer) -> str | None:
        """Return why this is no answer to the question, as what to do; None for a right one.

        `answer` is any JSON that a worker app may have sent, of whatever type.
        """
        ...

    def canonical(self, answer: Answer) -> Answer:
        """Return the one form of all answers that mean the same; `answer` has no problem."""
        ...

    def in_words(self, answer: Answer) -> str:
        """Return an answer as people read it, for `sentuh trace`."""
        ...

    @property
    def searched(self) -> bool:
        """Whether its answers are too many for a list: a worker app lets people search them."""
        ...

    def in_token(self) -> "InToken":
        """Return as much of the question as an offer's token carries.

        It is enough to check an answer whose task the router has forgotten, and small.
        """
        ...

    def from_token(self, digests: bytes) -> "Question":
        """Return the question that a token carries, made of the two parts of `in_token`.

        It may know the right answers by their digests only, and then knows no canonical form.
        """
        ...


class InToken(NamedTuple):
    """A question as a token carries it: `question` as JSON, and bytes beside it, often none."""

    question: Question
    digests: bytes = b""


class _NoQuestion:
    """Stands where a question is not known: nothing answers it."""

    kind = ""
    searched = False

    def about(self, _: "Asked | None") -> Self:
        """Return itself."""
        return self

    def problem_with(self, _: Answer) -> str:
        """Return that nothing can be answered."""
        return "leave it: what was asked is not known"

    def canonical(self, answer: Answer) -> Answer:
        """Return the answer as it is."""
        return answer

    def in_words(self, answer: Answer) -> str:
        """Return the answer as it is written, text in quotes."""
        return f"“{text_of(answer)}”"

    def in_token(self) -> InToken:
        """Return itself."""
        return InToken(self)

    def from_token(self, _: bytes) -> Question:
        """Return itself."""
        return self


NO_QUESTION: Question = _NoQuestion()


class CatalogPart(BaseModel):
    """A piece of the operator's catalog: nothing unknown in it, and no type but the one asked."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class QuestionRow(CatalogPart):
    """The fields that a kind adds to a task type in the catalog, and what they mean."""

    FIXES: ClassVar[dict[str, str]] = {}
    """By field: how to write a value that has not the form it must have."""
    NO_OWN_ANSWER: ClassVar[str] = "set waived_answer: the model's output is no answer"
    """What to do about an output the gate lets through and that is no answer to the question."""
    PAID_BY: ClassVar[tuple[str, ...]] = ("audio_minute", "word")
    """What a rate card may pay by, beside the answer as a whole."""

    ANSWER_FORM: ClassVar[AnswerForm] = "json"
    """What a model's answer is for the gate's conditions: text, an object of fields, or any."""

    @property
    def field_names(self) -> Sequence[str]:
        """The names of the fields that an answer fills in."""
        return ()

    @property
    def fields_asked(self) -> int:
        """The number of fields an answer fills in, for a rate card that pays by field."""
        return len(self.field_names)

    @property
    def asks_about_text(self) -> bool:
        """Whether the output's text is what the question is about, so that every offer shows it."""
        return False

    def asks(self) -> Question:
        """Return the question that people are asked."""
        raise NotImplementedError

    def asked(self, output: "Output") -> "Asked | None":
        """Return what of a model's output the question is about; None where it needs nothing.

        Raises Refused, with the field and the fix, for an output that lacks what is asked about.
        Example: a comparison takes the output's candidates.
        """
        del output
        return None

    def moved_answer(self, answer: Answer, move: Move) -> Answer:
        """Return a model's answer after a text of its output was changed; most are as they were.

        Example: spans of the text follow it.
        """
        del move
        return answer

    def second_stage(self) -> str | None:
        """Return the name of the task type that decides between several answers, if there is one.

        In the catalog it stands in the field `then` of the kinds that have a second stage.
        """
        return None

    def worth(self) -> int | None:
        """Return what being right in one more of a hundred tasks is worth, in minor units.

        None where answers are asked for whatever they cost. In the catalog it stands in the field
        `worth_per_point` of the kinds that weigh one more answer against its price.
        """
        return None

    def own_answer(self, output: "Output") -> Answer:
        """Return the answer that a model's output amounts to; None where it is none."""
        raise NotImplementedError

    def faults(self, waived: Answer) -> Iterator[Fault]:
        """Yield what no single field shows; `waived` is the gate's `waived_answer`, if any."""
        raise NotImplementedError


@dataclass(frozen=True)
class Kind:
    """One kind of question, as its file in `shared/contracts/questions/` describes it.

    `question` is the class of its questions, `answer` the type of an answer in our own events,
    `sent_answer` the same with the bounds that hold for what a worker app sends, `row` the fields
    of a task type in the catalog, `waived_answer` the type of that field of its gate. `goal` is
    which of the numbers of `stopping` it stops at: that one stands in the catalog and no other.
    `detail` is what its verdicts say beyond answer, probability and distribution; one of its fields
    is required, and no other kind's detail has it. `drafts` is whether people may begin from the
    model's own answer. `witness` is whether that may count beside people's answers where they do
    not see it. `judges_answers` is whether people may be asked about what the model answered, which
    their offers then show. `ranks` is whether its answers say which of several candidates is best.
    `exact` is whether answers that mean the same are the same, so that a model's can be held
    against a verdict's. `answers_max` is how many answers a task takes at most: as many as are
    combined within a second or so, the longest that people write. `agreement_in_words` makes of a
    question, the counted answers and the verdict's answer how far people agree, for `sentuh trace`;
    None where the votes say it all.
    """

    name: str
    question: type[Question]
    answer: Any
    sent_answer: Any
    row: type[QuestionRow]
    waived_answer: Any = field(default=str)
    goal: Goal = "confidence"
    detail: type[Part] | None = None
    drafts: bool = False
    witness: bool = False
    judges_answers: bool = False
    ranks: bool = False
    exact: bool = False
    answers_max: int = 100
    agreement_in_words: Callable[[Any, Sequence[Answer], Answer], str] | None = None


def text_of(answer: Answer) -> str:
    """Return an answer as text: text as it is, anything else as compact JSON.

    It names an answer in a verdict's distribution. Example: `7` becomes `"7"`.
    """
    if isinstance(answer, str):
        return answer
    return json.dumps(answer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def kept(answer: Answer) -> str:
    """Return an answer as text that `answer_kept` undoes: no two answers have the same.

    Text stays as it is; anything else, and text that could be mistaken for it, becomes JSON behind
    a control character. Example: `"7"` stays `"7"`, and `7` becomes that character and `7`.
    """
    if isinstance(answer, str) and not answer.startswith(_JSON_FOLLOWS):
        return answer
    return _JSON_FOLLOWS + json.dumps(
        answer, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def digest_of(answer: Answer) -> str:
    """Return the SHA-256, in hex, of an answer's text as `kept` makes it: its name in verdicts."""
    return sha256(kept(answer).encode()).hexdigest()


def answer_kept(text: str) -> Answer:
    """Return the answer of which this is the text that `kept` made."""
    if not text.startswith(_JSON_FOLLOWS):
        return text
    answer: Answer = json.loads(text[len(_JSON_FOLLOWS) :])
    return answer
