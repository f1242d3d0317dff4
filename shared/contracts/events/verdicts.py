"""The `verdicts` journal, written by qa: the platform's answer, and who said what."""

from operator import not_
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.events.model import Event, Id, Moment, Name, OfTask, natural_id
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.promised import Promised
from shared.contracts.events.ratings import RatingAnnounced
from shared.contracts.events.used import Used
from shared.contracts.part import Part, Probability
from shared.contracts.questions import GivenAnswer, VerdictDetail
from shared.contracts.topics import VERDICTS, Topic

FlagSign = Literal["guessing"]
"""What may show that a worker answers without care."""
LeftOut = Literal["blind", "gold", "alone", "tied", "unproven", "chance"]
"""Why the model's own answer was no evidence."""


class Vote(Part):
    """One answer in a verdict. `weight` is the reliability it was counted with, else None.

    Where all answers together would be too large for a record, each is named by `digest` in place
    of `answer`: the SHA-256, in hex, of the text that `question.kept` makes of it. `drafted` is
    whether the worker began from the model's draft; of a counted answer `agrees` is whether it says
    what the verdict says, as its question compares answers. Both are absent where the task has no
    draft.
    """

    assignment_id: Id
    worker_id: Id
    answer: GivenAnswer | None = None
    standing: Literal["counted", "surplus"]
    late: bool = False
    weight: Probability | None = None
    digest: str | None = None
    drafted: bool | None = None
    agrees: bool | None = None


class DecidedBy(Part):
    """The second stage that decided a task: whose verdict it is, and who ranked the answers.

    `votes` are those of the second task's verdict; none where it said nothing in time.
    """

    task_id: Id
    task_type: Name
    votes: tuple[Vote, ...] = ()


class JudgedDraft(Part):
    """What became of a task's draft, the model's own answer that people may have begun from.

    `author` is under which id the model's reliability is counted. `weight` is what it counted with
    as evidence, and `answer` the draft itself; both are absent where it was none, since a counted
    worker had begun from it. `lesson` is what the verdict teaches of its author.
    """

    author: str
    answer: GivenAnswer | None = None
    weight: Probability | None = None
    lesson: dict[str, int] = Field(default_factory=dict)


class Witness(Part):
    """What the model itself had said about a task, and what that counted beside people's answers.

    `model` and `version` are its output's, `answer` is its answer in the question's own form, and
    `confidence` how sure it said it was. `weight` is what it counted with; where that is absent,
    `left_out` says why: the task is in the share judged without it (`blind`), or is a `gold`;
    nobody's answer counted (`alone`); people's answers alone name no single answer (`tied`); too
    few lessons show how often it is right (`unproven`), or they show no more than `chance`.
    `lessons` is their number and `right` the share of them in which it was right. `right_milli` is
    how probable people, or a gold's truth, make its answer, in thousandths: its next lesson.
    """

    model: str
    version: str
    answer: GivenAnswer
    confidence: Probability
    weight: Probability | None = None
    left_out: LeftOut | None = None
    lessons: int = 0
    right: Probability = 0.0
    right_milli: int | None = None


class JudgedGold(Part):
    """The gold that a task was: a question whose right answer, `truth`, was known beforehand."""

    gold_id: Id
    truth: GivenAnswer


class FlaggedWorker(Part):
    """A worker whose answers to a task type look as if they were given without care: a proposal.

    `sign` is what shows it: `guessing`, they agree with the others' no more than by chance.
    `evidence` is its log likelihood ratio against somebody who takes care, from `answers` answers.
    """

    worker_id: Id
    sign: FlagSign
    evidence: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    answers: Annotated[int, Field(ge=1)]


class VerdictReached(OfTask):
    """The final word on one output.

    `by`: people or the model itself (a waived output). `distribution` is over answers by their
    text, and empty where a kind of question has none. `detail` is what a verdict on this kind of
    question says beyond that: how sure each word is, each mark, each field. `kind` is that kind;
    absent for a choice.
    `probability` is what the votes make of the answer, corrected by what golds have shown where
    these suffice: then `calibrated`, and `raw_probability` is the one before. `distribution` is not
    corrected.
    `stop_reason`: `confident`, as probable as the task asks for; `budget`, no further answer may be
    asked for, or those that may (`wanted` is then below the task's most) could not change it or are
    not worth their price; `ambiguous`, people who are trusted are split for good, and the
    distribution is the result; `futile`, those that may could not make it probable enough;
    `exhausted`, the task was closed before it had what it wanted; `waived`, nobody was asked.
    `used` is what it follows from beside its votes. `lessons` are what this verdict teaches of its
    workers, `taught` what of its task type, in integers ready to be added; `rated` are the ratings
    that were announced with it, if any. `confused` are two options that people take for each other
    across tasks, in the verdict that makes it plain. `gold` is there where the task was one, and
    `witness` where the model's own answer is weighed, which is no vote.
    `promised` is what a gate with a promise said of the output when it came. `flagged` are workers
    to look at, each once for a task type, in the verdict that makes it plain.
    """

    TYPE: ClassVar[str] = "verdict.reached.v1"
    TOPIC: ClassVar[Topic] = VERDICTS

    task_type: str
    ref: OutputRef
    by: Literal["people", "model"]
    answer: GivenAnswer | None = None
    probability: Probability
    distribution: dict[str, Probability]
    raw_probability: Probability | None = None
    calibrated: bool = False
    stop_reason: Literal["confident", "ambiguous", "futile", "budget", "exhausted", "waived"]
    votes: tuple[Vote, ...] = ()
    lessons: dict[str, dict[str, int]] = Field(default_factory=dict)
    wanted: int = 0
    created_at: Moment
    detail: VerdictDetail | None = None
    decided_by: DecidedBy | None = None
    kind: Name | None = None
    draft: JudgedDraft | None = None
    gold: JudgedGold | None = None
    promised: Annotated[Promised | None, Field(exclude_if=not_)] = None
    used: Used | None = None
    taught: Annotated[dict[str, int], Field(exclude_if=not_)] = Field(default_factory=dict)
    confused: tuple[str, str] | None = None
    witness: Witness | None = None
    flagged: Annotated[tuple[FlaggedWorker, ...], Field(exclude_if=not_)] = ()
    rated: Annotated[tuple[RatingAnnounced, ...], Field(exclude_if=not_)] = ()

    @property
    def event_id(self) -> str:
        """One id for each task or waived output."""
        return natural_id(self.TYPE, self.task_id)


class ReviewRequested(OfTask):
    """The answers do not suffice: `wanted` is how many answers the task takes in all now.

    Of their probability, and what it follows from, a verdict says the same.
    """

    TYPE: ClassVar[str] = "review.requested.v1"
    TOPIC: ClassVar[Topic] = VERDICTS

    task_type: str
    wanted: int
    probability: Probability
    raw_probability: Probability | None = None
    calibrated: bool = False
    used: Used | None = None

    @property
    def event_id(self) -> str:
        """One id for each task and total wanted, whoever publishes it."""
        return natural_id(self.TYPE, self.task_id, self.wanted)


EVENTS: tuple[type[Event], ...] = (VerdictReached, ReviewRequested)
