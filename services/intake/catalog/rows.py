"""What a catalog may say: skills, rate cards and task types, and the policy they add up to."""

import hashlib
import json
import operator
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import (
    BaseModel,
    Field,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    create_model,
    model_serializer,
)

from services.intake.catalog.drafts import Drafting, blind_share_of
from services.intake.catalog.fields import is_absent
from services.intake.catalog.format_names import FormatName
from services.intake.catalog.gate_rules import GateRule
from services.intake.catalog.golds import Measuring
from services.intake.catalog.label_maps import LabelMap, ModelKey
from services.intake.catalog.rate_cards import RateCard, quote_of
from services.intake.catalog.redacting import PHONE_REGIONS, PhoneRegion, is_default
from services.intake.catalog.witnessing import Witnessing, witness_share_of
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import Name, Pool
from shared.contracts.events.parts import (
    Answers,
    Level,
    Policy,
    Requirement,
    SkillNeed,
    Stopping,
    Times,
)
from shared.contracts.events.ratings import BestKnownOf
from shared.contracts.events.redacted import RedactedKind
from shared.contracts.events.then import Then
from shared.contracts.languages import LanguageTag, canonical
from shared.contracts.question import Answer, CatalogPart, Kind, Prose, QuestionRow
from shared.contracts.questions import KIND_IF_NONE_IS_NAMED, KINDS

NEWCOMER_SHARE = 0.1
"""Unless a task type says otherwise, this share of its tasks may go to each newcomer."""


class Needs(CatalogPart):
    """Who may answer: every skill at its level or above, every language, and how reliable they are.

    `reliability_min` is for the lower bound of a worker's rating on this task type; of its tasks
    `newcomer_share` may go to each worker who is below it or hardly known. Of so many free people
    who have been idle longest, `best_known_of`, the one with the best rating is asked, but for
    `newcomer_share` of the tasks.
    """

    skills: dict[Name, Level] = Field(default_factory=dict)
    languages: tuple[LanguageTag, ...] = ()
    reliability_min: Annotated[float | None, Field(gt=0, lt=1, exclude_if=is_absent)] = None
    newcomer_share: Annotated[float | None, Field(gt=0, le=1, exclude_if=is_absent)] = None
    best_known_of: Annotated[BestKnownOf | None, Field(exclude_if=is_absent)] = None

    @property
    def looks_at_ratings(self) -> bool:
        """Whether who is asked depends on how reliable people have shown to be."""
        return self.reliability_min is not None or self.best_known_of is not None


class TimeLimits(CatalogPart):
    """Seconds to accept an offer, then to answer it, and from creation until nobody is asked."""

    accept_seconds: Annotated[int, Field(ge=1, le=86_400)]
    answer_seconds: Annotated[int, Field(ge=1, le=7 * 86_400)]
    task_seconds: Annotated[int, Field(ge=1, le=30 * 86_400)]

    @cached_property
    def until_deadline(self) -> timedelta:
        """The time from a task's creation to its deadline."""
        return timedelta(seconds=self.task_seconds)


class AnswerRange(CatalogPart, Answers):
    """How many answers a task takes at least and at most."""


class StoppingRule(CatalogPart, Stopping):
    """The number at which nobody else is asked: the one that the kind of question stops at."""

    @model_serializer(mode="wrap")
    def _without_absent(self, written: SerializerFunctionWrapHandler) -> dict[str, float]:
        """Leave out what is not set: the catalog's digest is as it was with one number alone."""
        fields: dict[str, float | None] = written(self)
        return {name: number for name, number in fields.items() if number is not None}


class TaskType(QuestionRow, Measuring):
    """One question people are asked about some model outputs, and all its rules.

    The kind of the question adds the fields that say what may be answered. `accepts` are formats
    of outputs that name no task type; `shows` is what an output must bring along, or nobody could
    answer; `redact` is what is taken out of it before. Example: see `deploy/catalog.yaml`.
    """

    if TYPE_CHECKING:
        kind: str

    pool: Pool
    question: Prose
    requirement: Needs = Needs()
    accepts: tuple[FormatName, ...] = ()
    shows: tuple[Literal["text", "request", "media"], ...] = ()
    redact: Annotated[tuple[RedactedKind, ...], Field(exclude_if=operator.not_)] = ()
    phone_regions: Annotated[
        tuple[PhoneRegion, ...], Field(min_length=1, exclude_if=is_default)
    ] = PHONE_REGIONS
    gate: GateRule | None = None
    answers: AnswerRange
    stopping: StoppingRule
    times: TimeLimits
    rate_card: Name

    @property
    def waived_answer(self) -> Answer:
        """Final answer for a waived output that contains none itself; None if not configured."""
        answer: Answer = None if self.gate is None else self.gate.waived_answer
        return answer


