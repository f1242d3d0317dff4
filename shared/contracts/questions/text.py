"""The kind `text`: write a text, or mend one. Other people say which of several is the best.

`{"text": "We look forward to hearing from you."}`. Nobody can vote on free text: where people wrote
different ones, a second stage compares them, by the task type that `then` names.
"""

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.combining import TOO_MANY, has_pile
from shared.contracts.controls import has_controls
from shared.contracts.part import BorderPart
from shared.contracts.question import Answer, Fault, InToken, Kind, QuestionRow

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked
    from shared.contracts.events.parts import Output

CHARACTERS_MAX = 20_000
"""As many as a candidate of a second stage may have."""
TOLD_CHARACTERS_MAX = 80
"""Of a text in a trace; of a longer one the beginning is told."""
_NO_OBJECT = 'answer with {"text": "..."}: the text, and no other field'
_SEEN = frozenset("LMNPS")
"""Letters, marks, numbers, punctuation and symbols: of these a text must have one."""
_Length = Annotated[int, Field(ge=1, le=CHARACTERS_MAX)]


class TextQuestion(BaseModel):
    """Which text? Of so many characters (code points), counted without blanks around it."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["text"] = "text"
    characters_min: int = 1
    characters_max: int = CHARACTERS_MAX

    def about(self, _: "Asked | None") -> "TextQuestion":
        """Return itself: all tasks of a type have the same limits."""
        return self

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about an answer that is no text, or none within the limits."""
        if not isinstance(answer, dict) or answer.keys() != {"text"}:
            return _NO_OBJECT
        text = answer["text"]
        if not isinstance(text, str):
            return 'send the text in quotes: {"text": "..."}'
        if has_pile(text):
            return TOO_MANY
        return self._problem_with_text(_plain(text))

    def _problem_with_text(self, written: str) -> str | None:
        if not any(unicodedata.category(letter)[0] in _SEEN for letter in written):
            return "write a text: it is empty, or blanks alone"
        if has_controls(written):
            return "leave out control characters: of these only newline and tab are taken"
        if len(written) > self.characters_max:
            return f"shorten it to {self.characters_max} characters: it has {len(written)}"
        if len(written) < self.characters_min:
            return f"write at least {self.characters_min} characters: it has {len(written)}"
        return None

    def canonical(self, answer: Answer) -> Answer:
        """Return the text in Unicode's form NFC, without blanks around it or at the ends of lines.

        Two texts that differ in nothing else are one, and nobody is asked to compare them.
        """
        text = answer.get("text") if isinstance(answer, dict) else None
        return {"text": _plain(text)} if isinstance(text, str) else answer

    def in_words(self, answer: Answer) -> str:
        """Return the beginning of the text in quotes, on one line."""
        text = answer.get("text") if isinstance(answer, dict) else answer
        line = " ".join(str(text).split())
        cut = len(line) > TOLD_CHARACTERS_MAX
        return f"“{line[:TOLD_CHARACTERS_MAX].rstrip() + '…' if cut else line}”"

    @property
    def searched(self) -> bool:
        """Whether people search its answers: no, they write one."""
        return False

    def in_token(self) -> InToken:
        """Return the whole question: two numbers are small."""
        return InToken(self)

    def from_token(self, _: bytes) -> "TextQuestion":
        """Return the whole question, which the token carried."""
        return self


def _plain(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    text = "\n".join(line.rstrip() for line in lines).strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


class TextAnswer(BorderPart):
    """The text that somebody wrote."""

    text: Annotated[str, Field(min_length=1, max_length=CHARACTERS_MAX)]


class TextRow(QuestionRow):
    """How long a text may be, and which task type decides between several: a comparison."""

    NO_OWN_ANSWER: ClassVar[str] = (
        "the model's text is empty or not within the limits: correct it, or set waived_answer"
    )

    characters_min: _Length = 1
    characters_max: _Length = CHARACTERS_MAX
    then: str

    def asks(self) -> TextQuestion:
        """Return the question."""
        return TextQuestion(characters_min=self.characters_min, characters_max=self.characters_max)

    def second_stage(self) -> str:
        """Return the name of the task type that decides between several texts."""
        return self.then

    def own_answer(self, output: "Output") -> Answer:
        """Return the text the model answered, else all its text; None for one that does not fit."""
        said = output.answer if output.answer is not None else output.text
        answer: Answer = {"text": said} if isinstance(said, str) else said
        question = self.asks()
        return None if question.problem_with(answer) else question.canonical(answer)

    def faults(self, waived: Answer) -> Iterator[Fault]:
        """Yield limits that leave no text, and a waived answer outside them."""
        if self.characters_min > self.characters_max:
            fault, fix = f"{self.characters_min} is above characters_max", "set it to that or less"
            yield ("characters_min",), fault, fix
        problem = None if waived is None else self.asks().problem_with(waived)
        if problem is not None:
            yield ("gate", "waived_answer"), "is no answer", problem


KIND = Kind(
    name="text",
    question=TextQuestion,
    answer=TextAnswer,
    sent_answer=TextAnswer,
    row=TextRow,
    waived_answer=dict[str, str],
    # Other people rank 8 of them at most.
    answers_max=15,
)
