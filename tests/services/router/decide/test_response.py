"""A response moves its seat exactly once; an answer is never lost, and never counted when late."""

from datetime import timedelta

import pytest

from services.router import lanes, to_state_parts
from shared.contracts.events.assignments import (
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentExpired,
    AssignmentOffered,
)
from shared.contracts.events.offers import OfferMade
from shared.state.store import write_only
from shared.state.twin import Twin
from tests.services.router.builders import a_verdict
from tests.services.router.in_memory import Desk, a_desk, kinds
from tests.support.builders import POOL, a_policy, a_task
from tests.support.people import accepting, answering, declining

ONE = a_policy(answers_min=1)
"""Accept within 60 s, then answer within 120 s."""


async def with_an_offer() -> Desk:
    desk = await a_desk("w-1")
    desk.hear(a_task(policy=ONE))
    return desk


async def test_an_offer_is_accepted_then_answered() -> None:
    desk = await with_an_offer()
    offer = desk.offer("w-1")

    assert kinds(desk.hear(accepting(offer))) == ["assignment.accepted"]
    (answered,) = desk.wait(90).hear(answering(offer, "dog"))

    assert isinstance(answered, AssignmentAnswered)
    assert answered.answer == "dog"
    assert answered.late is False
    assert answered.quote == offer.claims.quote
    assert answered.place == offer.claims.place
    assert answered.turn == offer.claims.turn


async def test_an_answer_implies_acceptance() -> None:
    desk = await with_an_offer()

    assert kinds(desk.hear(answering(desk.offer("w-1")))) == ["assignment.answered"]


@pytest.mark.parametrize(
    ("accepted", "seconds", "late"),
    [
        (False, 60, False),
        (False, 60.001, True),
        (True, 180, False),
        (True, 180.001, True),
    ],
)
async def test_exactly_at_the_end_of_the_lease_is_on_time(
    accepted: bool, seconds: float, late: bool
) -> None:
    desk = await with_an_offer()
    offer = desk.offer("w-1")
    made_at = desk.now
    if accepted:
        desk.wait(60).hear(accepting(offer))

    desk.hear(answering(offer), at=made_at + timedelta(seconds=seconds))

    assert [answered.late for answered in desk.of(AssignmentAnswered)] == [late]


async def test_an_acceptance_after_its_time_changes_nothing() -> None:
    desk = await with_an_offer()

    assert desk.wait(61).hear(accepting(desk.offer("w-1"))) == []


async def test_an_answer_read_after_an_outage_is_on_time() -> None:
    desk = await with_an_offer()
    sent_at = desk.now + timedelta(seconds=30)
    desk.lag = timedelta(seconds=600)

    assert await desk.wait(600).sweep() == []
    (answered,) = desk.hear(answering(desk.offer("w-1")), at=sent_at)

    assert isinstance(answered, AssignmentAnswered)
    assert not answered.late


async def test_a_late_answer_changes_no_ending() -> None:
    desk = await with_an_offer()
    offer = desk.offer("w-1")

    said = desk.wait(61).hear(answering(offer))
    assert [answered.late for answered in desk.of(AssignmentAnswered)] == [True]
    said += await desk.sweep()

    assert kinds(said) == ["assignment.answered", "assignment.expired"]


async def test_an_answer_after_the_seat_expired_is_late() -> None:
    desk = await with_an_offer()
    await desk.wait(61).sweep()
    assert desk.of(AssignmentExpired)

    assert kinds(desk.hear(answering(desk.offer("w-1")))) == ["assignment.answered"]
    assert desk.of(AssignmentAnswered)[0].late


async def test_an_answer_after_the_task_was_closed_is_late() -> None:
    desk = await with_an_offer()
    desk.hear(accepting(desk.offer("w-1")), a_verdict())

    assert kinds(desk.hear(answering(desk.offer("w-1")))) == ["assignment.answered"]
    assert desk.of(AssignmentAnswered)[0].late


async def test_an_answer_after_a_decline_is_refused() -> None:
    desk = await with_an_offer()
    desk.hear(declining(desk.offer("w-1")))

    assert desk.refused(answering(desk.offer("w-1"))) == "assignment_ended"


async def test_an_answer_the_state_has_forgotten_is_late_and_asked_for_no_more() -> None:
    desk = await with_an_offer()
    offer = desk.offer("w-1")
    desk.twin = Twin()

    assert kinds(desk.hear(answering(offer))) == ["assignment.answered", "assignment.withdrawn"]
    assert desk.of(AssignmentAnswered)[0].late
    desk.join("w-1")
    desk.hear(a_task(policy=ONE))
    await desk.settle()
    assert desk.of(OfferMade) == [offer]

    desk.twin = Twin()
    desk.join("w-1")
    desk.hear(a_task(policy=ONE))
    assert kinds(desk.hear(answering(offer))) == ["assignment.answered", "assignment.withdrawn"]
    await desk.settle()
    assert ("w-1", "t-1") in desk.offered()
    assert desk.offer("w-1") == offer


