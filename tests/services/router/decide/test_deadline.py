"""Time ends leases and tasks, but never before every response of that time was read."""

from datetime import timedelta

import pytest

from shared.contracts.events.assignments import AssignmentExpired, TaskClosed
from tests.services.router.in_memory import a_desk, kinds
from tests.support.builders import NOW, a_policy, a_task
from tests.support.people import accepting, answering

ONE = a_policy(answers_min=1)


@pytest.mark.parametrize(
    ("accepted", "seconds", "expired"),
    [(False, 60, False), (False, 60.001, True), (True, 180, False), (True, 180.001, True)],
)
async def test_a_lease_ends_after_its_last_moment(
    accepted: bool, seconds: float, expired: bool
) -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task(policy=ONE))
    if accepted:
        desk.hear(accepting(desk.offer("w-1")))

    await desk.wait(seconds).sweep()

    assert bool(desk.of(AssignmentExpired)) == expired


async def test_nothing_expires_before_responses_were_read_past_the_deadline() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task(policy=ONE))
    desk.lag = timedelta(seconds=120)

    assert await desk.wait(179).sweep() == []
    assert kinds(await desk.wait(2).sweep()) == ["assignment.expired"]


async def test_a_deadline_announced_too_early_is_announced_again() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task(policy=ONE))
    events = await desk.wait(61).due()
    desk.lag = timedelta(seconds=10)
    assert kinds(events) == ["deadline.passed"]

    assert desk.hear(*events) == []
    desk.lag = timedelta(0)

    assert kinds(await desk.wait(31).sweep()) == ["assignment.expired"]


async def test_an_expired_seat_is_somebody_elses_and_the_worker_free() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task("t-1", policy=ONE))
    await desk.wait(61).sweep()
    desk.join("w-2")
    desk.hear(a_task("t-2", policy=ONE))
    await desk.settle()

    assert desk.offered() == {("w-1", "t-1"), ("w-2", "t-1"), ("w-1", "t-2")}
    assert desk.offer("w-1", "t-2").claims.turn == 2


async def test_a_task_is_closed_at_its_deadline_with_the_answers_it_has() -> None:
    desk = await a_desk("w-1", "w-2")
    deadline_at = desk.now + timedelta(seconds=50)
    desk.hear(a_task(policy=a_policy(deadline_at=deadline_at)))
    desk.hear(answering(desk.offer("w-1")))

    assert await desk.wait(50).sweep() == []
    said = await desk.wait(0.001).sweep()

    assert kinds(said) == ["offer.withdrawn", "assignment.withdrawn", "task.closed"]
    (closed,) = desk.of(TaskClosed)
    assert closed.reason == "deadline"
    assert closed.answers == (desk.offer("w-1").claims.assignment_id,)


async def test_a_task_past_its_deadline_is_offered_to_nobody() -> None:
    desk = await a_desk("w-1")
    policy = a_policy(deadline_at=NOW)

    said = desk.hear(a_task(policy=policy))
    assert kinds(said) == ["task.queued"]
    assert kinds(await desk.sweep()) == ["task.closed"]


async def test_a_deadline_of_what_has_ended_changes_nothing() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task(policy=ONE))
    events = await desk.wait(61).due()
    desk.hear(*events)

    desk.forget_outcomes()
    assert desk.hear(*events) == []
    assert "deadline.passed" not in kinds(await desk.wait(100).due())


async def test_nothing_of_a_closed_task_is_due() -> None:
    desk = await a_desk("w-1", "w-2")
    desk.hear(a_task())
    await desk.wait(3_700).sweep()
    await desk.wait(100).sweep()

    assert not [key for key in desk.twin.items() if ":deadlines:" in key]
