"""Decides on a task: it is queued, offered to more workers, or closed."""

from collections.abc import Mapping
from datetime import datetime

from services.router import lanes
from services.router.decide.matching import seek_workers
from services.router.decide.plan import Plan
from services.router.decide.relied_facts import ReliedFacts
from services.router.state import (
    Content,
    Rules,
    Stage,
    Task,
    TaskAndHolders,
    TaskAndWorkers,
    Worker,
)
from shared.contracts.events.asked import Asked
from shared.contracts.events.assignments import TaskClosed, TaskQueued
from shared.contracts.events.parts import OutputRef, Policy
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.pattern.service import Decision


def queue_task(created: TaskCreated, state: TaskAndWorkers, now: datetime) -> Decision:
    """Return the decision that queues a new task and offers it to the longest idle workers.

    The task looks for `answers_min` answers, or for more if qa has asked for more already. Nothing
    is done if it was queued or closed before.
    Example: `answers_min` 2 and three free workers: the two who have been idle longest are asked.
    """
    if not state.task.is_new:
        return Decision.done()
    task = _task_of(created, state.task)
    plan = Plan(now, ReliedFacts(own=task.task_id))
    plan.say(_queued(task, created.policy, created.ref, now))
    if not state.lane_filled:
        plan.note(lanes.opened(task.pool, task.rules))
    if not task.only:
        # One for certain people only waits until it can take the place of another offer to them.
        task = seek_workers(plan, task, state.candidates, state.own)
    if task.vacancies:
        plan.list_task(task)
    return plan.decision()


def raise_wanted(_: ReviewRequested, state: TaskAndWorkers, now: datetime) -> Decision:
    """Return the decision that queues a task again, with as many answers as qa asks for now.

    The policy's maximum is the limit. Nothing is done if the task is closed, looks for that many
    already, or is not queued yet: then `queue_task` uses the number.
    Example: a task that wants 2 answers is queued again with 3, and one more worker is asked.
    """
    task = state.task
    wanted = task.wanted_by(task.rules)
    if not task.open or wanted <= task.wanted:
        return Decision.done()
    task = task._replace(wanted=wanted)
    plan = Plan(now, ReliedFacts(own=task.task_id))
    policy = task.rules.policy_until(task.deadline_at)
    ref = task.content.ref.model_copy(update={"traceparent": task.trace})
    plan.say(_queued(task, policy, ref, now))
    if not task.only:
        task = seek_workers(plan, task, state.candidates, state.own)
    plan.list_task(task)
    return plan.decision()


def close_judged(verdict: VerdictReached, state: TaskAndHolders, now: datetime) -> Decision:
    """Return the decision that closes a task which people have judged.

    Nothing is done if the verdict is the model's own answer: then there is no task.
    """
    if verdict.by == "model" or not state.task.open:
        return Decision.done()
    plan = Plan(now, ReliedFacts(own=verdict.task_id))
    close(plan, state.task, state.holders, reason="verdict", over_at=verdict.at)
    return plan.decision()


def close(
    plan: Plan, task: Task, holders: Mapping[str, Worker], *, reason: str, over_at: datetime
) -> None:
    """Add to the plan the events that withdraw a task's offers still held, and close the task.

    `holders` are the workers who hold them, by id. `over_at` is when the `reason` arose.
    Example: a verdict while w-1 still holds an offer: it is withdrawn, then the task is closed.
    """
    for seat in task.seats.values():
        plan.withdraw(seat, reason, over_at)
        holder = holders.get(seat.facts.worker_id)
        if holder is not None:
            plan.release(plan.end_turn(holder, seat))
    closing = {
        "pool": task.pool,
        "at": plan.now,
        "task_id": task.task_id,
        "task_type": task.rules.task_type,
        "reason": reason,
        "answers": task.answers,
    }
    plan.say(TaskClosed.made(closing))
    plan.note(lanes.task_gone(task))


def _task_of(created: TaskCreated, unknown: Task) -> Task:
    rules, answers = Rules.of(created.policy), created.answers_wanted
    return unknown._replace(
        wanted=max(unknown.wanted, answers.min, min(unknown.asked, answers.max)),
        rules=rules,
        created_at=created.at,
        deadline_at=created.policy.times.deadline_at,
        content=Content(output_at_hand=created.output, asked_at_hand=created.asked),
        stages={**_left_out(created.asked), **unknown.stages},
        only=created.asked.only_for if created.asked else (),
    )


def _left_out(asked: Asked | None) -> Mapping[str, int]:
    """Return the stage of each worker whom the task is not for, as folding it stores them."""
    return {} if asked is None else dict.fromkeys(asked.not_for, Stage.EXCLUDED)


def _queued(task: Task, policy: Policy, ref: OutputRef, now: datetime) -> TaskQueued:
    return TaskQueued.made(
        {
            "pool": task.pool,
            "at": now,
            "task_id": task.task_id,
            "wanted": task.wanted,
            "output": task.content.output,
            "policy": policy,
            "ref": ref,
            "created_at": task.created_at,
            "asked": task.content.asked,
        }
    )
