"""A task that is for certain people only is offered to them, to nobody else, and looks like any."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.router import keys, lanes
from services.router.state import Stage, Task
from shared.contracts.events.asked import Asked
from shared.contracts.events.assignments import TaskClosed, TaskQueued
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.tasks import TaskCreated
from tests.services.router.builders import a_verdict
from tests.services.router.in_memory import Desk, a_desk
from tests.services.router.test_invariants import facts_of, journal_of
from tests.support.builders import POOL, a_policy, a_task, after
from tests.support.facts import folded
from tests.support.people import answering


def only(
    *people: str, task_id: str = "g-1", answers_min: int = 2, answers_max: int = 3
) -> TaskCreated:
    policy = a_policy(answers_min=answers_min, answers_max=answers_max)
    asked = Asked(only_for=people)
    return a_task(task_id, policy=policy).model_copy(update={"asked": asked})


async def work(desk: Desk, rounds: int = 3) -> None:
    """Ask everybody about another task, and let them answer all but golds, so many times."""
    for number in range(rounds):
        desk.hear(a_task(f"w{number}", policy=a_policy(answers_min=4, answers_max=4)))
        await desk.settle(1)
        for made in desk.of(OfferMade):
            if made.claims.task_id == f"w{number}":
                desk.hear(answering(made))


@pytest.mark.parametrize("order", list(permutations(("profile", "presence", "task"))))
async def test_only_those_are_asked_whom_it_is_for(order: tuple[str, ...]) -> None:
    desk = await a_desk("w-1")
    said: dict[str, Event] = {
        "profile": desk.profile("auth0|w-2"),
        "presence": desk.presence("auth0|w-2"),
        "task": only("auth0|w-2"),
    }
    for name in order:
        desk.hear(said[name])
    await desk.settle(2)
    assert desk.offered() == set()

    await work(desk)
    assert ("auth0|w-2", "g-1") in desk.offered()
    assert ("w-1", "g-1") not in desk.offered()


async def test_it_wants_an_answer_of_each_and_no_more() -> None:
    desk = await a_desk("w-1", "w-2", "w-3")
    desk.hear(only("w-1", "w-2", answers_min=1))
    desk.hear(only("w-3", task_id="g-2", answers_min=3))
    desk.hear(only("w-1", "w-2", "w-3", "w-4", task_id="g-3", answers_max=3))

    assert [event.wanted for event in desk.of(TaskQueued)] == [2, 1, 3]
    await work(desk)
    golds = {pair for pair in desk.offered() if pair[1].startswith("g-")}
    assert golds >= {("w-1", "g-1"), ("w-2", "g-1"), ("w-3", "g-2")}


async def test_a_busy_worker_gets_it_next_before_what_has_waited_for_longer() -> None:
    desk = await a_desk("w-1")
    one = a_policy(answers_min=1)
    desk.hear(*(a_task(f"t-{number}", policy=one) for number in (1, 2, 3)))
    desk.hear(only("w-1"))
    for task_id in ("t-1", "t-2", "g-1"):
        desk.hear(answering(desk.offer("w-1", task_id)))

    assert [made.claims.task_id for made in desk.of(OfferMade)] == ["t-1", "t-2", "g-1", "t-3"]
    assert keys.waiting(POOL, lanes.own_lane("w-1")) not in desk.twin.items()


async def test_many_that_wait_for_somebody_away_stand_in_nobodys_way() -> None:
    desk = await a_desk()
    for number in range(40):
        desk.hear(only("w-away", task_id=f"g-{number}"))
    desk.hear(a_task("t-1", policy=a_policy(answers_min=1)))
    desk.join("w-1")
    await desk.settle(1)

    assert desk.offered() == {("w-1", "t-1")}


async def test_a_new_profile_leaves_it_waiting_for_its_worker() -> None:
    desk = await a_desk("w-1")
    one = a_policy(answers_min=1)
    desk.hear(*(a_task(f"t-{number}", policy=one) for number in (1, 2, 3)), only("w-1"))
    desk.hear(desk.profile("w-1", skills={"animals": 2}))
    desk.hear(desk.presence("w-1", kinds=("choice", "rating")))
    for task_id in ("t-1", "t-2"):
        desk.hear(answering(desk.offer("w-1", task_id)))

    assert ("w-1", "g-1") in desk.offered()


async def test_what_nobody_takes_ends_at_its_deadline_as_any_task() -> None:
    desk = await a_desk("w-1")
    desk.hear(only("w-9"))
    desk.now = after(3_601)
    await desk.settle(2)

    (closed,) = desk.of(TaskClosed)
    assert (closed.task_id, closed.reason, closed.answers) == ("g-1", "deadline", ())
    assert keys.waiting(POOL, lanes.own_lane("w-9")) not in desk.twin.items()


async def test_an_offer_of_it_says_no_more_than_any_other() -> None:
    desk = await a_desk("w-1", "w-2", "w-3", "w-4")
    desk.hear(a_task("t-1", policy=a_policy(answers_min=2, answers_max=3)))
    ordinary = desk.of(OfferMade)[0]
    for made in list(desk.of(OfferMade)):
        desk.hear(answering(made))
    desk.hear(a_verdict("t-1"), only("w-3", task_id="t-2"))
    await work(desk)
    gold = desk.offer("w-3", "t-2")

    assert gold.model_fields_set == ordinary.model_fields_set
    assert gold.why == ordinary.why
    assert gold.asked is ordinary.asked is None
    assert gold.output == ordinary.output
    hidden = {"task_id", "assignment_id", "worker_id", "turn", "accept_by", "answer_by"}
    assert gold.claims.model_dump(exclude=hidden) == ordinary.claims.model_dump(exclude=hidden)


async def test_it_waits_while_no_other_does_and_takes_its_place_then() -> None:
    desk = await a_desk("w-1")
    one = a_policy(answers_min=1)
    desk.hear(a_task("t-1", policy=one), only("w-1"))
    desk.hear(answering(desk.offer("w-1", "t-1")))
    assert ("w-1", "g-1") not in desk.offered()

    # The first other task is offered as ever, and the second one's place is taken.
    desk.hear(a_task("t-2", policy=one), a_task("t-3", policy=one))
    desk.hear(answering(desk.offer("w-1", "t-2")))
    assert ("w-1", "g-1") in desk.offered()
    assert ("w-1", "t-3") not in desk.offered()
    desk.hear(answering(desk.offer("w-1", "g-1")))
    assert ("w-1", "t-3") in desk.offered()


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
async def test_it_folds_in_any_order(random: object) -> None:
    desk = await a_desk("w-2", "w-3")
    desk.hear(only("w-2", "a:b"), only("w-3", task_id="g-2"))
    await work(desk)
    desk.hear(answering(desk.offer("w-3", "g-2")), a_verdict("g-2"))
    journal = journal_of(desk) * 2
    random.shuffle(journal)  # type: ignore[attr-defined]
    refolded = folded(desk.service, journal)

    held, again = facts_of(desk.twin), facts_of(refolded)
    assert {key: held[key] for key in held if ":task:g-" in key} == {
        key: again[key] for key in again if ":task:g-" in key
    }


def test_whom_it_is_for_and_whom_not_are_both_held() -> None:
    task = Task(POOL, "t", only=("w-1", "w-2"), stages={"w-2": Stage.EXCLUDED})

    assert [task.is_for(who) and not task.had_by(who) for who in ("w-1", "w-2", "w-3")] == [
        True,
        False,
        False,
    ]
