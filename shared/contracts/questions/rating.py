"""The kind `rating`: how much, on a scale? An answer is a number, one of the scale's points."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.part import Detail, Part
from shared.contracts.question import Answer, CatalogPart, Fault, InToken, Kind, QuestionRow

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked
    from shared.contracts.events.parts import Output

NUMBER_MAX = 10**6
STEP_MIN = 0.0001
WORDS_MAX, WORDS_CHARACTERS_MAX = 100, 100
DIGITS = 4
"""Decimal places of a mean: more than a scale's step has."""
_NEAR = Decimal("1e-9")
"""How far from a point a number may be to mean it: 0.1 + 0.2 is 0.30000000000000004."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")

Bound = Annotated[int | float, Field(ge=-NUMBER_MAX, le=NUMBER_MAX, allow_inf_nan=False)]
Shown = Annotated[str, Field(min_length=1, max_length=WORDS_CHARACTERS_MAX, pattern=r"\S")]


class Anchor(Part):
    """What one point of a scale means, in words: `{"at": 5, "show": "excellent"}`."""

    at: Bound
    show: Shown


class RatingDetail(Detail):
    """The 90 % interval of a verdict's mean, in points of the scale.

    `margin` is half of its length before it is cut off at the ends of the scale.
    Example: the mean 4.9 of 1 to 5 with the margin 0.3: `low` 4.6, `high` 5.
    """

    low: float
    high: float
    margin: Annotated[float, Field(ge=0)]

    def in_words(self) -> str:
        """Return the margin: a mean is right, give or take."""
        return f"give or take {self.margin:.2g}"


class RatingQuestion(BaseModel):
    """How much, from `low` to `high` in steps of `step`; `words` say what some points mean."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["rating"] = "rating"
    low: Bound
    high: Bound
    step: int | float = 1
    words: tuple[Anchor, ...] = ()

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about an answer that is no point of the scale."""
        if isinstance(answer, bool) or not isinstance(answer, (int, float)):
            return f"answer with a number, not in quotes, {self._from_to}"
        if isinstance(answer, float) and not isfinite(answer):
            return f"answer with a finite number {self._from_to}"
        if not self.low <= answer <= self.high:
            return f"answer with a number {self._from_to}"
        point = _decimal(self.nearest(answer))
        if abs(point - _decimal(answer)) > _NEAR * max(Decimal(1), abs(point)):
            nearest = f"{self.nearest(answer):.12g}"
            return f"answer in steps of {self.step:.12g} {self._from_to}: the nearest is {nearest}"
        return None

    def canonical(self, answer: Answer) -> Answer:
        """Return the point of the scale that the answer means: 3 for 3.0."""
        if isinstance(answer, bool) or not isinstance(answer, (int, float)):
            return answer
        return self.nearest(answer)

    def in_words(self, answer: Answer) -> str:
        """Return the number, with its words where it has some."""
        shown = (word.show for word in self.words if word.at == answer)
        words = next(shown, None)
        return f"{answer} ({words})" if words else str(answer)

    def about(self, _: "Asked | None") -> "RatingQuestion":
        """Return itself: it is the same for all tasks of its type."""
        return self

    @property
    def searched(self) -> bool:
        """Whether people search its answers: no, they pick a point."""
        return False

    def in_token(self) -> InToken:
        """Return the scale without its words."""
        return InToken(self.model_copy(update={"words": ()}))

    def from_token(self, _: bytes) -> "RatingQuestion":
        """Return the scale that the token carried."""
        return self

    @property
    def _from_to(self) -> str:
        return f"from {self.low:.12g} to {self.high:.12g}"

    def nearest(self, number: float) -> int | float:
        """Return the point of the scale nearest to a number, computed without rounding errors."""
        low, step = _decimal(self.low), _decimal(self.step)
        steps: Decimal = ((_decimal(number) - low) / step).to_integral_value()
        return plain(low + steps * step)


class AnchorRow(CatalogPart):
    """What one point of the scale means."""

    at: Bound
    show: Shown


class RatingRow(QuestionRow):
    """The scale, and words for some of its points."""

    NO_OWN_ANSWER: ClassVar[str] = (
        "the model's answer is no number on the scale: correct it, or set waived_answer"
    )

    low: Bound
    high: Bound
    step: Annotated[int | float, Field(ge=STEP_MIN, le=NUMBER_MAX, allow_inf_nan=False)] = 1
    words: Annotated[tuple[AnchorRow, ...], Field(strict=False, max_length=WORDS_MAX)] = ()

    def asks(self) -> RatingQuestion:
        """Return the question: how much on this scale."""
        words = tuple(Anchor(at=word.at, show=word.show) for word in self.words)
        return RatingQuestion(low=self.low, high=self.high, step=self.step, words=words)

    def own_answer(self, output: "Output") -> int | float | None:
        """Return the number the model gave, which need not be a point; None where it is off.

        A model gives it as its answer, as a number or as text, or as its whole text.
        """
        said = output.answer if output.answer is not None else (output.text or "").strip()
        number = _number_in(said)
        if number is None or not self.low <= number <= self.high:
            return None
        return plain(round(_decimal(number), DIGITS))

    def faults(self, waived: Answer) -> Iterator[Fault]:
        """Yield bounds and steps that make no scale, words beside it, a waived answer off it."""
        if self.low >= self.high:
            yield ("low",), f"{self.low:g} is not below high", "set it below high"
            return
        length, step = _decimal(self.high) - _decimal(self.low), _decimal(self.step)
        if length % step:
            fault = f"steps of {self.step:g} from {self.low:g} do not reach {self.high:g}"
            yield ("step",), fault, "use a step that divides the scale, or move an end"
            return
        yield from self._faults_of_words()
        problem = None if waived is None else self.asks().problem_with(waived)
        if problem is not None:
            yield ("gate", "waived_answer"), f"{waived} is no point of the scale", problem

    def _faults_of_words(self) -> Iterator[Fault]:
        points: Sequence[int | float] = [word.at for word in self.words]
        for at, point in enumerate(points):
            problem = self.asks().problem_with(point)
            if problem is not None:
                yield ("words", at, "at"), f"{point:g} is no point of the scale", problem
            elif point in points[:at]:
                yield ("words", at, "at"), f"{point:g} has words already", "say it once"


def plain(number: Decimal) -> int | float:
    """Return a number as JSON has it: whole ones without a decimal point."""
    return int(number) if number == number.to_integral_value() else float(number)


def _decimal(number: float) -> Decimal:
    return Decimal(repr(number))


def _number_in(answer: Answer) -> float | None:
    if isinstance(answer, str):
        return float(answer) if _NUMBER.fullmatch(answer) else None
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        return None
    return answer


KIND = Kind(
    name="rating",
    question=RatingQuestion,
    answer=int | float,
    sent_answer=Annotated[int | float, Field(ge=-NUMBER_MAX, le=NUMBER_MAX)],
    row=RatingRow,
    waived_answer=int | float,
    goal="tolerance",
    detail=RatingDetail,
)
