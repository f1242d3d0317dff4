"""The question of a transcript, its answers, and what a catalog says of it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.contracts.combining import TOO_MANY, has_pile
from shared.contracts.languages import LanguageTag, canonical
from shared.contracts.question import Answer, Fault, InToken, QuestionRow, text_of
from shared.contracts.questions.transcript.telling import agreement_in_words
from shared.contracts.questions.transcript.unclear import merged, problem_with_unclear
from shared.contracts.questions.transcript.words import RULES, languages_of, primary

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked
    from shared.contracts.events.parts import Output

CHARACTERS_MAX = 20_000
TOLD_CHARACTERS = 300
Transcript: TypeAlias = dict[str, JsonValue]
"""An answer: `text`, and `unclear` where parts of the recording could not be understood."""
RuleName = Literal["case", "punctuation", "short_forms", "numbers"]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
_OBJECT = 'answer with an object: {"text": "what is said"}'


class TranscriptQuestion(BaseModel):
    """What is said? In `language`; answers are compared by `rules` (see `words.RULES`).

    An answer is `{"text": ..., "unclear": [[start_s, end_s], ...]}`: what is said, and the seconds
    of the recording that could not be understood, if any.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["transcript"] = "transcript"
    language: str
    rules: tuple[str, ...]

    def about(self, _: "Asked | None") -> "TranscriptQuestion":
        """Return itself: all tasks of a type have the same question."""
        return self

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about an answer that is no transcript."""
        if not isinstance(answer, dict):
            return _OBJECT
        if answer.keys() - {"text", "unclear"}:
            return f"take away all fields but text and unclear: {_OBJECT}"
        return _problem_with_text(answer.get("text")) or problem_with_unclear(answer.get("unclear"))

    def canonical(self, answer: Answer) -> Answer:
        """Return the text in the form NFC with single blanks, and what is unclear in order."""
        if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
            return answer
        text = " ".join(unicodedata.normalize("NFC", str(answer["text"])).split())
        unclear = merged(answer.get("unclear"))
        return {"text": text, **({"unclear": unclear} if unclear else {})}

    def in_words(self, answer: Answer) -> str:
        """Return the text in quotes, of a long one its beginning."""
        text = answer.get("text") if isinstance(answer, dict) else None
        shown = text if isinstance(text, str) else text_of(answer)
        return f"“{shown if len(shown) <= TOLD_CHARACTERS else f'{shown[:TOLD_CHARACTERS]}…'}”"

    def agreement_in_words(self, answers: Sequence[Answer], verdict: Answer) -> str:
        """Return how far these answers agree with a verdict, for the story of an output."""
        return agreement_in_words(answers, verdict, self.language, self.rules)

    @property
    def searched(self) -> bool:
        """Whether people search its answers: no, they write a text."""
        return False

    def in_token(self) -> InToken:
        """Return the whole question: it is small."""
        return InToken(self)

    def from_token(self, _: bytes) -> "TranscriptQuestion":
        """Return the whole question, which the token carried."""
        return self


def _problem_with_text(text: JsonValue) -> str | None:
    if not isinstance(text, str):
        return f'set "text" to what is said, as text in quotes: {_OBJECT}'
    if not text.strip():
        return '"text" is empty: write what is said, and list what cannot be understood in unclear'
    if len(text) > CHARACTERS_MAX:
        return f'"text" has {len(text)} characters: send {CHARACTERS_MAX} at most'
    return _problem_with_signs(text)


def _problem_with_signs(text: str) -> str | None:
    control = _CONTROL.search(text)
    if control is not None:
        number = f"U+{ord(control[0]):04X}"
        return f'take the control character {number} at {control.start()} out of "text"'
    if has_pile(text):
        return f'"text": {TOO_MANY}'
    if not any(unicodedata.category(sign)[0] in "LN" for sign in text):
        return '"text" has no word: write what is said, and list what is unclear in unclear'
    return None


class TranscriptRow(QuestionRow):
    """The language that is spoken, and the rules by which answers are compared.

    Without `compare` these are all rules that know the language. `then` is the task type in which
    other people rank the transcripts of a recording whose verdict would be less sure than asked.
    """

    NO_OWN_ANSWER: ClassVar[str] = (
        "the model's output is no transcript: send its text, or set waived_answer"
    )

    language: LanguageTag
    compare: Annotated[tuple[RuleName, ...] | None, Field(strict=False)] = None
    then: str | None = None

    def second_stage(self) -> str | None:
        """Return the task type that decides between transcripts nobody is sure of, if one does."""
        return self.then

    def asks(self) -> TranscriptQuestion:
        """Return the question."""
        known = tuple(name for name in RULES if _knows(name, self.language))
        listed = known if self.compare is None else self.compare
        rules = tuple(name for name in RULES if name in listed)
        return TranscriptQuestion(language=canonical(self.language), rules=rules)

    def own_answer(self, output: "Output") -> Answer:
        """Return the transcript that the model made: its answer, or else its text."""
        said = output.text if output.answer is None else output.answer
        answer: Answer = {"text": said} if isinstance(said, str) else said
        question = self.asks()
        return None if question.problem_with(answer) else question.canonical(answer)

    def asked(self, output: "Output") -> "Asked | None":
        """Return the model's transcript as a draft; None where it made none."""
        # Events know the kinds of questions, so what they are made of is looked up here only.
        from shared.contracts.events.asked import Asked

        draft = self.own_answer(output)
        return None if draft is None else Asked(draft=draft)

    def faults(self, waived: Answer) -> Iterator[Fault]:
        """Yield rules that do not know the language, and a waived answer that is no transcript."""
        for at, name in enumerate(self.compare or ()):
            if not _knows(name, self.language):
                known = ", ".join(sorted(languages_of(name) or ()))
                fault = f"{name} is not known for {self.language}, only for {known}"
                yield ("compare", at), fault, "leave it out"
            if name in (self.compare or ())[:at]:
                yield ("compare", at), f"{name} is listed twice", "list it once"
        problem = None if waived is None else self.asks().problem_with(waived)
        if problem is not None:
            yield ("gate", "waived_answer"), "is no transcript", problem


def _knows(rule: str, language: str) -> bool:
    languages = languages_of(rule)
    return languages is None or primary(canonical(language)) in languages
