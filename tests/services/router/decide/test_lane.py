"""A look over a lane pairs both sides, says once what nobody can take, and finds who was missed."""

from services.router import keys
from services.router.lanes import PAIRS_MAX
from services.router.state import TaskNeeds
from shared.contracts.events.assignments import TaskUnroutable
from shared.contracts.events.parts import Requirement, SkillNeed
from tests.services.router.in_memory import Desk, a_desk, kinds
from tests.support.builders import POOL, a_policy, a_task
from tests.support.people import answering

ONE = a_policy(answers_min=1)
NEEDS = Requirement(skills=(SkillNeed(skill="animals", level_min=4),))
HARD = a_policy(answers_min=1, requirement=NEEDS)
LANE = TaskNeeds(Requirement()).lane


async def test_a_new_lane_finds_the_workers_who_were_there_before_it() -> None:
    desk = Desk()
    desk.join("w-1", "w-2")

    assert kinds(desk.hear(a_task(policy=ONE))) == ["task.queued"]
    await desk.settle()

    assert len(desk.offered()) == 1


async def test_a_task_nobody_fits_is_said_to_be_unroutable_once() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task("t-1", policy=HARD), a_task("t-2", policy=HARD))
    await desk.settle(60)

    said = desk.of(TaskUnroutable)

    assert sorted(event.task_id for event in said) == ["t-1", "t-2"]
    assert said[0].requirement_lane == "animals>=4|"


async def test_more_tasks_than_one_look_takes_are_all_said_to_be_unroutable() -> None:
    desk = await a_desk("w-1")
    count = PAIRS_MAX + 20
    desk.hear_at_once([a_task(f"h-{n}", policy=HARD) for n in range(count)])
    await desk.settle()

    assert len(desk.of(TaskUnroutable)) == count
    desk.join("w-2", skills={"animals": 5}, capacity=1)
    await desk.settle(3)
    for _ in range(count):
        desk.wait(0.1).hear(answering(desk.offer("w-2", _last_task(desk))))
    await desk.settle(3)

    assert len(desk.offered()) == count


def _last_task(desk: Desk) -> str:
    offers = [said for said in desk.announced if said.TYPE == "offer.made.v1"]
    return offers[-1].claims.task_id  # type: ignore[attr-defined, no-any-return]


async def test_an_unroutable_task_is_offered_when_somebody_fits() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task(policy=HARD))
    await desk.settle()
    assert _gauge(desk, "sentuh_router_unroutable_tasks") == 1
    desk.hear(desk.profile("w-1", skills={"animals": 4}))
    await desk.settle()

    assert desk.offered() == {("w-1", "t-1")}
    assert _gauge(desk, "sentuh_router_unroutable_tasks") == 0


async def test_a_task_is_routable_while_those_who_fit_are_busy_or_away() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task("t-1", policy=ONE), a_task("t-2", policy=ONE))
    desk.hear(desk.presence("w-1", "away"))
    await desk.settle(60)

    assert desk.of(TaskUnroutable) == []


async def test_a_task_becomes_unroutable_when_the_last_who_fits_leaves() -> None:
    desk = await a_desk("w-1")
    desk.hear(desk.presence("w-1", "away"))
    desk.hear(a_task(policy=ONE), desk.profile("w-1", status="suspended"))
    await desk.settle()

    assert [said.task_id for said in desk.of(TaskUnroutable)] == ["t-1"]


async def test_both_sides_that_missed_each_other_are_paired() -> None:
    desk = await a_desk()
    desk.join("w-1", presence="away")
    task = desk.units(a_task(policy=ONE))
    came = desk.units(desk.presence("w-1"))
    decided = [*desk.decide(task), *desk.decide(came)]
    assert desk.commit(decided)[0] == []
    assert desk.offered() == set()

    await desk.settle(2)

    assert desk.offered() == {("w-1", "t-1")}


async def test_a_lane_in_which_nobody_can_be_paired_is_looked_at_ever_less() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task(policy=a_policy(answers_min=2)))
    desk.hear(answering(desk.offer("w-1")))
    looks = [kinds(await desk.wait(1).due()) for _ in range(60)]

    assert sum(bool(look) for look in looks) <= 7


async def test_tasks_a_worker_already_had_do_not_hide_the_others() -> None:
    desk = await a_desk("w-1")
    count = PAIRS_MAX + 10
    for number in range(count):
        desk.hear(a_task(f"a-{number}", policy=a_policy(answers_min=2)))
        desk.hear(answering(desk.offer("w-1", f"a-{number}")))
    desk.wait(1).hear(desk.presence("w-1", "away"))
    desk.hear(a_task("t-new", policy=a_policy(answers_min=2), at=desk.now))
    desk.hear(desk.presence("w-1"))

    await desk.settle()

    assert ("w-1", "t-new") in desk.offered()


async def test_a_worker_the_index_lost_is_found_again() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task(policy=ONE))
    desk.hear(answering(desk.offer("w-1")))
    desk.twin.write(("ZREM", keys.free(POOL, LANE), "w-1"))
    desk.hear(a_task("t-2", policy=ONE))
    await desk.settle()
    assert ("w-1", "t-2") not in desk.offered()

    desk.wait(300)
    await desk.settle()

    assert ("w-1", "t-2") in desk.offered()


async def test_what_a_lane_lists_wrongly_is_taken_out() -> None:
    desk = await a_desk("w-1")
    desk.twin.write(("ZADD", keys.waiting(POOL, LANE), "1", "t-never"))
    desk.twin.write(("ZADD", keys.free(POOL, LANE), "1", "w-never"))
    await desk.settle(2)

    assert "t-never" not in desk.twin.ranking(keys.waiting(POOL, LANE))
    assert "w-never" not in desk.twin.ranking(keys.free(POOL, LANE))


def _gauge(desk: Desk, name: str) -> float | None:
    return desk.registry.get_sample_value(name)
