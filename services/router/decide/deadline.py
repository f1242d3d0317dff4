"""Decides what to do when a deadline has passed: offers expire, or the task is closed."""

from datetime import datetime

from services.router.decide.offers import event_about
from services.router.decide.plan import Plan
from services.router.decide.relied_facts import ReliedFacts
from services.router.decide.task import close
from services.router.state import Due, Seat, Stage, Task, TaskAndHolders
from shared.contracts.events.assignments import AssignmentExpired
from shared.pattern.service import Decision


def end_overdue(due: Due, state: TaskAndHolders, now: datetime) -> Decision:
    """Return the decision that ends each offer which ran out, and an overdue task with it.

    An offer has run out once every response up to its end was handled (`due.read_until`), not just
    by the clock: so an answer that was on time is never lost, not even after an outage. If the
    task's own deadline has passed, its other offers are withdrawn and it is closed.
    Example: an offer ended at 12:00 and responses are handled up to 11:58: nothing is done yet.
    """
    task = state.task
    if not task.open:
        return Decision.done()
    # Not `now` alone: the answer may stand on the topic, sent in time and not yet read.
    until = min(now, due.read_until)
    plan = Plan(now, ReliedFacts(own=task.task_id))
    for seat in task.seats.values():
        if seat.lease_end < until:
            task = _expire(plan, task, seat, state)
    if task.deadline_at < until:
        close(plan, task, state.holders, reason="deadline", over_at=task.deadline_at)
        return plan.decision()
    if task is not state.task:
        plan.list_task(task)
    plan.watch(task)
    return plan.decision()


def _expire(plan: Plan, task: Task, seat: Seat, state: TaskAndHolders) -> Task:
    plan.say(event_about(AssignmentExpired, seat.facts, plan.now, ended_at=seat.lease_end))
    holder = state.holders.get(seat.facts.worker_id)
    if holder is not None:
        plan.release(plan.end_turn(holder, seat))
    return task.without_seat(seat, Stage.EXPIRED)
