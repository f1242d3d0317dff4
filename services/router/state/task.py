"""A task as the router keeps it: its rules, who holds it, and each assignment's stage."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from services.router.state.content import NO_CONTENT, Content
from services.router.state.needs import TaskNeeds
from shared.contracts.events.assignment_facts import AssignmentFacts, assignment_id
from shared.contracts.events.parts import Policy, Quote, Requirement, Times
from shared.contracts.question import NO_QUESTION, Question
from shared.contracts.questions import read_question
from shared.pattern.clock import EPOCH


class Stage(IntEnum):
    """How far one assignment (a task offered to a worker) has come. It only rises.

    Of two stages in two events the higher number is kept, whichever event comes first. EXCLUDED
    stands where there is no assignment: the task is not for this worker.
    """

    EXCLUDED = 0
    OFFERED = 1
    ACCEPTED = 2
    WITHDRAWN = 3
    DECLINED = 4
    EXPIRED = 5
    ANSWERED = 6


class Closing(IntEnum):
    """Why a task takes no more answers. Of two reasons the one with the higher number is kept."""

    EXHAUSTED = 1
    DEADLINE = 2
    VERDICT = 3


class Seat(NamedTuple):
    """An offer that a worker holds: until `accept_by`, or until `answer_by` once accepted."""

    facts: AssignmentFacts
    accepted: bool = False

    @property
    def lease_end(self) -> datetime:
        """The last moment at which an acceptance (or, once accepted, an answer) is on time."""
        return self.facts.answer_by if self.accepted else self.facts.accept_by


@dataclass(frozen=True, slots=True)
class Rules:
    """The part of a task's policy that many tasks share: what is asked, of whom, and for how long.

    policy: the JSON it was parsed from. digest: its hash, by which tasks name it. needs: what it
    asks of a worker and of their app. lane: the name of the index that serves these. quote: the pay
    for an answer.
    Example: tasks of one type, under one catalog, have equal rules and differ in their deadlines.
    """

    policy: str
    digest: str
    task_type: str
    question: str
    asks: Question
    needs: TaskNeeds
    lane: str
    accept_seconds: int
    answer_seconds: int
    answers_min: int
    answers_max: int
    quote: Quote
    draft_blind_share: float | None = None

    @staticmethod
    def of(policy: Policy) -> "Rules":
        """Return the rules that a policy contains: all of it but the task's deadline."""
        return parsed_rules(policy.lasting)

    def policy_until(self, deadline_at: datetime) -> Policy:
        """Return the whole policy of one task: these rules with the task's deadline."""
        policy = _policy(self.policy)
        times = {**policy.times.__dict__, "deadline_at": deadline_at}
        return Policy.made({**policy.__dict__, "times": Times.made(times)})


@lru_cache(maxsize=1024)
def _policy(lasting: str) -> Policy:
    """Return the policy of which these are the rules, with a deadline that is to be replaced."""
    fields = json.loads(lasting)
    fields["times"]["deadline_at"] = _NO_DEADLINE
    return Policy.model_validate(fields)


@lru_cache(maxsize=1024)
def parsed_rules(policy: str) -> Rules:
    """Parse rules from a policy's JSON without a deadline; equal texts give one cached object."""
    fields = json.loads(policy)
    asks = read_question(fields["options"])
    needs = TaskNeeds(Requirement.model_validate(fields["requirement"]), asks.kind)
    return Rules(
        policy=policy,
        digest=hashlib.blake2b(policy.encode(), digest_size=16).hexdigest(),
        task_type=fields["task_type"],
        question=fields["question"],
        asks=asks,
        needs=needs,
        lane=needs.lane,
        accept_seconds=fields["times"]["accept_seconds"],
        answer_seconds=fields["times"]["answer_seconds"],
        answers_min=fields["answers"]["min"],
        answers_max=fields["answers"]["max"],
        quote=Quote(**fields["quote"]),
        draft_blind_share=fields.get("draft_blind_share"),
    )


NO_RULES = Rules(
    policy="",
    digest="",
    task_type="",
    question="",
    asks=NO_QUESTION,
    needs=TaskNeeds(Requirement()),
    lane="",
    accept_seconds=0,
    answer_seconds=0,
    answers_min=0,
    answers_max=0,
    quote=Quote(amount_minor=0, currency="ZZZ", exponent=0),
)
"""Stands for the rules of a task that is closed, or that was never queued."""