async def test_a_forgotten_seat_frees_no_place_of_another() -> None:
    desk = await with_an_offer()
    forgotten = desk.offer("w-1")
    desk.twin = Twin()
    desk.join("w-1")
    desk.hear(a_task("t-2", policy=ONE))
    await desk.wait(60).settle()
    desk.hear(a_task("t-1", policy=ONE), a_task("t-3", policy=ONE))
    assert ("w-1", "t-2") in desk.offered()

    desk.hear(answering(forgotten))
    await desk.settle()

    assert ("w-1", "t-3") not in desk.offered()


@pytest.mark.parametrize("wait", [0, 61])
async def test_the_same_answer_many_times_is_one(wait: int) -> None:
    desk = await with_an_offer()
    answer = answering(desk.offer("w-1"))
    desk.wait(wait)

    for _ in range(100):
        desk.hear(answer)
        desk.forget_outcomes()

    assert len(desk.of(AssignmentAnswered)) == 1


@pytest.mark.parametrize("wait", [0, 61])
async def test_a_second_answer_with_other_content_is_refused(wait: int) -> None:
    desk = await with_an_offer()
    desk.wait(wait).hear(answering(desk.offer("w-1"), "cat"))
    desk.forget_outcomes()

    assert desk.refused(answering(desk.offer("w-1"), "dog")) == "id_reuse"
    assert [answered.answer for answered in desk.of(AssignmentAnswered)] == ["cat"]


async def test_whoever_answers_gets_the_next_task_at_once() -> None:
    desk = await with_an_offer()
    desk.hear(a_task("t-2", policy=ONE))

    said = desk.hear(answering(desk.offer("w-1")))

    assert kinds(said) == ["assignment.answered", "offer.made", "assignment.offered"]
    assert desk.offer("w-1", "t-2").claims.place == 0
    assert desk.offer("w-1", "t-2").claims.turn == 2
    assert desk.of(AssignmentOffered)[-1].why.rule == "next_in_lane"


async def test_a_declined_task_that_was_listed_all_along_waits_on() -> None:
    desk = await with_an_offer()
    desk.twin.make([write_only(*lanes.task_waits(to_state_parts.task(desk.twin, POOL, "t-1")))])
    desk.hear(declining(desk.offer("w-1")))

    desk.join("w-2")
    await desk.settle()

    assert ("w-2", "t-1") in desk.offered()


async def test_whoever_declines_is_not_asked_the_same_again() -> None:
    desk = await with_an_offer()

    assert kinds(desk.hear(declining(desk.offer("w-1")))) == ["assignment.declined"]
    await desk.settle(40)

    assert len(desk.offered()) == 1


async def test_a_decline_after_the_answer_changes_nothing() -> None:
    desk = await with_an_offer()
    desk.hear(answering(desk.offer("w-1")))

    assert desk.hear(declining(desk.offer("w-1"))) == []


async def test_a_decline_carries_its_reason_and_note_into_the_journal() -> None:
    desk = await with_an_offer()
    why = {"reason": "media_unusable", "note": "the audio\nis only noise"}

    (declined,) = desk.hear(declining(desk.offer("w-1"), **why))

    assert isinstance(declined, AssignmentDeclined)
    assert (declined.reason, declined.note) == tuple(why.values())


async def test_of_two_declines_with_other_reasons_the_first_stands() -> None:
    desk = await with_an_offer()
    desk.hear(declining(desk.offer("w-1"), reason="no_time"))

    assert desk.hear(declining(desk.offer("w-1"), reason="other", note="no")) == []
    assert [made.reason for made in desk.of(AssignmentDeclined)] == ["no_time"]


async def test_a_note_is_in_no_state_and_no_header() -> None:
    desk = await with_an_offer()
    desk.hear(declining(desk.offer("w-1"), reason="other", note="hush-4711"))

    assert "hush-4711" not in str(desk.facts())
    assert b"hush-4711" not in b"".join(raw for sent in desk.published for _, raw in sent.headers)


async def test_the_answer_of_a_worker_suspended_meanwhile_is_counted() -> None:
    desk = await with_an_offer()
    desk.hear(desk.profile("w-1", status="suspended"))

    desk.hear(answering(desk.offer("w-1")))

    assert not desk.of(AssignmentAnswered)[0].late


async def test_many_who_answer_at_once_each_get_another_task() -> None:
    workers = [f"w-{n:02}" for n in range(30)]
    desk = await a_desk(*workers)
    desk.hear(*[a_task(f"t-{n:02}", policy=ONE) for n in range(60)])
    offers = [made for made in desk.announced if made.TYPE == "offer.made.v1"]
    desk.announced.clear()

    said = desk.hear_at_once([answering(offer) for offer in offers])  # type: ignore[arg-type]

    assert kinds(said).count("assignment.offered") == 30
    assert desk.conflicts == 0