def _row_of(kind: Kind) -> type[TaskType]:
    """Return the model class for task types of one kind of question: common fields and its own.

    The kind that is meant where a row names none is left out of the catalog's digest, which stays
    as it was before there were other kinds.
    Example: the class for questions with options has a field `options`.
    """
    alone = kind.name == KIND_IF_NONE_IS_NAMED
    named = Field(kind.name, exclude=True) if alone else Field()
    waived: Any = (kind.waived_answer | None, None)
    gate = create_model("GateRule", __base__=GateRule, waived_answer=waived)
    fields: dict[str, Any] = {
        "kind": (Literal[kind.name], named),
        "gate": (gate, None),  # `checks` reports a missing one: a second stage has none
    }
    own: list[Any] = [Drafting] * kind.drafts + [Witnessing] * kind.witness
    bases: Any = (kind.row, *own, TaskType)
    return cast("type[TaskType]", create_model("TaskType", __base__=bases, **fields))


ROWS: Mapping[str, type[TaskType]] = {name: _row_of(kind) for name, kind in KINDS.items()}
"""The model class of a catalog's task types, by kind of question."""


class _AnyKind(BaseModel):
    kind: Literal[tuple(KINDS)] = KIND_IF_NONE_IS_NAMED  # type: ignore[valid-type]


def row_type(row: object) -> type[TaskType]:
    """Return the model class for a task type's row; raises ValidationError for an unknown kind."""
    named = _AnyKind.model_validate(row).kind if isinstance(row, dict) else KIND_IF_NONE_IS_NAMED
    return ROWS[named]


def _of_its_kind(row: object, _: ValidatorFunctionWrapHandler) -> TaskType:
    # JSON again, since a strict model takes a list for a tuple only there.
    return row_type(row).model_validate_json(json.dumps(row))


class Catalog(CatalogPart):
    """The whole file."""

    skills: dict[Name, Prose]
    rate_cards: Annotated[dict[Name, RateCard], Field(min_length=1)]
    models: Annotated[dict[ModelKey, LabelMap], Field(exclude_if=operator.not_)] = Field(
        default_factory=dict
    )
    task_types: Annotated[
        dict[Name, Annotated[SerializeAsAny[TaskType], WrapValidator(_of_its_kind)]],
        Field(min_length=1),
    ]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the catalog's content, in hex; comments and layout make no difference."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    @cached_property
    def pools(self) -> frozenset[str]:
        """The pools (groups of workers) that the catalog's task types use."""
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
        """Return the task type of this name; raises Refused if there is none."""
        if name not in self.task_types:
            fix = "task_type: it is not in the catalog: name one that is, or add it"
            raise Refused(Reason.UNKNOWN_TASK_TYPE, fix)
        return self.task_types[name]

    def task_type_for(self, format_name: str) -> str:
        """Return the name of the task type for outputs in this format that name none themselves.

        Raises Refused if no task type accepts the format.
        """
        name = self._by_format.get(format_name)
        if name is not None:
            return name
        fix = "format: no task type accepts it: name a task_type, or add it to one's `accepts`"
        raise Refused(Reason.UNKNOWN_TASK_TYPE, fix)

    def policy(self, name: str, now: datetime) -> Policy:
        """Return the rules for a task of this type created at `now`; raises Refused if unknown."""
        row = self.task_type(name)
        policy = self._policies.get(name)
        if policy is None:
            policy = self._policies[name] = self._policy(name, row, now)
        until = {"deadline_at": now + row.times.until_deadline}
        return policy.with_values({"times": policy.times.with_values(until)})

    def _policy(self, name: str, row: TaskType, now: datetime) -> Policy:
        return Policy(
            task_type=name,
            question=row.question,
            asks=row.asks(),
            requirement=_requirement(row.requirement),
            answers=Answers(min=row.answers.min, max=row.answers.max),
            stopping=Stopping.model_validate(row.stopping.model_dump()),
            times=_times(row.times, now),
            quote=quote_of(self.rate_cards[row.rate_card]),
            catalog_digest=self.digest,
            then=self._then(row),
            draft_blind_share=blind_share_of(row),
            worth_per_point=row.worth(),
            witness_blind_share=witness_share_of(row),
        )

    def _then(self, row: TaskType) -> Then | None:
        name = row.second_stage()
        if name is None:
            return None
        return Then(task_type=name, task_seconds=self.task_type(name).times.task_seconds)


def _requirement(needs: Needs) -> Requirement:
    skills = sorted(needs.skills.items())
    share = NEWCOMER_SHARE if needs.newcomer_share is None else needs.newcomer_share
    return Requirement(
        skills=tuple(SkillNeed(skill=skill, level_min=level) for skill, level in skills),
        languages=tuple(sorted({canonical(tag) for tag in needs.languages})),
        reliability_min=needs.reliability_min,
        newcomer_share=share if needs.looks_at_ratings else None,
        best_known_of=needs.best_known_of,
    )


def _times(limits: TimeLimits, now: datetime) -> Times:
    return Times.made(
        {
            "accept_seconds": limits.accept_seconds,
            "answer_seconds": limits.answer_seconds,
            "deadline_at": now + limits.until_deadline,
        }
    )
