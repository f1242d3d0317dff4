"""The `tasks` journal, written by intake: what people must see, and what the gate let stand."""

from operator import not_
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.events.asked import Asked
from shared.contracts.events.audience import answers_wanted
from shared.contracts.events.model import Event, Name, OfTask, natural_id
from shared.contracts.events.parts import Answers, Gate, Output, OutputRef, Policy
from shared.contracts.events.redacted import Redacted
from shared.contracts.part import Probability
from shared.contracts.question import Question
from shared.contracts.questions import GivenAnswer
from shared.contracts.topics import TASKS, Topic


class TaskCreated(OfTask):
    """One question to people about one model output, with its whole policy.

    `asked` is what the question is about, where the policy's alone does not say. `own_answer` is
    what the model answered in the question's own form, where the output does not say it so.
    `redacted` counts what was taken out of the output before.
    """

    TYPE: ClassVar[str] = "task.created.v1"
    TOPIC: ClassVar[Topic] = TASKS

    ref: OutputRef
    output: Output
    policy: Policy
    gate: Gate
    digest: str
    asked: Asked | None = None
    own_answer: GivenAnswer | None = None
    redacted: Annotated[tuple[Redacted, ...], Field(exclude_if=not_)] = ()

    @property
    def question_asked(self) -> Question:
        """The question of this one task: that of its type, about what is asked here."""
        return self.policy.asks.about(self.asked)

    @property
    def answers_wanted(self) -> Answers:
        """The answers that this one task takes, at least and at most."""
        return answers_wanted(self.policy.answers, self.asked)

    @property
    def event_id(self) -> str:
        """One id for each task."""
        return natural_id(self.TYPE, self.task_id)


class OutputWaived(OfTask):
    """The gate let the model's own answer stand: no person is asked.

    `task_id` is the id the task would have had, `kind` that of its question; absent for a choice.
    """

    TYPE: ClassVar[str] = "output.waived.v1"
    TOPIC: ClassVar[Topic] = TASKS

    task_type: str
    ref: OutputRef
    answer: GivenAnswer | None = None
    probability: Probability
    gate: Gate
    digest: str
    kind: Name | None = None
    redacted: Annotated[tuple[Redacted, ...], Field(exclude_if=not_)] = ()

    @property
    def event_id(self) -> str:
        """One id for each model output."""
        return natural_id(self.TYPE, self.task_id)


EVENTS: tuple[type[Event], ...] = (TaskCreated, OutputWaived)
