"""A worker gets what they fit, as much as they can take, while they are there."""

import pytest

from shared.contracts.events.offers import OfferMade
from shared.contracts.events.parts import Requirement, SkillNeed
from tests.services.router.in_memory import Desk, Presence, a_desk, kinds
from tests.support.builders import a_policy, a_task
from tests.support.people import answering

ONE = a_policy(answers_min=1)


def some_tasks(count: int, **policy: object) -> list[object]:
    return [a_task(f"t-{n}", policy=a_policy(answers_min=1, **policy)) for n in range(1, count + 1)]  # type: ignore[arg-type]


async def test_who_comes_in_gets_what_waits_oldest_first() -> None:
    desk = await a_desk()
    desk.join("w-1", presence="away")
    for number in (3, 1, 2):
        desk.wait(1).hear(a_task(f"t-{number}", policy=ONE, at=desk.now))

    said = desk.hear(desk.presence("w-1"))

    assert kinds(said) == ["offer.made", "assignment.offered"]
    assert desk.offered() == {("w-1", "t-3")}


@pytest.mark.parametrize("capacity", [1, 2, 5])
async def test_nobody_holds_more_than_their_capacity(capacity: int) -> None:
    desk = await a_desk()
    desk.join("w-1", capacity=capacity)
    desk.hear(*some_tasks(9))  # type: ignore[arg-type]
    await desk.settle()

    places = [(made.claims.place, made.claims.turn) for made in desk.of(OfferMade)]

    assert sorted(places) == [(place, 1) for place in range(capacity)]


async def test_a_place_above_a_lowered_capacity_counts_until_it_ends() -> None:
    desk = await a_desk()
    desk.join("w-1", capacity=2)
    desk.hear(*some_tasks(4))  # type: ignore[arg-type]
    desk.hear(desk.profile("w-1", capacity=1))
    first, second = desk.of(OfferMade)

    desk.hear(answering(first))
    await desk.settle()
    assert len(desk.offered()) == 2

    desk.hear(answering(second))
    await desk.settle()
    assert len(desk.offered()) == 3


@pytest.mark.parametrize("presence", ["paused", "away"])
async def test_who_is_away_keeps_their_seat_and_gets_no_more(presence: Presence) -> None:
    desk = await a_desk("w-1")
    desk.hear(*some_tasks(2))  # type: ignore[arg-type]
    desk.hear(desk.presence("w-1", presence))

    said = desk.hear(answering(desk.offer("w-1")))
    said += await desk.settle()
    assert kinds(said) == ["assignment.answered"]

    assert kinds(desk.hear(desk.presence("w-1"))) == ["offer.made", "assignment.offered"]


async def test_of_two_profiles_the_later_record_stands() -> None:
    needs = Requirement(skills=(SkillNeed(skill="animals"),))
    desk = await a_desk()
    older, newer = desk.profile("w-1", skills={"animals": 1}), desk.profile("w-1")
    first, second = desk.units(older), desk.units(newer)
    desk.hear(desk.presence("w-1"))
    for unit in (*second, *first):
        desk.commit(desk.decide([unit]))
    desk.hear(a_task(policy=a_policy(requirement=needs)))
    await desk.settle()

    assert desk.offered() == set()


async def test_presence_before_profile_is_enough() -> None:
    desk = await a_desk()
    desk.hear(a_task(policy=ONE))
    desk.hear(desk.presence("w-1"))
    desk.hear(desk.profile("w-1"))
    await desk.settle()

    assert desk.offered() == {("w-1", "t-1")}


async def test_a_worker_is_listed_in_every_lane_they_fit() -> None:
    desk = Desk()
    desk.join("w-1", "w-2", skills={"animals": 3}, capacity=3)
    for level in (1, 2, 3, 4):
        needs = Requirement(skills=(SkillNeed(skill="animals", level_min=level),))
        desk.hear(a_task(f"t-{level}", policy=a_policy(answers_min=1, requirement=needs)))
    await desk.settle()

    assert {task for _, task in desk.offered()} == {"t-1", "t-2", "t-3"}


async def test_whoever_learns_a_skill_gets_what_waits_for_it() -> None:
    needs = Requirement(skills=(SkillNeed(skill="animals", level_min=4),))
    desk = await a_desk("w-1", skills={"animals": 3})
    desk.hear(a_task(policy=a_policy(answers_min=1, requirement=needs)))
    await desk.settle()
    assert desk.offered() == set()

    desk.hear(desk.profile("w-1", skills={"animals": 4}))
    await desk.settle()

    assert desk.offered() == {("w-1", "t-1")}
