"""The second stage: people rank the answers of others, where no count of answers can decide.

Nobody can vote on free text. Qa sends the distinct answers to one task as an output of its own on
`model-outputs.qa`; intake makes a second task of it, and its verdict decides the first task.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from operator import not_
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.events.model import Event, Id, Moment, Name, OfTask, natural_id
from shared.contracts.events.parts import Output, OutputRef
from shared.contracts.events.ratings import RatingAnnounced
from shared.contracts.part import Probability
from shared.contracts.topics import MODEL_OUTPUTS_QA, QA_TIMERS, VERDICTS, Topic

QA_SOURCE = "sentuh:qa"
"""The source of qa's own outputs. Intake takes it on `model-outputs.qa` and nowhere else.

Verdicts with this source answer nothing that upstream has asked: upstream passes over them.
"""
UNTIMED = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for the time in an output that must have the same bytes whenever it is made."""
_OF = "~"
"""Between the id of the first task and that of qa's output, in the id of a second task."""


def output_id(task_id: str, assignments: Iterable[str]) -> str:
    """Return the id of the output that ranks these answers to a task, in whatever order.

    Two processes that decide on the same answers give one id; with other answers it is another.
    """
    ranked = hashlib.sha256("\x1f".join(sorted(assignments)).encode()).hexdigest()
    return natural_id("second", task_id, ranked)


def second_task_id(task_id: str, output: str) -> str:
    """Return the id of the task that intake makes of qa's output about a task."""
    return f"{task_id}{_OF}{output}"


def first_task_of(task_id: str) -> str | None:
    """Return the id of the task that this one decides; None where it is no second task.

    No other task has such an id: intake makes theirs of a hash, whatever a sender calls an output.
    """
    first, mark, _ = task_id.rpartition(_OF)
    return first if mark else None


def output_of(task_id: str) -> str | None:
    """Return the id of qa's output of which intake made this task; None where it is no second task.

    It undoes `second_task_id`, as `first_task_of` does.
    """
    _, mark, output = task_id.rpartition(_OF)
    return output if mark else None


class OutputComposed(OfTask):
    """An output about which qa itself asks people: answers to one task, or a gold.

    Its bytes follow from those answers, or from the gold and whom it is for, alone: `at` is
    UNTIMED, and no weight is in it. `task_id` is that of the task to make of it; `ref` names qa as
    the source, and as the correlation a first task. `not_for` are people who must not be asked:
    authors, and whoever has seen a gold. With `only_for` nobody else is asked, and with `ask` the
    output goes past the gate and counts in none of its figures.
    """

    TYPE: ClassVar[str] = "output.composed.v1"
    TOPIC: ClassVar[Topic] = MODEL_OUTPUTS_QA

    task_type: Name
    ref: OutputRef
    output: Output
    not_for: tuple[Id, ...]
    only_for: Annotated[tuple[Id, ...], Field(exclude_if=not_)] = ()
    ask: Literal["always"] | None = None

    @property
    def event_id(self) -> str:
        """One id for each task: that of a second stage names its answers, a gold's its placing."""
        return natural_id(self.TYPE, self.task_id)


class SecondRequested(OfTask):
    """A task waits for its second stage: the verdict of the task `second_task_id` decides it.

    That task is of the type `second_type`.
    `assignments` are those whose answers are ranked, sorted; `left_out` are others that were
    counted, and for which there was no room. `weights` are those of all of them, by assignment.
    After `patience_seconds` without a word the task is decided without its second stage. Of two
    requests for one task the lower `output_id` stands. `rated` are the ratings that were announced
    with it, if any.
    """

    TYPE: ClassVar[str] = "second.requested.v1"
    TOPIC: ClassVar[Topic] = VERDICTS

    task_type: str
    output_id: Id
    second_task_id: Id
    second_type: Name
    assignments: tuple[Id, ...]
    left_out: tuple[Id, ...] = ()
    weights: dict[str, Probability]
    patience_seconds: Annotated[int, Field(ge=1)]
    rated: Annotated[tuple[RatingAnnounced, ...], Field(exclude_if=not_)] = ()

    @property
    def until(self) -> datetime:
        """The time at which the task is decided without its second stage, at the earliest."""
        return self.at + timedelta(seconds=self.patience_seconds)

    @property
    def event_id(self) -> str:
        """One id for each task, set of answers and their weights."""
        weights = (f"{name}={weight!r}" for name, weight in sorted(self.weights.items()))
        return natural_id(self.TYPE, self.task_id, self.output_id, *weights)


class SecondDue(OfTask):
    """A task that waits for its second stage is to be looked at again, maybe for the last time.

    `second_type` is the task type of the second task.
    """

    TYPE: ClassVar[str] = "second.due.v1"
    TOPIC: ClassVar[Topic] = QA_TIMERS

    second_task_id: Id
    second_type: Name
    due_at: Moment

    @property
    def event_id(self) -> str:
        """One id for each announcement: its handler looks at what is due by then."""
        return natural_id(
            self.TYPE, self.second_task_id, self.due_at.isoformat(), self.at.isoformat()
        )


EVENTS: tuple[type[Event], ...] = (OutputComposed, SecondRequested, SecondDue)
