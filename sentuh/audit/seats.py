"""Checks assignments: one per place at a time, within capacity, one answer per task and worker."""

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
    def taken_back_as_worker_left(self) -> bool:
        """Whether nothing ended it but its worker's leaving."""
        return bool(self.endings) and all(
            isinstance(ending, AssignmentWithdrawn) and ending.reason == "left"
            for ending in self.endings
        )

    @property
    def ended_at(self) -> datetime | None:
        """The time at which its place was free again; None while it is open.

        The journal may record the ending later, if Redis lost what was decided first.
        Example: answered at 10:00, expired in the journal at 10:05: 10:00.
        """
        return min((_freed(ending) for ending in self.endings), default=None)


def _freed(ending: Ending) -> datetime:
    if isinstance(ending, AssignmentAnswered):
        return ending.answered_at
    return ending.ended_at or ending.at


def seats(history: History) -> Mapping[str, AuditedSeat]:
    """Return every assignment by its id, with its offer and endings."""
    by_id: dict[str, AuditedSeat] = {}
    for offer in history.of(AssignmentOffered):
        by_id.setdefault(
            offer.event.assignment_id, AuditedSeat(offer.event.assignment_id)
        ).offered = offer.event
    for ending in _endings(history):
        seat = by_id.setdefault(ending.assignment_id, AuditedSeat(ending.assignment_id))
        if isinstance(ending, AssignmentAnswered) and ending.late:
            seat.late.append(ending)
        else:
            seat.endings.append(ending)
    _add_offers_made(history, by_id)
    return by_id


def _add_offers_made(history: History, by_id: Mapping[str, AuditedSeat]) -> None:
    """Take the offer sent to the worker for an ended assignment without an offer in the journal.

    Redis may be lost after the worker was sent the offer and before the journal records it.
    Example: answered, and only the topic `offers` has the offer: it counts as offered.
    """
    for made in history.of(OfferMade):
        claims = made.event.claims
        seat = by_id.get(claims.assignment_id)
        if seat is None or seat.offered is not None or not seat.endings:
            continue
        ending = seat.endings[0]
        if (ending.place, ending.turn) == (claims.place, claims.turn):
            seat.offered = _offer_of(made.event)


def _offer_of(made: OfferMade) -> AssignmentOffered:
    facts = made.claims.model_dump(exclude={"asks", "lane"})
    # How the worker was chosen is in no offer, and nothing here asks for it.
    why = {"required": made.why.required, "chosen_among": 1, "rule": "next_in_lane"}
    return AssignmentOffered.model_validate({**facts, "at": made.at, "why": why})


def _endings(history: History) -> Iterator[Ending]:
    yield from (published.event for published in history.of(AssignmentAnswered))
    yield from (published.event for published in history.of(AssignmentDeclined))
    yield from (published.event for published in history.of(AssignmentExpired))
    yield from (published.event for published in history.of(AssignmentWithdrawn))


def places_are_used_one_after_another(history: History) -> Iterator[Violation]:
    """Yield places held twice at once, and turns that are offered before the last one ended."""
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
    """Yield offers to workers who already held as many open assignments as their capacity."""
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
    """Yield workers with two answers to one task; the same answer late and on time is one."""
    for task_id, answers in history.by_task(AssignmentAnswered).items():
        by_worker: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for published in answers:
            by_worker[published.event.worker_id].add(
                (published.event.assignment_id, kept(published.event.answer))
            )
        for worker, pairs in by_worker.items():
            if len(pairs) > 1:
                ids = " ".join(sorted({assignment_id for assignment_id, _ in pairs}))
                yield Violation(f"{task_id} {worker} {ids}", f"{len(pairs)} answers to one task")


def no_more_is_counted_than_wanted(history: History) -> Iterator[Violation]:
    """Yield verdicts that count an answer or a worker twice, or more answers than wanted."""
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
    """Return the highest number of answers asked for; None for a task that is not kept."""
    task = history.tasks.get(verdict.task_id)
    if task is None:
        return None
    numbers = [task.answers_wanted.min]
    numbers += [
        published.event.wanted for published in history.by_task(TaskQueued).get(verdict.task_id, ())
    ]
    asked = history.by_task(ReviewRequested).get(verdict.task_id, ())
    numbers += [published.event.wanted for published in asked]
    return min(max(numbers), task.answers_wanted.max)


Held = tuple[AuditedSeat, AssignmentOffered]


def _held(history: History) -> Iterator[Held]:
    for seat in seats(history).values():
        if seat.offered is not None and not seat.displaced:
            yield seat, seat.offered


def _by_place(history: History) -> Mapping[tuple[str, str, int], list[Held]]:
    groups: dict[tuple[str, str, int], list[Held]] = defaultdict(list)
    for seat, offer in _held(history):
        groups[offer.pool, offer.worker_id, offer.place].append((seat, offer))
    for held in groups.values():
        held.sort(key=lambda one: (one[1].turn, one[1].at))
    return groups


def _by_worker(history: History) -> Mapping[tuple[str, str], list[Held]]:
    groups: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for seat, offer in _held(history):
        groups[offer.pool, offer.worker_id].append((seat, offer))
    for held in groups.values():
        held.sort(key=lambda one: (one[1].at, one[0].id))
    return groups


def _over(seat: AuditedSeat, at: datetime) -> bool:
    return seat.ended_at is not None and seat.ended_at <= at + SKEW
