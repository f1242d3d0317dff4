"""The `tasks` journal, written by intake: what people must see, and what the gate let stand."""

from typing import ClassVar

from shared.events.model import Event, Id, natural_id
from shared.events.parts import Gate, Output, OutputRef, Policy, Probability
from shared.topics import TASKS, Topic


class TaskCreated(Event):
    """One question to people about one model output, with its whole policy."""

    TYPE: ClassVar[str] = "task.created.v1"
    TOPIC: ClassVar[Topic] = TASKS

    task_id: Id
    ref: OutputRef
    output: Output
    policy: Policy
    gate: Gate
    digest: str

    @property
    def key(self) -> str:
        """The task."""
        return self.task_id

    @property
    def event_id(self) -> str:
        """One per task."""
        return natural_id(self.TYPE, self.task_id)


class OutputWaived(Event):
    """The gate let the model's own answer stand: no person is asked.

    `task_id` is the id the task would have had.
    """

    TYPE: ClassVar[str] = "output.waived.v1"
    TOPIC: ClassVar[Topic] = TASKS

    task_id: Id
    task_type: str
    ref: OutputRef
    answer: str | None = None
    probability: Probability
    gate: Gate
    digest: str

    @property
    def key(self) -> str:
        """The id the output's task would have had."""
        return self.task_id

    @property
    def event_id(self) -> str:
        """One per output."""
        return natural_id(self.TYPE, self.task_id)


EVENTS: tuple[type[Event], ...] = (TaskCreated, OutputWaived)
