"""Decisions on deadlines: leases that expire, and tasks that are closed unanswered."""

from datetime import datetime

from services.router.decide.offers import event_about
from services.router.decide.plan import Plan
from services.router.decide.relied_facts import ReliedFacts
from services.router.decide.task import close
from services.router.state import Due, Seat, Stage, Task, TaskAndHolders
from shared.contracts.events.assignments import AssignmentExpired
from shared.pattern.service import Decision


def end_overdue(due: Due, state: TaskAndHolders, now: datetime) -> Decision:
    """Expire every lease that is over, and close the task if its own deadline has passed.

    A lease is over once every response up to its end has been handled, whatever the clock says: so
    an answer that was on time is never overtaken, not even after an outage.
    Example: a lease ended at 12:00 and responses are handled up to 11:58: it is left alone.
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
