"""The pieces that events share: outputs, requirements, quotes, why an offer was made."""

from collections.abc import Mapping
from functools import cached_property
from operator import not_
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field

from shared.contracts.events.asked import Asked, Candidate, Media, Units
from shared.contracts.events.assignment_facts import AssignmentFacts
from shared.contracts.events.doubts import Doubt
from shared.contracts.events.fired_clause import FiredClause, GateReason
from shared.contracts.events.model import Id, Moment, Name
from shared.contracts.events.promised import Promised
from shared.contracts.events.ratings import BestKnownOf
from shared.contracts.events.then import Then
from shared.contracts.fixes import written_as
from shared.contracts.part import Part, Probability
from shared.contracts.question import Goal
from shared.contracts.questions import AskedQuestion, ModelAnswer, goal_of

AMOUNT_MINOR_MAX = 10**12
MinorUnits = Annotated[int, Field(ge=0, le=AMOUNT_MINOR_MAX)]
Currency = Annotated[
    str, written_as(r"^[A-Z]{3}$", "the three capital letters of ISO 4217, as USD")
]
Level = Annotated[int, Field(ge=1, le=5)]


class OutputRef(Part):
    """Which model output: with these upstream finds its own record again.

    `traceparent` is the trace it came in, where upstream gave one; all that follows from it belongs
    to that, or else to the one derived from its task's id.
    """

    source: str
    id: str
    correlation_id: str | None = None
    traceparent: str | None = None


class Confidence(Part):
    """How sure the model was, on 0..1, and where that was read.

    `absent`: the format or the record has none. `sentinel`: a number that stands for "not set", or
    is none that can be. `reason` says which of these, and `detail` the fact in a few words.
    Example: `absent`, `unfinished`, "finish_reason is abort".
    """

    status: Literal["ok", "absent", "sentinel"]
    value: Probability | None = None
    scale: str | None = None
    source_path: str | None = None
    reason: Doubt | None = None
    detail: str | None = None


class Scored(Part):
    """One label and what the model gave it."""

    label: str
    score: Probability


class ShownOutput(Part):
    """What an offer shows of a model output, and nothing that could lead people.

    That is `text`, `media`, `language`, `request` and, where people are asked about it, `answer`.
    The other fields are those of offers that were made before: they say what the model said.
    """

    format: str | None = None
    text: str | None = None
    labels: tuple[Scored, ...] = ()
    answer: ModelAnswer = None
    candidates: Annotated[tuple[Candidate, ...], Field(exclude_if=not_)] = ()
    media: Media | None = None
    confidence: Confidence | None = None
    model: str | None = None
    model_version: str | None = None
    language: str | None = None
    request: str | None = None


class Output(ShownOutput):
    """One model output in the canonical form every format is read into.

    `answer` is JSON as the kind of question has it; `candidates` are what is to be compared.
    `transcript_seconds` is a transcript's own length, for the gate alone: no pay follows from it.
    """

    format: str
    confidence: Confidence
    transcript_seconds: Annotated[float | None, Field(exclude_if=not_)] = None


class SkillNeed(Part):
    """A skill at a level or above."""

    skill: Name
    level_min: Level = 1


class Requirement(Part):
    """Who may answer: every skill at its level, every language, and a reliability.

    `reliability_min` is for the lower bound of a rating, `newcomer_share` for whoever is below it.
    Of so many who have been idle longest, `best_known_of`, the one with the best rating is asked.
    """

    skills: tuple[SkillNeed, ...] = ()
    languages: tuple[Name, ...] = ()
    reliability_min: Annotated[float, Field(gt=0, lt=1)] | None = None
    newcomer_share: Annotated[float, Field(gt=0, le=1)] | None = None
    best_known_of: Annotated[BestKnownOf | None, Field(exclude_if=not_)] = None

    def lane(self) -> str:
        """Return the lane: canonical text, the same for equal requirements."""
        skills = sorted(f"{need.skill}>={need.level_min}" for need in self.skills)
        lane = ",".join(skills) + "|" + ",".join(sorted(self.languages))
        if self.reliability_min is not None:
            lane += f"|reliability>={self.reliability_min},newcomers<{self.newcomer_share}"
        return f"{lane}|best of {self.best_known_of}" if self.best_known_of else lane


