"""Assignments: one use of a place at a time, one ending each, one answer per worker and task."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from sentuh.audit.people import Profiles
from sentuh.audit.report import Violation
from sentuh.history.collect import History
from shared.contracts.events.assignments import (
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentWithdrawn,
    TaskQueued,
)
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.contracts.question import kept
from shared.contracts.topics import ASSIGNMENTS

Ending = AssignmentAnswered | AssignmentDeclined | AssignmentExpired | AssignmentWithdrawn
SKEW = timedelta(seconds=0.25)
"""How far apart the clocks of two processes may be."""


@dataclass(slots=True)
class AuditedSeat:
    """One assignment: its offer and whatever ended it. `late` answers stand outside the ending."""

    id: str
    offered: AssignmentOffered | None = None
    endings: list[Ending] = field(default_factory=list)
    late: list[AssignmentAnswered] = field(default_factory=list)

    @property
    def displaced(self) -> bool:
        """Whether it was taken back because another holds its place: it never counted."""
        return any(
            isinstance(ending, AssignmentWithdrawn) and ending.reason == "displaced"
            for ending in self.endings
        )

    @property
    def ended_at(self) -> datetime | None:
        """When its place was free again; None while it is open. That is when the seat was over
        in fact: the journal may say so later, where what was decided first was lost with Redis.
        """
        return min((_freed(ending) for ending in self.endings), default=None)


def _freed(ending: Ending) -> datetime:
    if isinstance(ending, AssignmentAnswered):
        return ending.answered_at
    return ending.ended_at or ending.at


def seats(history: History) -> Mapping[str, AuditedSeat]:
    """Every assignment by its id."""
    found: dict[str, AuditedSeat] = {}
    for offer in history.of(AssignmentOffered):
        found.setdefault(
            offer.event.assignment_id, AuditedSeat(offer.event.assignment_id)
        ).offered = offer.event
    for ending in _endings(history):
        seat = found.setdefault(ending.assignment_id, AuditedSeat(ending.assignment_id))
        if isinstance(ending, AssignmentAnswered) and ending.late:
            seat.late.append(ending)
        else:
            seat.endings.append(ending)
    _told_only(history, found)
    return found


def _told_only(history: History, found: Mapping[str, AuditedSeat]) -> None:
    """A seat that ended was offered: where Redis was lost before the journal could say so, the
    letter to the worker stands for it.
    """
    for made in history.of(OfferMade):
        claims = made.event.claims
        seat = found.get(claims.assignment_id)
        if seat is None or seat.offered is not None or not seat.endings:
            continue
        ending = seat.endings[0]
        if (ending.place, ending.turn) == (claims.place, claims.turn):
            seat.offered = _offer_of(made.event)


def _offer_of(made: OfferMade) -> AssignmentOffered:
    facts = made.claims.model_dump(exclude={"asks", "lane"})
    return AssignmentOffered.model_validate({**facts, "at": made.at, "why": made.why})


def _endings(history: History) -> Iterator[Ending]:
    yield from (seen.event for seen in history.of(AssignmentAnswered))
    yield from (seen.event for seen in history.of(AssignmentDeclined))
    yield from (seen.event for seen in history.of(AssignmentExpired))
    yield from (seen.event for seen in history.of(AssignmentWithdrawn))


def places_are_used_one_after_another(history: History) -> Iterator[Violation]:
    """(worker, place, turn) is unique; turn n+1 is offered only after turn n ended."""
    for held in _by_place(history).values():
        for (earlier, before), (later, offer) in pairwise(held):
            subject = f"{before.worker_id} {earlier.id} {later.id}"
            where = f"place {offer.place}"
            if offer.turn == before.turn:
                yield Violation(subject, f"both hold {where}, turn {offer.turn}")
            elif offer.turn > before.turn + 1 and history.whole(ASSIGNMENTS.name):
                yield Violation(subject, f"{where}: turn {before.turn + 1} is nowhere")
            elif earlier.ended_at is None:
                detail = f"{where}: turn {offer.turn} offered, turn {before.turn} has not ended"
                yield Violation(subject, detail, open=True)
            elif earlier.ended_at > offer.at + SKEW:
                detail = f"{where}: turn {offer.turn} offered before turn {before.turn} ended"
                yield Violation(subject, detail)


def capacity_is_kept(history: History) -> Iterator[Violation]:
    """No offer is made to a worker who has as many open assignments as their capacity."""
    profiles = Profiles(history)
    for held in _by_worker(history).values():
        unended: list[AuditedSeat] = []
        for seat, offer in held:
            unended = [other for other in unended if not _over(other, offer.at)] + [seat]
            capacity = profiles.capacity(offer.worker_id, offer.at)
            if capacity is not None and len(unended) > capacity:
                ids = " ".join(other.id for other in unended)
                detail = f"{len(unended)} open assignments, capacity {capacity}"
                waiting = any(other.ended_at is None for other in unended[:-1])
                yield Violation(f"{offer.worker_id} {ids}", detail, open=waiting)


def nobody_answers_twice(history: History) -> Iterator[Violation]:
    """One answer per worker and task; the same one, once late and once on time, is one."""
    for task_id, answers in history.by_task(AssignmentAnswered).items():
        given: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for seen in answers:
            given[seen.event.worker_id].add((seen.event.assignment_id, kept(seen.event.answer)))
        for worker, said in given.items():
            if len(said) > 1:
                ids = " ".join(sorted({assignment_id for assignment_id, _ in said}))
                yield Violation(f"{task_id} {worker} {ids}", f"{len(said)} answers to one task")


def no_more_is_counted_than_wanted(history: History) -> Iterator[Violation]:
    """A verdict counts each answer and each worker once, and no more than were wanted."""
    for task_id, verdict in history.verdicts.items():
        counted = [vote for vote in verdict.votes if vote.standing == "counted"]
        for name in ("assignment_id", "worker_id"):
            ids = [str(getattr(vote, name)) for vote in counted]
            twice = sorted({one for one in ids if ids.count(one) > 1})
            if twice:
                yield Violation(f"{task_id} {' '.join(twice)}", f"{name} counted twice")
                break
        else:
            wanted = _wanted(history, verdict)
            if wanted is not None and len(counted) > wanted:
                yield Violation(task_id, f"{len(counted)} answers counted, {wanted} wanted")


def _wanted(history: History, verdict: VerdictReached) -> int | None:
    """The highest number of answers anybody asked for; None for a task we do not know."""
    task = history.tasks.get(verdict.task_id)
    if task is None:
        return None
    said = [task.policy.answers.min]
    said += [seen.event.wanted for seen in history.by_task(TaskQueued).get(verdict.task_id, ())]
    asked = history.by_task(ReviewRequested).get(verdict.task_id, ())
    said += [seen.event.wanted for seen in asked]
    return min(max(said), task.policy.answers.max)


Held = tuple[AuditedSeat, AssignmentOffered]


def _held(history: History) -> Iterator[Held]:
    for seat in seats(history).values():
        if seat.offered is not None and not seat.displaced:
            yield seat, seat.offered


def _by_place(history: History) -> Mapping[tuple[str, str, int], list[Held]]:
    found: dict[tuple[str, str, int], list[Held]] = defaultdict(list)
    for seat, offer in _held(history):
        found[offer.pool, offer.worker_id, offer.place].append((seat, offer))
    for held in found.values():
        held.sort(key=lambda one: (one[1].turn, one[1].at))
    return found


def _by_worker(history: History) -> Mapping[tuple[str, str], list[Held]]:
    found: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for seat, offer in _held(history):
        found[offer.pool, offer.worker_id].append((seat, offer))
    for held in found.values():
        held.sort(key=lambda one: (one[1].at, one[0].id))
    return found


def _over(seat: AuditedSeat, at: datetime) -> bool:
    return seat.ended_at is not None and seat.ended_at <= at + SKEW
