"""A task as state holds it: its rules, its seats, and how far each assignment has come."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from services.router.state.content import NO_CONTENT, Content
from shared.contracts.events.assignment_facts import AssignmentFacts, assignment_id
from shared.contracts.events.parts import Policy, Quote, Requirement
from shared.contracts.question import NO_QUESTION, Question
from shared.contracts.questions import read_question
from shared.pattern.clock import EPOCH


class Stage(IntEnum):
    """Stage of an assignment, which only rises: of two endings the higher stands."""

    OFFERED = 1
    ACCEPTED = 2
    WITHDRAWN = 3
    DECLINED = 4
    EXPIRED = 5
    ANSWERED = 6


class Closing(IntEnum):
    """Why a task takes no more answers; of two reasons the higher stands."""

    EXHAUSTED = 1
    DEADLINE = 2
    VERDICT = 3


class Seat(NamedTuple):
    """A seat that a worker holds: until `accept_by`, or until `answer_by` once accepted."""

    facts: AssignmentFacts
    accepted: bool = False

    @property
    def lease_end(self) -> datetime:
        """The last moment that is on time."""
        return self.facts.answer_by if self.accepted else self.facts.accept_by


@dataclass(frozen=True, slots=True)
class Rules:
    """The part of a task's policy that many tasks share."""

    policy: str
    digest: str
    task_type: str
    question: str
    asks: Question
    requirement: Requirement
    lane: str
    accept_seconds: int
    answer_seconds: int
    answers_min: int
    answers_max: int
    quote: Quote

    @staticmethod
    def of(policy: Policy) -> "Rules":
        """Return the rules in a policy."""
        return parsed_rules(policy.lasting)

    def policy_until(self, deadline_at: datetime) -> Policy:
        """Return the whole policy again, with the deadline of one task."""
        policy = json.loads(self.policy)
        policy["times"]["deadline_at"] = deadline_at
        return Policy.model_validate(policy)


def lane_of(requirement: Requirement) -> str:
    """Return the lane of a requirement: equal requirements have equal lanes."""
    return hashlib.blake2b(requirement.lane().encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=1024)
def parsed_rules(policy: str) -> Rules:
    """Parse a policy's JSON without its deadline; tasks of one type share one object."""
    fields = json.loads(policy)
    requirement = Requirement.model_validate(fields["requirement"])
    return Rules(
        policy=policy,
        digest=hashlib.blake2b(policy.encode(), digest_size=16).hexdigest(),
        task_type=fields["task_type"],
        question=fields["question"],
        asks=read_question(fields["options"]),
        requirement=requirement,
        lane=lane_of(requirement),
        accept_seconds=fields["times"]["accept_seconds"],
        answer_seconds=fields["times"]["answer_seconds"],
        answers_min=fields["answers"]["min"],
        answers_max=fields["answers"]["max"],
        quote=Quote(**fields["quote"]),
    )


NO_RULES = Rules(
    policy="",
    digest="",
    task_type="",
    question="",
    asks=NO_QUESTION,
    requirement=Requirement(),
    lane="",
    accept_seconds=0,
    answer_seconds=0,
    answers_min=0,
    answers_max=0,
    quote=Quote(amount_minor=0, currency="ZZZ", exponent=0),
)
"""The rules of a task that is closed, or that was never queued."""


_NONE: Mapping[str, Any] = MappingProxyType({})


class Task(NamedTuple):
    """One task and all its assignments; a tuple, which is made faster than a class.

    `seats` (held now), `stages` (of every assignment) and `digests` (of answers) are by worker, who
    has at most one assignment of a task. `asked` is how many answers qa wants in all, `wanted` how
    many the task looks for. Rules, times and content are there while the task is open.
    Example: wanted 2, one seat held, one answer on time: no vacancy.
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

    @property
    def due_at(self) -> datetime:
        """When the first thing of the task is over: a seat's lease, or the task itself."""
        return min([self.deadline_at, *(seat.lease_end for seat in self.seats.values())])

    @property
    def open(self) -> bool:
        """Whether the task takes answers."""
        return not self.closed and self.rules is not NO_RULES

    @property
    def is_new(self) -> bool:
        """Whether the task was neither queued nor closed before."""
        return not self.closed and self.rules is NO_RULES

    def wanted_by(self, rules: Rules) -> int:
        """Return how many answers in all qa asks for by now, within what the rules allow."""
        return max(self.wanted, rules.answers_min, min(self.asked, rules.answers_max))

    @property
    def answers(self) -> tuple[str, ...]:
        """Assignments answered on time, sorted."""
        workers = (worker for worker, stage in self.stages.items() if stage == Stage.ANSWERED)
        return tuple(sorted(assignment_id(self.task_id, worker) for worker in workers))

    @property
    def vacancies(self) -> int:
        """Seats still to be offered: those wanted, less those answered on time or held."""
        if not self.open:
            return 0
        answered = sum(stage == Stage.ANSWERED for stage in self.stages.values())
        return max(0, self.wanted - answered - len(self.seats))

    def had_by(self, worker_id: str) -> bool:
        """Return whether this worker was ever offered the task."""
        return worker_id in self.stages

    def with_seat(self, seat: Seat) -> "Task":
        """Return the task as it is after this offer."""
        return self._replace(
            seats={**self.seats, seat.facts.worker_id: seat},
            stages={**self.stages, seat.facts.worker_id: Stage.OFFERED},
        )

    def without_seat(self, seat: Seat, stage: Stage) -> "Task":
        """Return the task as it is after this seat ended in this stage."""
        return self._replace(
            seats={who: held for who, held in self.seats.items() if who != seat.facts.worker_id},
            stages={**self.stages, seat.facts.worker_id: stage},
        )