_NONE: Mapping[str, Any] = MappingProxyType({})
_NO_DEADLINE = datetime(2000, 1, 1, tzinfo=UTC)


class Task(NamedTuple):
    """One task and all its assignments (offers of it to workers), as loaded from Redis.

    wanted: answers that the task looks for. asked: answers that the service qa asks for in all; it
    may be known before the task is. seats: the offers held now. stages: how far each assignment has
    come, ended ones too. digests: of the answers. All three are by worker id, since a worker gets a
    task once at most. only: the workers whom the task is for, or none if it is for all. Rules,
    times and content are empty once the task is closed. It is a NamedTuple because that is created
    faster than a dataclass.
    Example: wanted 2, one offer held, one answer on time: no vacancy.
    """

    pool: str
    task_id: str
    revision: str = "0"
    wanted: int = 0
    asked: int = 0
    closed: bool = False
    rules: Rules = NO_RULES
    created_at: datetime = EPOCH
    deadline_at: datetime = EPOCH
    trace: str | None = None
    unroutable: bool = False
    seats: Mapping[str, Seat] = _NONE
    stages: Mapping[str, int] = _NONE
    digests: Mapping[str, str] = _NONE
    content: Content = NO_CONTENT
    only: tuple[str, ...] = ()

    @property
    def due_at(self) -> datetime:
        """The earliest of the task's deadline and the deadlines of the workers who hold it."""
        return min([self.deadline_at, *[seat.lease_end for seat in self.seats.values()]])

    @property
    def open(self) -> bool:
        """Whether the task was queued and takes answers still."""
        return not self.closed and self.rules is not NO_RULES

    @property
    def is_new(self) -> bool:
        """Whether the task was neither queued nor closed before."""
        return not self.closed and self.rules is NO_RULES

    def wanted_by(self, rules: Rules) -> int:
        """Return how many answers the task should look for under these rules.

        It is `answers_min`, or the number that qa asked for if that is higher, up to `answers_max`;
        a number that is wanted already never falls. A task for certain people only wants an answer
        of each, as many as `answers_max` allows.
        Example: `answers_min` 2, `answers_max` 5, asked 3: 3.
        """
        if self.only:
            return max(self.wanted, min(len(self.only), rules.answers_max))
        return max(self.wanted, rules.answers_min, min(self.asked, rules.answers_max))

    @property
    def answers(self) -> tuple[str, ...]:
        """Ids of the assignments that were answered on time, sorted."""
        workers = (worker for worker, stage in self.stages.items() if stage == Stage.ANSWERED)
        return tuple(sorted(assignment_id(self.task_id, worker) for worker in workers))

    @property
    def vacancies(self) -> int:
        """Workers to offer the task to now: `wanted`, less the answers on time and the offers held.

        0 if the task is not open.
        """
        if not self.open:
            return 0
        answered = list(self.stages.values()).count(Stage.ANSWERED)
        return max(0, self.wanted - answered - len(self.seats))

    def had_by(self, worker_id: str) -> bool:
        """Return whether this worker was ever offered the task, or it is not for them."""
        return worker_id in self.stages

    def is_for(self, worker_id: str) -> bool:
        """Return whether this worker may be asked at all, as far as the task names certain people.

        Whom it leaves out is among those who had it.
        """
        return not self.only or worker_id in self.only

    def with_seat(self, seat: Seat) -> "Task":
        """Return a copy of the task with this offer (`seat`), which its worker now holds."""
        worker_id = seat.facts.worker_id
        return self._with(
            {**self.seats, worker_id: seat}, {**self.stages, worker_id: Stage.OFFERED}
        )

    def without_seat(self, seat: Seat, stage: Stage) -> "Task":
        """Return a copy of the task in which this offer (`seat`) has ended in this stage."""
        worker_id = seat.facts.worker_id
        seats = {**self.seats}
        seats.pop(worker_id, None)
        return self._with(seats, {**self.stages, worker_id: stage})

    def _with(self, seats: Mapping[str, Seat], stages: Mapping[str, int]) -> "Task":
        """Return a copy with other offers and stages; `_replace` takes several times as long."""
        return Task._make((*self[:_SEATS], seats, stages, *self[_SEATS + 2 :]))


_SEATS = Task._fields.index("seats")
