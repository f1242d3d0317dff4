"""What a catalog may say: skills, rate cards and task types, and the policy they add up to."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared.contracts.currencies import EXPONENTS
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import Name, Pool
from shared.contracts.events.parts import (
    Answers,
    Currency,
    Level,
    MinorUnits,
    Policy,
    Probability,
    Quote,
    Requirement,
    SkillNeed,
    Stopping,
    Times,
)

FormatName = Literal[
    "hf.text-classification",
    "openai.chat",
    "whisper.verbose_json",
    "sklearn.proba",
    "sentuh.output",
]
Prose = Annotated[str, StringConstraints(pattern=r"\S", max_length=2_000)]
Label = Annotated[str, StringConstraints(pattern=r"^[^\pC\s]([^\pC]*[^\pC\s])?$", max_length=100)]
"""One line of text without control characters or blanks around it."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RateCard(_Row):
    """What one answer earns, whatever it is: minor units (cents) of an ISO 4217 currency."""

    currency: Currency
    amount_minor: MinorUnits


class Option(_Row):
    """One possible answer: what workers read (`show`) and what the model calls it (`aliases`)."""

    label: Label
    show: Prose = ""
    aliases: Annotated[tuple[Label, ...], Field(strict=False)] = ()


class Needs(_Row):
    """Who may answer: every skill at its level or above, and every language."""

    skills: dict[Name, Level] = {}
    languages: tuple[Name, ...] = ()


class GateRule(_Row):
    """Which outputs people see: those below `threshold`, and `audit_share` of the others.

    `waived_answer` is what stands for an output that the gate lets through and whose own answer is
    no option, as where people are asked whether a text is good.
    """

    threshold: Probability
    audit_share: Probability
    waived_answer: Label | None = None


class TimeLimits(_Row):
    """Seconds to accept an offer, then to answer it, and from creation until nobody is asked."""

    accept_seconds: Annotated[int, Field(ge=1, le=86_400)]
    answer_seconds: Annotated[int, Field(ge=1, le=7 * 86_400)]
    task_seconds: Annotated[int, Field(ge=1, le=30 * 86_400)]


class AnswerRange(_Row, Answers):
    """How many answers a task takes at least and at most."""


class StoppingRule(_Row, Stopping):
    """The probability of the verdict at which nobody else is asked."""


def _option(given: object) -> object:
    return {"label": given} if isinstance(given, str) else given


class TaskType(_Row):
    """One question people are asked about a kind of model output, and all its rules.

    `accepts` are the formats of which outputs that name no task type come here; `shows` is what an
    output must bring along, or nobody could answer.
    """

    pool: Pool
    question: Prose
    options: Annotated[
        tuple[Annotated[Option, BeforeValidator(_option)], ...], Field(min_length=2, max_length=50)
    ]
    requirement: Needs = Needs()
    accepts: tuple[FormatName, ...] = ()
    shows: tuple[Literal["text", "request", "media"], ...] = ()
    gate: GateRule
    answers: AnswerRange
    stopping: StoppingRule
    times: TimeLimits
    rate_card: Name

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The options' labels, in the order people see them."""
        return tuple(option.label for option in self.options)

    @cached_property
    def _options_by_name(self) -> Mapping[str, str]:
        return {
            name: option.label
            for option in self.options
            for name in (option.label, *option.aliases)
        }

    def option_of(self, said: str | None) -> str | None:
        """The option a model means, by its label or an alias; None where it means none."""
        return self._options_by_name.get(said) if said is not None else None


class Catalog(_Row):
    """The whole file."""

    skills: dict[Name, Prose]
    rate_cards: Annotated[dict[Name, RateCard], Field(min_length=1)]
    task_types: Annotated[dict[Name, TaskType], Field(min_length=1)]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the catalog says, in hexadecimal: comments and layout do not count."""
        said = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(said.encode()).hexdigest()

    @cached_property
    def pools(self) -> frozenset[str]:
        """Every pool a task type draws on."""
        return frozenset(task_type.pool for task_type in self.task_types.values())

    @cached_property
    def _policies(self) -> dict[str, Policy]:
        return {}

    @cached_property
    def _by_format(self) -> Mapping[str, str]:
        return {
            accepted: name
            for name, task_type in self.task_types.items()
            for accepted in task_type.accepts
        }

    def task_type(self, name: str) -> TaskType:
        """A task type by name; raises Refused where there is none."""
        found = self.task_types.get(name)
        if found is not None:
            return found
        fix = "the output's task_type is not in the catalog: name one that is, or add it"
        raise Refused(Reason.UNKNOWN_TASK_TYPE, fix)

    def task_type_for(self, format_name: str) -> str:
        """The task type that takes outputs of a format that name none; raises Refused."""
        found = self._by_format.get(format_name)
        if found is not None:
            return found
        fix = "no task type accepts this format: name a task_type, or add it to one's `accepts`"
        raise Refused(Reason.UNKNOWN_TASK_TYPE, fix)

    def policy(self, name: str, now: datetime) -> Policy:
        """All rules for a task of this type made at `now`; raises Refused for no such type."""
        row = self.task_type(name)
        known = self._policies.get(name)
        if known is None:
            known = self._policies[name] = self._policy(name, row, now)
        return known.model_copy(update={"times": _times(row.times, now)})

    def _policy(self, name: str, row: TaskType, now: datetime) -> Policy:
        return Policy(
            task_type=name,
            question=row.question,
            options=row.labels,
            requirement=_requirement(row.requirement),
            answers=Answers(min=row.answers.min, max=row.answers.max),
            stopping=Stopping(confidence=row.stopping.confidence),
            times=_times(row.times, now),
            quote=_quote(self.rate_cards[row.rate_card]),
            catalog_digest=self.digest,
        )


def _requirement(needs: Needs) -> Requirement:
    skills = sorted(needs.skills.items())
    return Requirement(
        skills=tuple(SkillNeed(skill=skill, level_min=level) for skill, level in skills),
        languages=tuple(sorted(needs.languages)),
    )


def _times(limits: TimeLimits, now: datetime) -> Times:
    return Times(
        accept_seconds=limits.accept_seconds,
        answer_seconds=limits.answer_seconds,
        deadline_at=now + timedelta(seconds=limits.task_seconds),
    )


def _quote(card: RateCard) -> Quote:
    return Quote(
        amount_minor=card.amount_minor,
        currency=card.currency,
        exponent=EXPONENTS[card.currency],
    )
