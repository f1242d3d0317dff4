"""Nobody is offered what their app cannot show, whatever is said in which order."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.router import keys
from services.router.state.needs import TaskNeeds, needs_of, packed_presence, presence_of
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Requirement, SkillNeed
from tests.services.router.in_memory import Desk, a_desk
from tests.services.router.play import Play, rated
from tests.services.router.processes import Router
from tests.services.router.test_invariants import facts_of, journal_of, waiting_beside_free
from tests.services.router.test_strangers import listed, offered, task
from tests.support.builders import NOW, POOL, a_policy, a_task
from tests.support.facts import folded
from tests.support.people import a_presence

ONE = a_policy(answers_min=1)
HARD = a_policy(
    answers_min=1,
    requirement=Requirement(skills=(SkillNeed(skill="animals", level_min=4),)),
)
REQUIREMENT = Requirement(skills=(SkillNeed(skill="animals", level_min=2),), languages=("id",))
NAMES = st.sampled_from(("choice", "rating", "transcript", "of.the_future-2:x"))


def lanes_of(desk: Desk, worker: str) -> set[str]:
    return desk.twin.value(keys.lanes_of_worker(POOL, worker), set)


@pytest.mark.parametrize("kinds", [(), ("rating",), ("rating", "transcript")])
@pytest.mark.parametrize("order", list(permutations(("profile", "presence", "task"))))
async def test_nobody_is_offered_what_their_app_cannot_show(
    kinds: tuple[str, ...], order: tuple[str, ...]
) -> None:
    desk = Desk()
    said: dict[str, Event] = {
        "profile": desk.profile("w-1"),
        "presence": desk.presence("w-1", kinds=kinds),
        "task": a_task(policy=ONE),
    }
    for name in order:
        desk.hear(said[name])
        await desk.settle(2)
    assert desk.offered() == set()

    desk.hear(desk.presence("w-1", kinds=("choice", *kinds)))
    await desk.settle()
    assert desk.offered() == {("w-1", "t-1")}


@pytest.mark.parametrize("kinds", [None, ("choice",), ("rating", "choice")])
async def test_an_app_that_lists_choices_or_nothing_gets_choices(
    kinds: tuple[str, ...] | None,
) -> None:
    desk = await a_desk()
    desk.hear(desk.profile("w-1"), desk.presence("w-1", kinds=kinds))
    desk.hear(a_task(policy=ONE))

    assert desk.offered() == {("w-1", "t-1")}


async def test_whoever_shows_other_kinds_from_now_on_leaves_the_lanes_and_comes_back() -> None:
    desk = await a_desk("w-1")
    lanes = set(lanes_of(desk, "w-1"))
    assert lanes

    desk.hear(desk.presence("w-1", kinds=("rating",)))
    assert lanes_of(desk, "w-1") == {"+rating"}
    desk.hear(a_task(policy=ONE))
    await desk.settle()
    assert desk.offered() == set()

    desk.hear(desk.presence("w-1"))
    assert lanes_of(desk, "w-1") == lanes
    await desk.settle()
    assert desk.offered() == {("w-1", "t-1")}


async def test_an_offer_that_is_held_stays_whatever_the_app_shows_next() -> None:
    desk = await a_desk("w-1", capacity=2)
    desk.hear(a_task(policy=ONE))
    desk.hear(desk.presence("w-1", kinds=()))

    said = await desk.settle()

    assert said == []
    assert desk.offered() == {("w-1", "t-1")}


async def test_a_task_that_no_app_shows_is_unroutable() -> None:
    desk = await a_desk()
    desk.hear(desk.profile("w-1"), desk.presence("w-1", kinds=("rating",)))
    desk.hear(a_task(policy=ONE))

    said = await desk.settle()

    assert [event.TYPE for event in said].count("task.unroutable.v1") == 1


async def test_whoever_leaves_takes_with_them_what_their_app_showed() -> None:
    router = await Router().start()
    router.send(listed(), task("t-0"))
    router.send(a_presence("w-1", at=NOW, pool="photos", kinds=("rating",)))
    await router.rest()
    router.delete(listed().TOPIC, "w-1")
    await router.rest()

    assert keys.lanes_of_worker("photos", "w-1") not in router.keys("{router:photos}")


# --- lanes of other kinds ----

RATED = rated(ONE)


@pytest.mark.parametrize(
    ("kinds", "offered_tasks"),
    [
        (None, {"t-1"}),
        (("choice",), {"t-1"}),
        (("rating",), {"t-2"}),
        (("rating", "choice", "transcript"), {"t-1", "t-2"}),
        ((), set()),
    ],
)
@pytest.mark.parametrize("order", list(permutations(("profile", "presence", "tasks"))))
async def test_each_app_gets_the_kinds_it_lists_and_no_other(
    kinds: tuple[str, ...] | None, offered_tasks: set[str], order: tuple[str, ...]
) -> None:
    desk = Desk()
    said: dict[str, list[Event]] = {
        "profile": [desk.profile("w-1", capacity=5)],
        "presence": [desk.presence("w-1", kinds=kinds)],
        "tasks": [a_task("t-1", policy=ONE), a_task("t-2", policy=RATED)],
    }
    for name in order:
        desk.hear(*said[name])
        await desk.settle(2)

    assert {task for _, task in desk.offered()} == offered_tasks


async def test_one_requirement_has_a_lane_for_each_kind() -> None:
    desk = Desk()
    desk.hear(a_task("t-1", policy=ONE), a_task("t-2", policy=RATED))
    lanes = {needs_of(packed) for name, packed in lanes_kept(desk).items() if name != "rev"}

    assert lanes == {TaskNeeds(Requirement()), TaskNeeds(Requirement(), "rating")}


def lanes_kept(desk: Desk) -> dict[str, str]:
    return desk.twin.value(keys.lanes(POOL), dict)


async def test_a_new_app_gets_what_waits_for_it_within_two_looks_at_the_lanes() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task("t-2", policy=RATED))
    await desk.settle(2)
    assert desk.offered() == set()

    desk.hear(desk.presence("w-1", kinds=("choice", "rating")))
    await desk.settle(2)

    assert desk.offered() == {("w-1", "t-2")}


async def test_a_worker_is_not_missed_by_a_lane_that_opens_while_their_app_changes() -> None:
    """The lane is opened and searched for workers between the presence's decision and commit."""
    desk = await a_desk("w-1")
    moved = desk.decide(desk.units(desk.presence("w-1", kinds=("rating",))))
    desk.hear(a_task("t-2", policy=RATED))
    searched = desk.decide([unit for due in await desk.due() for unit in desk.units(due)])
    for batch in (moved, searched):
        in_conflict, _ = desk.commit(batch)
        desk.finish(in_conflict)
    await desk.settle(3)

    assert desk.offered() == {("w-1", "t-2")}


