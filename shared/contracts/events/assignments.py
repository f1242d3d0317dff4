"""The `assignments` journal, written by the router: who was asked, and how each seat ended."""

from typing import ClassVar, Literal

from shared.contracts.events.asked import Asked
from shared.contracts.events.audience import answers_wanted
from shared.contracts.events.declining import DeclineReason, Note
from shared.contracts.events.model import Event, Id, Moment, OfTask, natural_id
from shared.contracts.events.parts import Answers, Output, OutputRef, Policy, Quote, Why
from shared.contracts.events.ratings import SeenRating
from shared.contracts.question import Question
from shared.contracts.questions import GivenAnswer
from shared.contracts.topics import ASSIGNMENTS, Topic


class _TaskFact(OfTask):
    TOPIC: ClassVar[Topic] = ASSIGNMENTS


class TaskQueued(_TaskFact):
    """The task takes this many answers in all; said again whenever `wanted` rises.

    Carries the task's whole facts, so that a rebuild from this journal alone can offer it.
    """

    TYPE: ClassVar[str] = "task.queued.v1"

    wanted: int
    output: Output
    policy: Policy
    ref: OutputRef
    created_at: Moment
    asked: Asked | None = None

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
        """One id for each task and total wanted, whoever publishes it."""
        return natural_id(self.TYPE, self.task_id, self.wanted)


class TaskUnroutable(_TaskFact):
    """No registered worker meets the requirement; looked at again when workers change."""

    TYPE: ClassVar[str] = "task.unroutable.v1"

    task_type: str
    requirement_lane: str

    @property
    def event_id(self) -> str:
        """One id for each task."""
        return natural_id(self.TYPE, self.task_id)


class TaskClosed(_TaskFact):
    """No more answers are taken. `answers` are the on-time assignments it knew, sorted."""

    TYPE: ClassVar[str] = "task.closed.v1"

    task_type: str
    reason: Literal["verdict", "deadline", "exhausted"]
    answers: tuple[str, ...]

    @property
    def event_id(self) -> str:
        """One id for each task."""
        return natural_id(self.TYPE, self.task_id)


class _AssignmentFact(_TaskFact):
    """A fact about one assignment: each repeats the facts of the assignment."""

    task_type: str
    assignment_id: Id
    worker_id: Id
    place: int
    turn: int
    accept_by: Moment
    answer_by: Moment

    @property
    def event_id(self) -> str:
        """One id for each kind of event and assignment."""
        return natural_id(self.TYPE, self.assignment_id)


class AssignmentOffered(_AssignmentFact):
    """A seat is held for a worker until `accept_by`. Only the hash of the token is public.

    `drafted` is whether the offer holds the model's draft; absent where the task has none. Where
    its requirement has a `reliability_min`, `rating` is the worker's as it was known, absent for
    who has none, and `explored` whether they were let in by the share for newcomers.
    """

    TYPE: ClassVar[str] = "assignment.offered.v1"

    quote: Quote
    why: Why
    token_hash: str = ""
    drafted: bool | None = None
    rating: SeenRating | None = None
    explored: bool | None = None


class AssignmentAccepted(_AssignmentFact):
    """The worker took the seat; the answer is due by `answer_by`."""

    TYPE: ClassVar[str] = "assignment.accepted.v1"


class _Ending(_AssignmentFact):
    """`ended_at` is when it was over in fact, which may be long before it could be said (`at`):
    when the response arrived, the lease's last moment, when the verdict was given.
    """

    ended_at: Moment | None = None


class AssignmentDeclined(_Ending):
    """The worker gave the seat back: an ending. `reason` and `note` are as the worker sent them."""

    TYPE: ClassVar[str] = "assignment.declined.v1"

    reason: DeclineReason | None = None
    note: Note | None = None


class AssignmentExpired(_Ending):
    """The lease ran out: an ending."""

    TYPE: ClassVar[str] = "assignment.expired.v1"


class AssignmentWithdrawn(_Ending):
    """The seat was taken back: an ending that costs the worker nothing."""

    TYPE: ClassVar[str] = "assignment.withdrawn.v1"

    reason: Literal["verdict", "deadline", "exhausted", "displaced", "left"]


class AssignmentAnswered(_AssignmentFact):
    """The worker's answer. `late`: after the lease had ended: kept and paid, never counted.

    `answered_at` is the broker's append time of the response. `drafted` is as it was offered;
    `unchanged` is whether the answer is the draft as it was, absent where that is not known.
    """

    TYPE: ClassVar[str] = "assignment.answered.v1"

    answer: GivenAnswer
    late: bool
    answered_at: Moment
    quote: Quote
    digest: str
    drafted: bool | None = None
    unchanged: bool | None = None

    @property
    def event_id(self) -> str:
        """One id for each assignment, and another one if its answer was late."""
        return natural_id(self.TYPE, self.assignment_id, "late" if self.late else "on_time")


EVENTS: tuple[type[Event], ...] = (
    TaskQueued,
    TaskUnroutable,
    TaskClosed,
    AssignmentOffered,
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentExpired,
    AssignmentWithdrawn,
    AssignmentAnswered,
)
