"""The kind `choices`: pick all right ones of a list of options. An answer lists their labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.contracts.labels import nfc
from shared.contracts.options import (
    LISTED_MAX,
    OPTIONS_MAX,
    OptionLabel,
    OptionsRow,
    apart,
    by_form,
    digest_of,
    digests_of,
)
from shared.contracts.question import Answer, Fault, InToken, Kind, Question, text_of

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked
    from shared.contracts.events.parts import Output

NO_LIST = 'answer with a list of the offer\'s options: ["...", "..."], or [] for none'
Labels: TypeAlias = list[JsonValue]
"""An answer: labels, or whatever else was sent in a list."""
Picks = Annotated[int, Field(ge=0, le=OPTIONS_MAX)]


class ChoicesQuestion(BaseModel):
    """Which of `options` are right: at least `picks_min` and at most `picks_max` of them.

    An answer is the list of their labels, in any order; its canonical form has the options' order.
    Example: `["blurred", "dark"]`.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["choices"] = "choices"
    options: tuple[str, ...]
    picks_min: Picks = 0
    picks_max: Picks

    def about(self, _: "Asked | None") -> "ChoicesQuestion":
        """Return itself: all tasks of a type have the same options."""
        return self

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about an answer that is no list of options, or of too many or few."""
        known = by_form(self.options)
        if not isinstance(answer, list):
            return NO_LIST
        named = [known.get(nfc(one)) if isinstance(one, str) else None for one in answer]
        return _problem_with(answer, named, least=self.picks_min, most=self.picks_max)

    def canonical(self, answer: Answer) -> Answer:
        """Return the labels in the options' order, each as the question writes it."""
        if not isinstance(answer, list):
            return answer
        labels = by_form(self.options)
        picked = {labels.get(nfc(one), one) for one in answer if isinstance(one, str)}
        return [option for option in self.options if option in picked]

    def in_words(self, answer: Answer) -> str:
        """Return the labels in quotes, or that there are none."""
        return _in_words(answer)

    @property
    def searched(self) -> bool:
        """Whether there are more options than a list shows well."""
        return len(self.options) > LISTED_MAX

    def in_token(self) -> InToken:
        """Return the labels or, where people search them, no label and the digest of each."""
        if not self.searched:
            return InToken(self)
        return InToken(self.model_copy(update={"options": ()}), digests_of(self.options))

    def from_token(self, digests: bytes) -> Question:
        """Return the question with its labels or, where the token has digests, by these."""
        if not digests:
            return self
        return ChoicesByDigest(apart(digests), self.picks_min, self.picks_max)


@dataclass(frozen=True, slots=True)
class ChoicesByDigest:
    """Choices of which a token told only the digests of their labels: enough to check an answer."""

    kind: ClassVar[str] = "choices"
    searched: ClassVar[bool] = True
    digests: frozenset[bytes]
    picks_min: int
    picks_max: int

    def about(self, _: "Asked | None") -> "ChoicesByDigest":
        """Return itself."""
        return self

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about an answer that is no list of options, or of too many or few."""
        if not isinstance(answer, list):
            return NO_LIST
        named = [digest_of(one) if isinstance(one, str) else None for one in answer]
        known = [one if one in self.digests else None for one in named]
        return _problem_with(answer, known, least=self.picks_min, most=self.picks_max)

    def canonical(self, answer: Answer) -> Answer:
        """Return the answer as it was sent: labels and their order are not known."""
        return answer

    def in_words(self, answer: Answer) -> str:
        """Return the labels in quotes, or that there are none."""
        return _in_words(answer)

    def in_token(self) -> InToken:
        """Return no label and the digests."""
        asked = ChoicesQuestion(options=(), picks_min=self.picks_min, picks_max=self.picks_max)
        return InToken(asked, b"".join(sorted(self.digests)))

    def from_token(self, _: bytes) -> Question:
        """Return itself."""
        return self


def _problem_with(
    sent: Labels, named: Sequence[str | bytes | None], *, least: int, most: int
) -> str | None:
    """Return what to do about these options, of which one that is not known is None."""
    before: set[str | bytes] = set()
    for number, option in enumerate(named, 1):
        if option is None:
            is_text = isinstance(sent[number - 1], str)
            written = "exactly" if is_text else "as text, in quotes, exactly"
            return f"write entry {number} {written} as one of the offer's options, or leave it out"
        if option in before:
            return f"list each option once: entry {number} is there before"
        before.add(option)
    if len(named) < least:
        return f"pick at least {least} of the offer's options"
    if len(named) > most:
        return f"pick at most {most} of the offer's options"
    return None


def _in_words(answer: Answer) -> str:
    picked: Labels = answer if isinstance(answer, list) else [answer]
    return ", ".join(f"“{option}”" for option in picked) or "none of them"


class ChoicesRow(OptionsRow):
    """The options, in the order people see them, and how many of them may be right."""

    NO_OWN_ANSWER: ClassVar[str] = (
        "the model's answer names what is no option, or too many or few: add it to an option's"
        " aliases, or set waived_answer"
    )

    picks_min: Picks = 0
    picks_max: Picks | None = None
    """As many as there are options, if left out."""

    def asks(self) -> ChoicesQuestion:
        """Return the question: which of the labels."""
        most = len(self.labels) if self.picks_max is None else self.picks_max
        return ChoicesQuestion(options=self.labels, picks_min=self.picks_min, picks_max=most)

    def own_answer(self, output: "Output") -> Labels | None:
        """Return the options the model means, by labels or aliases; None where one is not known.

        The model names them in a list, or one by its answer or, without one, by its whole text.
        """
        said = (output.text or "").strip() if output.answer is None else output.answer
        names = said if isinstance(said, list) else [said]
        # A model may list any number of names: the first that is not known ends the search.
        meant: set[str] = set()
        for name in names:
            option = self.options_by_name.get(nfc(text_of(name)))
            if option is None:
                return None
            meant.add(option)
        picked: Labels = [option for option in self.labels if option in meant]
        if not self.picks_min <= len(picked) <= self.asks().picks_max:
            return None
        return picked

    def faults(self, waived: Answer) -> Iterator[Fault]:
        """Yield faults of the options, numbers of picks nobody can keep, a wrong waived answer."""
        yield from self.faults_of_options()
        most = self.asks().picks_max
        if most > len(self.labels):
            fault = f"{most} is more than there are options"
            yield ("picks_max",), fault, f"set it to {len(self.labels)} or less, or leave it out"
        elif most == 0:
            yield ("picks_max",), "0 leaves nothing to pick", "set it to 1 or more"
        if self.picks_min > most:
            yield (
                ("picks_min",),
                f"{self.picks_min} is above picks_max",
                f"set it to {most} or less",
            )
        problem = None if waived is None else self.asks().problem_with(waived)
        if problem is not None:
            yield ("gate", "waived_answer"), f"{text_of(waived)} is no answer", problem


KIND = Kind(
    name="choices",
    question=ChoicesQuestion,
    answer=list[str],
    sent_answer=Annotated[list[OptionLabel], Field(max_length=OPTIONS_MAX)],
    row=ChoicesRow,
    waived_answer=list[str],
    exact=True,
)