async def test_a_profile_and_a_presence_at_once_leave_the_worker_in_every_lane() -> None:
    for first in ("profile", "presence"):
        desk = await a_desk("w-1", skills={"animals": 1})
        desk.hear(a_task("t-2", policy=RATED), a_task("t-3", policy=rated(HARD)))
        await desk.settle()
        known = desk.decide(desk.units(desk.profile("w-1", skills={"animals": 4}, capacity=5)))
        moved = desk.decide(desk.units(desk.presence("w-1", kinds=("rating",))))
        for batch in (known, moved) if first == "profile" else (moved, known):
            in_conflict, _ = desk.commit(batch)
            desk.finish(in_conflict)
        await desk.settle(2)

        assert desk.offered() == {("w-1", "t-2"), ("w-1", "t-3")}


# --- kept presences, and a loss ----


@pytest.mark.parametrize("lost", ["", "{router}", "{router:photos}", "all"])
@pytest.mark.parametrize("kinds", [(), ("rating",), ("choice", "rating"), None])
async def test_what_is_kept_for_an_unknown_pool_keeps_its_kinds(
    lost: str, kinds: tuple[str, ...] | None
) -> None:
    router = await Router().start()
    router.send(a_presence("w-1", at=NOW, pool="photos", kinds=kinds))
    await router.work()
    router.send(listed(), task())
    await router.rest()
    if lost:
        router.lose(*([] if lost == "all" else [lost]))
    router.send(task("t-2"))
    await router.rest()

    shown = kinds is None or "choice" in kinds
    assert offered(router) == ({("w-1", "t-1"), ("w-1", "t-2")} if shown else set())


async def test_a_copy_of_redis_from_before_lists_nobody_for_what_they_showed_then() -> None:
    router = await Router().start()
    router.send(listed(), task("t-0"))
    router.send(a_presence("w-1", at=NOW, pool="photos", kinds=("rating",)))
    await router.rest()
    router.lose("{router:photos}")
    router.send(a_presence("w-1", at=NOW, pool="photos"))
    await router.rest()

    assert offered(router) == {("w-1", "t-0")}


# --- whatever happens ----


@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=25, deadline=None)
async def test_with_apps_that_change_what_they_show_nobody_waits_in_vain(seed: int) -> None:
    desk = (await Play(seed, kinds=True).run(50)).desk
    desk.lag -= desk.lag
    await desk.settle(8)
    before = waiting_beside_free(desk)
    await desk.settle(3)

    assert set(before) & set(waiting_beside_free(desk)) == set()


@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=15, deadline=None)
async def test_what_apps_show_is_folded_in_any_order(seed: int) -> None:
    course = await Play(seed, kinds=True).run(40)
    journal = journal_of(course.desk)
    shuffled = journal + journal
    course.random.shuffle(shuffled)

    assert facts_of(folded(course.desk.service, shuffled)) == facts_of(course.desk.twin)


# --- how it is kept ----


@given(word=st.sampled_from(("available", "paused", "away")), kinds=st.none() | st.sets(NAMES))
def test_a_presence_is_read_as_it_was_packed(word: str, kinds: set[str] | None) -> None:
    read = presence_of(packed_presence(word, kinds))

    assert read == (word, None if kinds is None else tuple(sorted(kinds)))


@given(kind=NAMES)
def test_the_needs_of_a_lane_are_read_as_they_were_packed(kind: str) -> None:
    needs = TaskNeeds(REQUIREMENT, kind)

    assert needs_of(needs.packed) == needs
    assert (needs.lane == TaskNeeds(REQUIREMENT).lane) is (kind == "choice")


def test_lanes_of_choices_are_named_and_packed_as_ever() -> None:
    needs = TaskNeeds(REQUIREMENT)

    assert needs.lane == "e62496a787da27d4"
    assert needs.packed == REQUIREMENT.model_dump_json(exclude_defaults=True)
