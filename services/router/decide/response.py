"""Decides on a worker's response to an offer: accepted, declined or answered.

A response that comes after the offer's deadline does not make the offer expire: the router's own
timer event does.
"""

from datetime import datetime

from services.router import keys
from services.router.decide.matching import seek_tasks
from services.router.decide.offers import event_about
from services.router.decide.plan import Plan
from services.router.decide.relied_facts import ReliedFacts
from services.router.decide.shown import digest_of_answer
from services.router.state import Response, Seat, SeatAndWorker, Stage, Task
from services.router.tokens import keyed
from shared.contracts.errors import Reason
from shared.contracts.events.assignment_facts import AssignmentFacts
from shared.contracts.events.assignments import (
    AssignmentAccepted,
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentWithdrawn,
)
from shared.contracts.events.parts import Claims
from shared.contracts.events.responses import OfferAnswered, OfferDeclined
from shared.contracts.question import Answer, Question
from shared.pattern.service import Decision
from shared.state.changes import absent


def accept_seat(response: Response, task: Task, now: datetime) -> Decision:
    """Return the decision that extends an accepted offer to `answer_by`.

    Nothing is done if the offer was accepted before, has run out or has ended.
    """
    seat = task.seats.get(response.claims.worker_id)
    if seat is None or seat.accepted or _after(response, seat):
        return Decision.done()
    plan = Plan(now, ReliedFacts(own=response.claims.task_id))
    plan.say(event_about(AssignmentAccepted, seat.facts, now))
    plan.watch(task.with_seat(seat._replace(accepted=True)))
    return plan.decision()


def decline_seat(response: Response, state: SeatAndWorker, now: datetime) -> Decision:
    """Return the decision that ends a declined offer and offers the worker their next tasks.

    The task waits for another worker again, whatever reason was given. Nothing is done if the offer
    has run out or has ended.
    """
    seat = state.task.seats.get(response.claims.worker_id)
    if seat is None or _after(response, seat):
        return Decision.done()
    plan = Plan(now, ReliedFacts(own=response.claims.task_id))
    plan.say(_declined(response, seat.facts, now))
    task = state.task.without_seat(seat, Stage.DECLINED)
    plan.list_task(task)
    plan.watch(task)
    _serve_next(plan, seat, state)
    return plan.decision()


def take_answer(response: Response, state: SeatAndWorker, now: datetime) -> Decision:
    """Return the decision that records an answer: on time it ends the offer, later it is late.

    The same answer sent twice is recorded once. Another answer to the same offer, an answer after
    the worker declined, and one that does not fit the question are refused: the decision sends the
    record to the dead letters. After one that does not fit, the offer stands for a mended one.
    Example: an answer 10 s after `answer_by` is announced with `late`, paid, and never counted.
    """
    worker = response.claims.worker_id
    first_digest = state.task.digests.get(worker, state.late_digest)
    if first_digest == response.digest:
        return Decision.done()
    if first_digest is not None:
        detail = (
            "answer: this offer had another before, which stands: send the same bytes, or leave it"
        )
        return Decision.refuse(Reason.ID_REUSE, detail)
    if state.task.stages.get(worker) == Stage.DECLINED:
        detail = "token: the worker declined its offer before: answer another"
        return Decision.refuse(Reason.ASSIGNMENT_ENDED, detail)
    asks = _question(response, state.task)
    problem = _problem(response, asks)
    if problem is not None:
        return Decision.refuse(Reason.BAD_ANSWER, f"answer: {problem}")
    seat = state.task.seats.get(worker)
    if seat is None or _after(response, seat):
        return _keep_late(response, state.task, asks=asks, now=now)
    plan = Plan(now, ReliedFacts(own=response.claims.task_id))
    plan.say(_answered(response, seat.facts, asks=asks, now=now, late=False))
    plan.watch(state.task.without_seat(seat, Stage.ANSWERED))
    _serve_next(plan, seat, state)
    return plan.decision()


def _declined(response: Response, facts: AssignmentFacts, now: datetime) -> AssignmentDeclined:
    why: dict[str, object] = {}
    if isinstance(response.event, OfferDeclined):
        why = {"reason": response.event.reason, "note": response.event.note}
    return event_about(AssignmentDeclined, facts, now, ended_at=response.appended_at, **why)


def _after(response: Response, seat: Seat) -> bool:
    """Whether a response came after its deadline, in the token or in the stored offer if later."""
    claims = response.claims
    promised = claims.answer_by if seat.accepted else claims.accept_by
    return response.appended_at > max(promised, seat.lease_end)


def _keep_late(response: Response, task: Task, *, asks: Question, now: datetime) -> Decision:
    """Return the decision that records a late answer, which is paid and never counted.

    If the state holds nothing of the assignment (Redis lost it), the assignment is announced as
    withdrawn too, with reason `displaced`: so this worker never gets the task a second time, even
    if the task is lost too and is queued again later.
    Example: Redis was emptied, and the answer comes before its task is queued again.
    """
    claims = response.claims
    plan = Plan(now, ReliedFacts(own=claims.task_id))
    plan.relies.add(absent(keys.late(claims.pool, claims.assignment_id)))
    plan.say(_answered(response, claims.facts, asks=asks, now=now, late=True))
    if not task.closed and not task.had_by(claims.worker_id):
        displaced = event_about(
            AssignmentWithdrawn,
            claims.facts,
            now,
            reason="displaced",
            assignment_id=claims.assignment_id,
        )
        plan.say(displaced)
    return plan.decision()


def _answered(
    response: Response, facts: AssignmentFacts, *, asks: Question, now: datetime, late: bool
) -> AssignmentAnswered:
    claims, answer = response.claims, _sent(response)
    unchanged = None
    # A question that is known by digests only knows no two ways to write one answer.
    if claims.draft_digest is not None and _is_whole(asks, claims):
        unchanged = keyed(digest_of_answer(asks, answer), response.draft_key) == claims.draft_digest
    return event_about(
        AssignmentAnswered,
        facts,
        now,
        # The id that the token states: what was promised under it is paid under it.
        assignment_id=claims.assignment_id,
        answer=asks.canonical(answer),
        late=late,
        answered_at=response.appended_at,
        quote=claims.quote,
        digest=response.digest,
        drafted=claims.drafted,
        unchanged=unchanged,
    )


def _question(response: Response, task: Task) -> Question:
    """Return the question that was asked, as whole as it is known.

    The token may know it by digests only: then the task, while it is there, knows the whole.
    """
    asks = response.claims.asks
    return task.rules.asks if asks.in_token().digests and task.open else asks


def _is_whole(asks: Question, claims: Claims) -> bool:
    return asks is not claims.asks or not asks.in_token().digests


def _problem(response: Response, asks: Question) -> str | None:
    """Return what to do about an answer where the task knows more of its question than the token.

    None for a right one, and for one that cannot be checked any more: its worker had a promise.
    """
    known = asks is response.claims.asks
    return None if known else asks.problem_with(_sent(response))


def _sent(response: Response) -> Answer:
    return response.event.answer if isinstance(response.event, OfferAnswered) else ""


def _serve_next(plan: Plan, seat: Seat, state: SeatAndWorker) -> None:
    worker = seek_tasks(plan, plan.end_turn(state.worker, seat), state.waiting)
    if not worker.places[seat.facts.place].busy:
        plan.release(worker)
