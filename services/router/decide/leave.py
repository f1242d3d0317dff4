"""Decides what happens when a worker leaves a pool: their offers are withdrawn."""

from datetime import datetime

from services.router import keys, lanes
from services.router.decide.plan import Plan
from services.router.decide.relied_facts import ReliedFacts
from services.router.state import Stage, WorkerAndHeld
from shared.contracts.events.timers import WorkerLeft
from shared.pattern.service import Decision
from shared.state.changes import field_below


def leave_pool(event: WorkerLeft, state: WorkerAndHeld, now: datetime) -> Decision:
    """Return the decision that withdraws the offers of a worker who leaves, and lists them nowhere.

    Work that they have accepted runs to its end: it is counted and paid. Nothing is done if a later
    profile has brought them back.
    Example: w-7 has accepted t-1 and not t-2: t-2 is withdrawn, and offered to others.
    """
    worker = state.worker
    if worker.profile_order > event.order:
        return Decision.done()
    plan = Plan(now, ReliedFacts())
    key = keys.worker(event.pool, event.worker_id)
    # The same commit writes this very order: only a later profile may not be there yet.
    plan.relies.add(field_below(key, "profile_at", event.order + 1))
    # Nor may they be offered anything meanwhile: nobody would withdraw it.
    plan.relies.add_every_turn(worker)
    for task in state.tasks:
        seat = task.seats.get(event.worker_id)
        if seat is None or seat.accepted:
            continue
        plan.relies.add_task(task)
        plan.withdraw(seat, "left", event.at)
        worker = plan.end_turn(worker, seat)
        task_left = task.without_seat(seat, Stage.WITHDRAWN)
        plan.list_task(task_left)
        plan.watch(task_left)
    plan.note(lanes.worker_gone(worker))
    return plan.decision()
