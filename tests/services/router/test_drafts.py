"""Drafts from the offer to the answer, and records too large for a token."""

import pytest
from pydantic import SecretStr

from services.router.decide.shown import digest_of_answer
from services.router.settings import RouterSettings
from shared.contracts.events.asked import Asked
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentOffered
from shared.contracts.events.parts import Answers, Policy
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.question import Answer
from shared.contracts.questions.record import RecordQuestion
from tests.services.router.in_memory import SECRET, Desk, a_desk
from tests.support.builders import a_policy, a_task
from tests.support.people import accepting, answering

SMALL = RecordQuestion.model_validate({"fields": [{"kind": "text", "name": "seller"}]})
LARGE = RecordQuestion.model_validate(
    {"fields": [{"kind": "text", "name": f"field-{n}", "required": n == 0} for n in range(150)]}
)
DRAFT: Answer = {"seller": "Kopi Pagi"}


def policy_of(asks: RecordQuestion, share: float | None = None) -> Policy:
    update = {"asks": asks, "draft_blind_share": share}
    return a_policy(answers_min=1).model_copy(update=update)


def about(asks: RecordQuestion, *, share: float | None = None, draft: Answer = None) -> TaskCreated:
    asked = None if draft is None else Asked(draft=draft)
    return a_task(policy=policy_of(asks, share)).model_copy(update={"asked": asked})


async def offered(task: TaskCreated) -> Desk:
    desk = await a_desk()
    desk.hear(desk.profile("w-1"), desk.presence("w-1", kinds=["record"]), task)
    await desk.settle(3)
    return desk


# --- drafts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "drafted"), [(0.0, True), (1.0, False), (None, False)], ids=["all", "none", "unset"]
)
@pytest.mark.parametrize(
    ("answer", "unchanged"),
    [(DRAFT, True), ({"seller": " Kopi  Pagi "}, True), ({"seller": "Kopi Sore"}, False)],
)
async def test_whether_they_began_from_the_draft_goes_from_the_offer_to_the_answer(
    share: float | None, answer: Answer, *, drafted: bool, unchanged: bool
) -> None:
    desk = await offered(about(SMALL, share=share, draft=DRAFT))
    offer = desk.offer("w-1")
    desk.hear(answering(offer, answer))

    assert offer.claims.drafted is drafted
    assert (offer.asked.draft if offer.asked else None) == (DRAFT if drafted else None)
    assert (offer.output.text is not None) is drafted
    assert [event.drafted for event in desk.of(AssignmentOffered)] == [drafted]
    (answered,) = desk.of(AssignmentAnswered)
    assert (answered.drafted, answered.unchanged) == (drafted, unchanged)
    began, same = "drafted" if drafted else "blind", "same" if unchanged else "another"
    labels = {"task_type": "animals", "began": began, "answer": same}
    assert desk.service.observe
    desk.service.observe([answered], desk.twin)
    assert desk.registry.get_sample_value("sentuh_router_draft_answers_total", labels) == 1


@pytest.mark.parametrize("share", [0.0, 1.0], ids=["drafted", "blind"])
async def test_a_guess_of_the_draft_cannot_be_checked_by_its_digest(share: float) -> None:
    desk = await a_desk()
    for worker in ("w-1", "w-2"):
        desk.hear(desk.profile(worker), desk.presence(worker, kinds=["record"]))
    task = about(SMALL, share=share, draft=DRAFT)
    policy = task.policy.model_copy(update={"answers": Answers(min=2, max=2)})
    desk.hear(task.model_copy(update={"policy": policy}))
    await desk.settle(3)
    stated = [desk.offer(worker).claims.draft_digest for worker in ("w-1", "w-2")]
    guessed = digest_of_answer(SMALL, DRAFT)

    assert None not in stated
    assert stated[0] != stated[1]
    assert not any(guessed.startswith(digest or "") for digest in stated)
    assert guessed not in desk.offer("w-1").model_dump_json()


@pytest.mark.parametrize(("answer", "unchanged"), [(DRAFT, True), ({"seller": "Ibu Sri"}, False)])
async def test_the_digest_is_checked_under_the_key_that_signed_its_token(
    answer: Answer, *, unchanged: bool
) -> None:
    desk = await offered(about(SMALL, share=0.0, draft=DRAFT))
    newer = RouterSettings(token_keys=SecretStr(f"k2={'n' * 32},k1={SECRET}"))
    desk.restart_as(Desk(newer).service)
    desk.hear(answering(desk.offer("w-1"), answer))
    (answered,) = desk.of(AssignmentAnswered)

    assert answered.unchanged is unchanged


async def test_without_a_draft_nobody_is_drafted_or_blind() -> None:
    desk = await offered(about(SMALL, share=0.5))
    desk.hear(answering(desk.offer("w-1"), DRAFT))
    (answered,) = desk.of(AssignmentAnswered)

    assert desk.offer("w-1").claims.drafted is None
    assert (answered.drafted, answered.unchanged) == (None, None)


# --- what the token alone cannot tell ------------------------------------------------------------

WRONG: Answer = {"field-0": "x", "no-such-field": "y"}
RIGHT: Answer = {"field-0": "x", "field-7": "y"}


@pytest.mark.parametrize("respond", [True, False], ids=["accepted", "at once"])
async def test_a_bad_answer_leaves_the_seat_and_a_mended_one_is_taken(*, respond: bool) -> None:
    desk = await offered(about(LARGE))
    offer = desk.offer("w-1")
    if respond:
        desk.hear(accepting(offer))
    before = str(desk.twin.items())

    assert desk.refused(answering(offer, WRONG)) == "bad_answer"
    assert str(desk.twin.items()) == before

    desk.hear(answering(offer, RIGHT))
    (answered,) = desk.of(AssignmentAnswered)
    assert (answered.answer, answered.late) == (RIGHT, False)
    assert len(offer.token) < 4 * 1024


async def test_what_cannot_be_checked_any_more_is_paid_as_a_late_answer() -> None:
    desk = await offered(about(LARGE))
    offer = desk.offer("w-1")
    empty = Desk()
    empty.hear(answering(offer, WRONG))
    (answered,) = empty.of(AssignmentAnswered)

    assert (answered.answer, answered.late) == (WRONG, True)
    assert answered.quote == offer.claims.quote


async def test_what_is_no_record_at_all_is_refused_even_then() -> None:
    desk = await offered(about(LARGE))

    assert Desk().refused(answering(desk.offer("w-1"), ["x"])) == "bad_answer"
