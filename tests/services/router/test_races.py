"""Two processes decide on one state: the commit lets exactly one of them have what both wanted."""

from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.model import Event
from shared.contracts.events.timers import WorkerLeft
from tests.services.router.builders import a_verdict
from tests.services.router.in_memory import Desk, a_desk, kinds
from tests.support.builders import POOL, a_policy, a_task
from tests.support.people import answering, declining

ONE = a_policy(answers_min=1)


def race(desk: Desk, first: Event, second: Event) -> tuple[list[str], list[str]]:
    """Both are decided before either is committed; what the second says, and says at last."""
    decided = [desk.decide(desk.units(event)) for event in (first, second)]
    assert desk.commit(decided[0])[0] == []
    again, said = desk.commit(decided[1])
    return kinds(said), kinds(desk.finish(again))


async def test_a_place_is_offered_once() -> None:
    desk = await a_desk("w-1")

    said, at_last = race(desk, a_task("t-1", policy=ONE), a_task("t-2", policy=ONE))

    assert said == []
    assert at_last == ["task.queued"]


async def test_two_places_of_one_worker_are_no_conflict() -> None:
    desk = await a_desk("w-1", "w-2")
    desk.hear(a_task("t-1", policy=ONE), a_task("t-2", policy=ONE))

    said, _ = race(desk, answering(desk.offer("w-1", "t-1")), answering(desk.offer("w-2", "t-2")))

    assert said == ["assignment.answered"]


async def test_nobody_is_offered_what_a_newer_profile_does_not_allow() -> None:
    desk = await a_desk("w-1")

    said, at_last = race(desk, desk.profile("w-1", status="suspended"), a_task(policy=ONE))

    assert said == []
    assert at_last == ["task.queued"]


async def test_nobody_is_offered_anything_after_they_left() -> None:
    desk = await a_desk("w-1")

    said, at_last = race(desk, desk.presence("w-1", "away"), a_task(policy=ONE))

    assert said == []
    assert at_last == ["task.queued"]


async def test_a_task_closed_meanwhile_is_offered_to_nobody() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task("t-1", policy=ONE), a_task("t-2", policy=ONE))

    said, at_last = race(desk, a_verdict("t-2"), answering(desk.offer("w-1", "t-1")))

    assert said == []
    assert at_last == ["assignment.answered"]


async def test_a_seat_ends_once() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task(policy=ONE))
    offer = desk.offer("w-1")

    said, at_last = race(desk, declining(offer), a_verdict())

    assert said == []
    assert at_last == ["task.closed"]


async def test_of_two_late_answers_to_one_offer_one_is_kept() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task(policy=ONE), a_verdict())
    offer = desk.offer("w-1")
    first = desk.decide(desk.units(answering(offer, "cat")))
    desk.forget_outcomes()
    second = desk.decide(desk.units(answering(offer, "dog")))

    desk.commit(first)
    desk.forget_outcomes()
    again, said = desk.commit(second)

    assert len(again) == 1
    assert said == []


async def test_an_offer_on_a_place_whose_end_is_in_conflict_is_not_made() -> None:
    desk = await a_desk("w-1", capacity=1)
    desk.hear(a_task("t-1", policy=a_policy(answers_min=2)))
    offer = desk.offer("w-1", "t-1")
    events = (declining(offer), desk.presence("w-1", "available"), a_task("t-2", policy=ONE))
    batch = desk.decide([unit for event in events for unit in desk.units(event)])
    desk.join("w-2")
    desk.hear(desk.presence("w-2"))
    await desk.settle(2)
    before = len(desk.of(AssignmentOffered))

    again, said = desk.commit(batch)

    assert before == 2
    assert "assignment.offered" not in kinds(said)
    assert len(again) >= 2


async def test_what_is_offered_while_somebody_leaves_is_withdrawn() -> None:
    desk = await a_desk("w-1", capacity=2)
    desk.hear(a_task("t-1", policy=ONE))
    gone = WorkerLeft(pool=POOL, at=desk.now, worker_id="w-1", order=1_000_000)

    said, at_last = race(desk, a_task("t-2", policy=ONE), gone)

    assert said == []
    assert at_last == ["offer.withdrawn", "assignment.withdrawn"] * 2


async def test_what_is_offered_first_while_somebody_leaves_is_withdrawn() -> None:
    desk = await a_desk("w-1", capacity=2)
    gone = WorkerLeft(pool=POOL, at=desk.now, worker_id="w-1", order=1_000_000)

    said, at_last = race(desk, a_task("t-2", policy=ONE), gone)

    assert said == []
    assert at_last == ["offer.withdrawn", "assignment.withdrawn"]
