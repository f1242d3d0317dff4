"""The `verdicts` journal, written by qa: the platform's answer, and who said what."""

from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.events.model import Event, Id, Moment, OfTask, Part, natural_id
from shared.contracts.events.parts import OutputRef, Probability
from shared.contracts.questions import GivenAnswer
from shared.contracts.topics import VERDICTS, Topic


class Vote(Part):
    """One answer in a verdict. `weight` is the reliability it was counted with, else None."""

    assignment_id: Id
    worker_id: Id
    answer: GivenAnswer
    standing: Literal["counted", "surplus"]
    late: bool = False
    weight: Probability | None = None


class VerdictReached(OfTask):
    """The final word on one output.

    `by`: people or the model itself (a waived output). `distribution` is over the options.
    `stop_reason`: `confident`, as probable as the task asks for; `budget`, no further answer may be
    asked for, or those that may (`wanted` is then below the task's most) could not change it;
    `exhausted`, the task was closed before it had what it wanted; `waived`, nobody was asked.
    `lessons` are what this verdict teaches of its workers, in integers ready to be added.
    """

    TYPE: ClassVar[str] = "verdict.reached.v1"
    TOPIC: ClassVar[Topic] = VERDICTS

    task_type: str
    ref: OutputRef
    by: Literal["people", "model"]
    answer: GivenAnswer | None = None
    probability: Probability
    distribution: dict[str, Probability]
    stop_reason: Literal["confident", "budget", "exhausted", "waived"]
    votes: tuple[Vote, ...] = ()
    lessons: dict[str, dict[str, int]] = Field(default_factory=dict)
    wanted: int = 0
    created_at: Moment

    @property
    def event_id(self) -> str:
        """One id for each task or waived output."""
        return natural_id(self.TYPE, self.task_id)


class ReviewRequested(OfTask):
    """The answers do not suffice: `wanted` is how many answers the task takes in all now."""

    TYPE: ClassVar[str] = "review.requested.v1"
    TOPIC: ClassVar[Topic] = VERDICTS

    task_type: str
    wanted: int
    probability: Probability

    @property
    def event_id(self) -> str:
        """One id for each task and total wanted, whoever publishes it."""
        return natural_id(self.TYPE, self.task_id, self.wanted)


EVENTS: tuple[type[Event], ...] = (VerdictReached, ReviewRequested)