class Quote(Part):
    """What one answer earns, in minor units of an ISO 4217 currency with this many decimals.

    `units` says how the amount was computed, where the rate card pays by what is shown.
    """

    amount_minor: MinorUnits
    currency: Currency
    exponent: Annotated[int, Field(ge=0, le=4)]
    units: Units | None = None

    def __str__(self) -> str:
        """Return the amount for people: 25 minor units with the exponent 2 are `0.25 USD`."""
        return self._in_words(self.amount_minor)

    @property
    def by_units(self) -> str:
        """How the amount was computed, to stand behind it; nothing where it is for the answer.

        Example: ` (1.5 audio minutes × 0.40 USD, at least 0.10 USD)`.
        """
        if self.units is None:
            return ""
        rate, least = self.units.rate_minor, self.units.minimum_minor
        at_least = f", at least {self._in_words(least)}" if least else ""
        return f" ({self.units} × {self._in_words(rate)}{at_least})"

    def _in_words(self, minor: int) -> str:
        whole, part = divmod(minor, 10**self.exponent)
        number = f"{whole}.{part:0{self.exponent}d}" if self.exponent else str(whole)
        return f"{number} {self.currency}"

    def of_task(self, asked: Asked | None) -> "Quote":
        """Return the quote of one task: with its units and amount, where it is paid by these.

        Example: 90,000 ms at 40 minor units a minute make a quote of 60 minor units.
        """
        if asked is None or asked.units is None:
            return self
        amount = {"amount_minor": asked.units.amount_minor, "units": asked.units}
        return Quote.made({"currency": self.currency, "exponent": self.exponent, **amount})


class Answers(Part):
    """How many answers a task takes at least and at most."""

    min: Annotated[int, Field(ge=1, le=100)]
    max: Annotated[int, Field(ge=1, le=100)]


class Stopping(Part):
    """When to stop asking: at one of these, whichever the kind of question stops at.

    `confidence` is the probability of the verdict, `tolerance` half the width of its 90 % interval
    on the question's own scale, `word_error_max` the share of words expected to be wrong.
    """

    confidence: Annotated[float, Field(gt=0.5, le=0.9999)] | None = None
    tolerance: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    word_error_max: Annotated[float, Field(gt=0, lt=1)] | None = None

    def at(self, goal: Goal) -> float:
        """Return the number for this goal; ValueError where it is not set.

        Example: `Stopping(confidence=0.95).at("confidence")` is 0.95.
        """
        number: float | None = getattr(self, goal)
        if number is None:
            raise ValueError(f"stopping.{goal} is missing: the question stops at it")
        return number


class Times(Part):
    """How long a worker has to accept and then to answer, and until when the task makes sense."""

    accept_seconds: Annotated[int, Field(ge=1, le=86_400)]
    answer_seconds: Annotated[int, Field(ge=1, le=7 * 86_400)]
    deadline_at: Moment


class _OfQuestion(Part):
    """A piece that carries a question: on the wire under `options`, as before there were kinds."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)


class Policy(_OfQuestion):
    """The rules a task was made under and travels with; nothing changes them later."""

    task_type: Name
    question: str
    asks: AskedQuestion = Field(alias="options")
    """What is an answer; `question` is the text that people read."""
    requirement: Requirement
    answers: Answers
    stopping: Stopping
    times: Times
    quote: Quote
    catalog_digest: str
    draft_blind_share: Probability | None = None
    """Of the seats of its tasks, how many begin without the model's draft; None where all do."""
    then: Then | None = None
    worth_per_point: Annotated[int, Field(ge=1)] | None = None
    """The worth of being right in one more of 100 tasks, in the quote's minor units."""
    witness_blind_share: Probability | None = None
    """Of its tasks, how many are judged without the model's own answer; None where all are."""

    @property
    def goal(self) -> float:
        """The number at which asking stops; what it measures follows from the kind of question."""
        return self.stopping.at(goal_of(self.asks))

    @cached_property
    def lasting(self) -> str:
        """The rules without the deadline, as JSON: the same for all tasks of a type and catalog."""
        return self.model_dump_json(exclude={"times": {"deadline_at"}}, exclude_none=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with these changes, in which `lasting` is computed anew."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("lasting", None)
        return copied


class Gate(Part):
    """What the gate decided on, by which threshold, and what it says where it makes a promise.

    `clause` is the first of its lists and conditions that the output meets; where that alone sends
    it to people, the reason is `always_review` or `review_if`; `ask_always`: it was not asked.
    """

    reason: GateReason
    threshold: Probability
    audit_share: Probability
    clause: FiredClause | None = None
    promised: Annotated[Promised | None, Field(exclude_if=not_)] = None


class Why(Part):
    """Why this worker: what was required and among how many free and qualified they were chosen."""

    required: Requirement
    chosen_among: Annotated[int, Field(ge=1)]
    rule: Literal["longest_idle", "best_known", "next_in_lane"]


class Claims(_OfQuestion):
    """What an offer's token states; the router signs it, nobody can change it.

    `lane` is where its task waited, and where the worker's next one is looked for first. `drafted`
    is whether the worker began from the draft, `draft_digest` what that says; both may be absent.
    """

    pool: Id
    task_id: Id
    task_type: Name
    lane: str = ""
    assignment_id: Id
    worker_id: Id
    place: Annotated[int, Field(ge=0)]
    turn: Annotated[int, Field(ge=1)]
    quote: Quote
    asks: AskedQuestion = Field(alias="options")
    """As much of the question as an answer is checked against."""
    accept_by: Moment
    answer_by: Moment
    drafted: bool | None = None
    draft_digest: str | None = None

    @property
    def facts(self) -> AssignmentFacts:
        """The facts of the assignment that the token states."""
        return AssignmentFacts._make(getattr(self, name) for name in AssignmentFacts._fields)
