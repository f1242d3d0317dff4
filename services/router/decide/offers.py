"""Builds the events about an offer: when it is made, and when it is taken back."""

from datetime import datetime, timedelta
from typing import TypeVar

from services.router.decide import shown
from services.router.state import Seat, Task
from services.router.state.rating import OPEN, LetIn
from shared.contracts.events.assignment_facts import AssignmentFacts
from shared.contracts.events.assignments import AssignmentOffered, AssignmentWithdrawn
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade, OfferWithdrawn, ShownWhy
from shared.contracts.events.parts import Claims, Why

E = TypeVar("E", bound=Event)


def event_about(kind: type[E], facts: AssignmentFacts, at: datetime, **more: object) -> E:
    """Return an event of this class about an assignment (one offer of a task to one worker).

    Each such event repeats the assignment's `facts` (who, which task, until when); `more` are the
    further fields of the event.
    Example: `event_about(AssignmentExpired, seat.facts, now, ended_at=seat.lease_end)`.
    """
    return kind.made({"at": at, **facts.fields(), **more})


def vacant_seat(task: Task, worker_id: str, *, place: tuple[int, int], now: datetime) -> Seat:
    """Return a new offer of the task to this worker, with its deadlines to accept and to answer.

    `place` is the number of a unit of the worker's capacity, and of the assignment in it.
    Example: `place=(1, 4)` is the fourth assignment in the unit with number 1.
    """
    accept_by = now + timedelta(seconds=task.rules.accept_seconds)
    facts = AssignmentFacts(
        pool=task.pool,
        task_id=task.task_id,
        task_type=task.rules.task_type,
        worker_id=worker_id,
        place=place[0],
        turn=place[1],
        accept_by=accept_by,
        answer_by=accept_by + timedelta(seconds=task.rules.answer_seconds),
    )
    return Seat(facts)


def offer_events(
    task: Task, seat: Seat, *, why: Why, at: datetime, let_in: LetIn = OPEN
) -> tuple[Event, Event]:
    """Return the offer to the worker (its token is signed later) and the journal's event about it.

    `why` explains how the worker was chosen, and `let_in` by which rating, where the task asks for
    one. Both are in the journal: the offer says what was required alone.
    """
    rules, asked, facts = task.rules, task.content.asked, seat.facts.fields()
    own = seat.facts.assignment_id
    drafted = shown.begins_from_draft(rules, asked, own)
    terms = {**facts, "quote": rules.quote.of_task(asked), "drafted": drafted}
    asks = rules.asks.about(asked)
    digest = None
    if asked is not None and drafted is not None:
        digest = shown.digest_of_answer(asks, asked.draft)
    offer = OfferMade.made(
        {
            "pool": task.pool,
            "at": at,
            "claims": Claims.made(
                {**terms, "lane": rules.lane, "asks": asks, "draft_digest": digest}
            ),
            "question": rules.question,
            "output": shown.output_shown(task.content.output, rules, asked, drafted=drafted),
            "asked": shown.asked_shown(asked, own, drafted=drafted),
            "why": ShownWhy.made({"required": why.required}),
            "search": True if asks.searched else None,
        }
    )
    rated = {"rating": let_in.rating, "explored": let_in.explored}
    return offer, AssignmentOffered.made({"at": at, **terms, "why": why, **rated})


def withdrawal_events(
    seat: Seat, *, reason: str, over_at: datetime, at: datetime
) -> tuple[Event, Event]:
    """Return the notice to the worker whose offer is taken back, and the journal's event about it.

    `over_at` is when the reason arose, which may be before it was announced (`at`).
    Example: the verdict was reached at 12:00:00, and the offer is taken back at 12:00:02.
    """
    facts = seat.facts
    notice = OfferWithdrawn.made(
        {
            "pool": facts.pool,
            "at": at,
            "task_id": facts.task_id,
            "assignment_id": facts.assignment_id,
            "worker_id": facts.worker_id,
            "reason": reason,
        }
    )
    return notice, event_about(AssignmentWithdrawn, facts, at, reason=reason, ended_at=over_at)
