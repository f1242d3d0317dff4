"""The kind `whole_number`: how many? An answer is a whole number between two bounds."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.errors import Reason, Refused
from shared.contracts.part import Detail
from shared.contracts.question import Answer, Fault, InToken, Kind, QuestionRow

if TYPE_CHECKING:
    from shared.contracts.events.asked import Asked
    from shared.contracts.events.parts import Output

NUMBER_MAX = 10**6


class WholeNumberQuestion(BaseModel):
    """How many, from `low` to `high`."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["whole_number"] = "whole_number"
    low: int
    high: int

    def about(self, asked: "Asked | None") -> "WholeNumberQuestion":
        """Return the question of one text: there are no more than it has words."""
        words = None if asked is None or asked.text is None else len(asked.text.split())
        return self if words is None else self.model_copy(update={"high": min(self.high, words)})

    def problem_with(self, answer: Answer) -> str | None:
        """Return what to do about an answer that is no whole number between the bounds."""
        is_number = isinstance(answer, int) and not isinstance(answer, bool)
        if is_number and self.low <= answer <= self.high:  # type: ignore[operator]
            return None
        return f"answer with a whole number from {self.low} to {self.high}"

    def canonical(self, answer: Answer) -> Answer:
        """Return the number, which has no other form."""
        return answer

    def in_words(self, answer: Answer) -> str:
        """Return the number as people write it."""
        return f"{answer:,}"

    @property
    def searched(self) -> bool:
        """Whether people search its answers: no, they type a number."""
        return False

    def in_token(self) -> InToken:
        """Return the whole question: two numbers are small."""
        return InToken(self)

    def from_token(self, _: bytes) -> "WholeNumberQuestion":
        """Return the whole question, which the token carried."""
        return self


class WholeNumberRow(QuestionRow):
    """The lowest and the highest number that may be answered."""

    NO_OWN_ANSWER: ClassVar[str] = "the model's answer is no number between the bounds: correct it"

    low: Annotated[int, Field(ge=0, le=NUMBER_MAX)] = 0
    high: Annotated[int, Field(ge=0, le=NUMBER_MAX)]

    def asks(self) -> WholeNumberQuestion:
        """Return the question."""
        return WholeNumberQuestion(low=self.low, high=self.high)

    def asked(self, output: "Output") -> "Asked":
        """Return the text in which people count; raises Refused for an output without."""
        from shared.contracts.events.asked import Asked

        if output.text is None:
            raise Refused(Reason.MISSING, "text: people count in it: send it")
        return Asked(text=output.text)

    def own_answer(self, output: "Output") -> int | None:
        """Return the number that the model answered; None where it is none that may be answered."""
        number = output.answer
        return number if isinstance(number, int) and not self.asks().problem_with(number) else None

    def faults(self, waived: Answer) -> Iterator[Fault]:
        """Yield bounds that leave no number, and a waived answer outside them."""
        if self.low > self.high:
            yield ("low",), f"{self.low} is above high", f"set it to {self.high} or less"
        problem = None if waived is None else self.asks().problem_with(waived)
        if problem is not None:
            yield ("gate", "waived_answer"), f"{waived} is no answer", problem


class SpreadDetail(Detail):
    """The lowest and the highest number that anybody counted answered."""

    lowest: int
    highest: int

    def in_words(self) -> str:
        """Return the two numbers."""
        return f"they said {self.lowest} to {self.highest}"


KIND = Kind(
    name="whole_number",
    question=WholeNumberQuestion,
    answer=int,
    sent_answer=Annotated[int, Field(ge=-NUMBER_MAX, le=NUMBER_MAX)],
    row=WholeNumberRow,
    waived_answer=int,
    goal="tolerance",
    detail=SpreadDetail,
)
