"""What differs by task is kept with it: whom it is not for, what it pays, what it asks about."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.router import keys, to_state_parts
from services.router.state import Stage
from shared.contracts.events.asked import Asked, Candidate, PaidUnit, Units
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentOffered, TaskQueued
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.tasks import TaskCreated
from tests.services.router.builders import a_review, a_verdict
from tests.services.router.in_memory import Desk, a_desk
from tests.services.router.test_invariants import facts_of, journal_of
from tests.support.builders import POOL, a_policy, a_quote, a_task
from tests.support.facts import folded
from tests.support.people import answering


def about(asked: Asked, task_id: str = "t-1", *, answers_min: int = 1) -> TaskCreated:
    policy = a_policy(answers_min=answers_min)
    return a_task(task_id, policy=policy).model_copy(update={"asked": asked})


# --- whom it is not for --------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations(("profile", "presence", "task"))))
async def test_nobody_is_asked_whom_the_task_is_not_for(order: tuple[str, ...]) -> None:
    desk = Desk()
    said: dict[str, Event] = {
        "profile": desk.profile("w-1"),
        "presence": desk.presence("w-1"),
        "task": about(Asked(not_for=("w-1", "auth0|w-9"))),
    }
    for name in order:
        desk.hear(said[name])
        await desk.settle(2)
    assert desk.offered() == set()

    desk.join("w-2")
    await desk.settle()
    assert desk.offered() == {("w-2", "t-1")}


async def test_nobody_is_asked_later_either_whom_the_task_is_not_for() -> None:
    desk = await a_desk("w-1", "w-2", "w-3", capacity=3)
    desk.hear(about(Asked(not_for=("w-1",))))
    desk.hear(a_review(3))
    await desk.settle()
    desk.hear(answering(desk.offer("w-2")))
    await desk.settle()

    assert desk.offered() == {("w-2", "t-1"), ("w-3", "t-1")}


async def test_whom_a_task_is_not_for_is_remembered_through_a_rebuild_and_after_its_end() -> None:
    desk = Desk()
    desk.hear(about(Asked(not_for=("w-1",))))
    desk.join("w-2")
    await desk.settle()
    desk.hear(answering(desk.offer("w-2")), a_verdict())
    rebuilt = folded(desk.service, journal_of(desk))

    assert facts_of(rebuilt) == facts_of(desk.twin)
    task = to_state_parts.task(rebuilt, POOL, "t-1")
    assert task.stages == {"w-1": Stage.EXCLUDED, "w-2": Stage.ANSWERED}
    assert task.had_by("w-1")


@given(st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
async def test_a_task_that_is_not_for_some_folds_in_any_order(random: object) -> None:
    desk = Desk()
    desk.hear(about(Asked(not_for=("w-1", "a:b"), text="x"), answers_min=2))
    desk.join("w-2", "w-3")
    await desk.settle()
    desk.hear(answering(desk.offer("w-2")), answering(desk.offer("w-3"), "dog"), a_verdict())
    journal = journal_of(desk) * 2
    random.shuffle(journal)  # type: ignore[attr-defined]

    assert facts_of(folded(desk.service, journal)) == facts_of(desk.twin)


# --- what it is worth ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("per", "count", "rate", "minimum", "amount"),
    [
        ("word", 120, 2, 0, 240),
        ("word", 1, 2, 50, 50),
        ("field", 0, 7, 0, 0),
        ("candidate", 3, 5, 10, 15),
        ("audio_minute", 90_000, 40, 0, 60),
        ("audio_minute", 750, 40, 0, 0),  # half a minor unit: to the even one
        ("audio_minute", 2_250, 40, 0, 2),
        ("audio_minute", 1, 40, 5, 5),
    ],
)
async def test_units_are_paid_for_from_the_offer_to_the_answer(
    per: PaidUnit, count: int, rate: int, minimum: int, amount: int
) -> None:
    units = Units(per=per, count=count, rate_minor=rate, minimum_minor=minimum)
    desk = await a_desk("w-1")
    desk.hear(about(Asked(units=units)))
    desk.hear(answering(desk.offer("w-1")))
    expected = a_quote(amount).model_copy(update={"units": units})

    assert desk.offer("w-1").claims.quote == expected
    assert desk.offer("w-1").asked is None
    assert [event.quote for event in desk.of(AssignmentOffered)] == [expected]
    assert [event.quote for event in desk.of(AssignmentAnswered)] == [expected]


# --- what it asks about --------------------------------------------------------------------------

WHOLE = Asked(
    candidates=(Candidate(id="c1", text="Selamat"), Candidate(id="c2", text="Halo")),
    text="Dua anak bermain.",
    not_for=("w-9",),
)


async def test_what_is_asked_about_is_in_the_journal_and_in_offers_made_much_later() -> None:
    desk = await a_desk()
    desk.hear(about(WHOLE))
    desk.hear(a_review(2))
    desk.join("w-1")
    await desk.settle()

    assert [event.asked for event in desk.of(TaskQueued)] == [WHOLE, WHOLE]
    (offer,) = desk.of(OfferMade)
    assert offer.asked is not None
    assert {candidate.id for candidate in offer.asked.candidates} == {"c1", "c2"}
    assert offer.asked.text == WHOLE.text
    assert offer.asked.not_for == ()


async def test_rules_are_kept_once_whatever_their_tasks_ask_about() -> None:
    desk = await a_desk()
    for number in range(5):
        desk.hear(about(Asked(text=f"text {number}", not_for=(f"w-{number}",)), f"t-{number}"))

    assert len([key for key in desk.twin.items() if ":rules:" in key]) == 1


async def test_what_is_asked_about_goes_when_the_task_ends() -> None:
    desk = await a_desk("w-1")
    desk.hear(about(WHOLE), a_verdict())

    assert keys.content(POOL, "t-1") not in desk.twin.items()
