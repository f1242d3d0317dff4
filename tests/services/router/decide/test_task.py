"""A task is queued once, offered to those who fit, asked about more often, and closed."""

from shared.contracts.events.assignments import (
    AssignmentOffered,
    AssignmentWithdrawn,
    TaskClosed,
    TaskQueued,
)
from shared.contracts.events.offers import OfferMade, OfferWithdrawn, ShownWhy
from shared.contracts.events.parts import Requirement, ShownOutput, SkillNeed, Why
from tests.services.router.builders import a_review, a_verdict
from tests.services.router.in_memory import a_desk, kinds
from tests.support.builders import a_policy, a_task
from tests.support.people import accepting, answering, declining

ANIMALS = Requirement(skills=(SkillNeed(skill="animals", level_min=2),), languages=("id",))


async def test_a_task_is_offered_to_as_many_as_it_wants() -> None:
    desk = await a_desk("w-1", "w-2", "w-3")

    said = desk.hear(a_task())

    assert kinds(said) == [
        "task.queued",
        "offer.made",
        "assignment.offered",
        "offer.made",
        "assignment.offered",
    ]
    assert desk.offered() == {("w-1", "t-1"), ("w-2", "t-1")}


async def test_a_task_that_comes_again_changes_nothing() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task())
    desk.forget_outcomes()

    assert desk.hear(a_task()) == []


async def test_a_task_that_comes_again_after_it_was_closed_changes_nothing() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task(), a_verdict())
    desk.forget_outcomes()

    assert desk.hear(a_task()) == []


async def test_an_offer_says_what_it_shows_pays_and_why() -> None:
    desk = await a_desk("w-1", "w-2", "w-3", skills={"animals": 3}, languages=["id"])
    task = a_task(policy=a_policy(answers_min=1, requirement=ANIMALS))
    desk.hear(task)
    await desk.settle()

    (offer,) = desk.of(OfferMade)

    assert offer.question == task.policy.question
    assert offer.output == ShownOutput(text=task.output.text)
    assert offer.claims.quote == task.policy.quote
    assert offer.claims.asks == task.policy.asks
    assert offer.why == ShownWhy(required=ANIMALS)
    (offered,) = desk.of(AssignmentOffered)
    assert offered.why == Why(required=ANIMALS, chosen_among=3, rule="longest_idle")


async def test_the_longest_idle_is_asked_first() -> None:
    desk = await a_desk("w-1", "w-2")
    one = a_policy(answers_min=1)
    desk.hear(a_task("t-1", policy=one))
    desk.wait(10).hear(a_task("t-2", policy=one))
    first, second = desk.offer("w-1", "t-1"), desk.offer("w-2", "t-2")
    desk.hear(answering(second))
    desk.wait(1).hear(answering(first))

    desk.wait(10).hear(a_task("t-3", policy=one))

    assert ("w-2", "t-3") in desk.offered()
    assert desk.of(AssignmentOffered)[-1].why.chosen_among == 2


async def test_nobody_is_offered_what_they_do_not_fit() -> None:
    desk = await a_desk()
    desk.join("w-level", skills={"animals": 1}, languages=["id"])
    desk.join("w-language", skills={"animals": 5}, languages=["en"])
    desk.join("w-suspended", skills={"animals": 5}, languages=["id"], status="suspended")
    desk.join("w-away", skills={"animals": 5}, languages=["id"], presence="away")
    desk.hear(a_task(policy=a_policy(requirement=ANIMALS)))
    await desk.settle()

    assert desk.offered() == set()

    desk.join("w-fits", skills={"animals": 2}, languages=["en", "id"])
    await desk.settle()

    assert desk.offered() == {("w-fits", "t-1")}


async def test_whoever_speaks_a_kind_of_the_language_is_offered_the_task() -> None:
    desk = await a_desk()
    desk.join("w-narrow", languages=["id-ID"])
    desk.join("w-other", languages=["en-US"])
    desk.hear(a_task(policy=a_policy(requirement=Requirement(languages=("id",)))))
    desk.hear(a_task("t-2", policy=a_policy(requirement=Requirement(languages=("en-gb",)))))
    await desk.settle()

    assert desk.offered() == {("w-narrow", "t-1")}


async def test_many_tasks_of_one_batch_never_share_a_place() -> None:
    desk = await a_desk("w-1", "w-2", "w-3", capacity=2)

    desk.hear_at_once([a_task(f"t-{n}") for n in range(1, 6)])

    assert len(desk.offered()) == 6
    places = [(m.claims.worker_id, m.claims.place, m.claims.turn) for m in desk.of(OfferMade)]
    assert len(set(places)) == len(places)


async def test_a_review_asks_one_more() -> None:
    desk = await a_desk("w-1", "w-2", "w-3")
    desk.hear(a_task())
    desk.hear(answering(desk.offer("w-1")), answering(desk.offer("w-2"), "dog"))

    said = desk.hear(a_review(3))

    assert kinds(said) == ["task.queued", "offer.made", "assignment.offered"]
    assert ("w-3", "t-1") in desk.offered()
    assert said[0] == desk.of(TaskQueued)[0].model_copy(update={"wanted": 3, "at": desk.now})


async def test_a_review_never_asks_more_than_the_policy_takes() -> None:
    desk = await a_desk()
    desk.hear(a_task(policy=a_policy(answers_min=1, answers_max=2)))

    assert [said.wanted for said in desk.hear(a_review(9)) if isinstance(said, TaskQueued)] == [2]
    assert desk.hear(a_review(8)) == []


async def test_a_review_of_what_is_closed_changes_nothing() -> None:
    desk = await a_desk()
    desk.hear(a_task(), a_verdict())

    assert desk.hear(a_review(3)) == []


async def test_a_task_queued_after_its_review_wants_what_was_asked_for() -> None:
    desk = await a_desk()
    assert desk.hear(a_review(3), a_review(2)) == []

    said = desk.hear(a_task(policy=a_policy(answers_min=1, answers_max=5)))

    assert [queued.wanted for queued in said if isinstance(queued, TaskQueued)] == [3]


async def test_a_reviewed_task_waits_where_nobody_is_free() -> None:
    desk = await a_desk("w-1", "w-2")
    desk.hear(a_task())
    desk.hear(answering(desk.offer("w-1")), answering(desk.offer("w-2"), "dog"), a_review(3))
    assert len(desk.offered()) == 2

    desk.join("w-3")
    await desk.settle()

    assert ("w-3", "t-1") in desk.offered()


async def test_a_verdict_takes_back_what_is_open() -> None:
    desk = await a_desk("w-1", "w-2")
    desk.hear(a_task())
    desk.hear(answering(desk.offer("w-1")), accepting(desk.offer("w-2")))

    said = desk.hear(a_verdict())

    assert kinds(said) == ["offer.withdrawn", "assignment.withdrawn", "task.closed"]
    (told,) = desk.of(OfferWithdrawn)
    (withdrawn,) = desk.of(AssignmentWithdrawn)
    (closed,) = desk.of(TaskClosed)
    assert told.worker_id == "w-2"
    assert told.reason == "verdict"
    assert withdrawn.assignment_id == told.assignment_id
    assert closed.reason == "verdict"
    assert closed.answers == (desk.offer("w-1").claims.assignment_id,)


async def test_a_worker_whose_seat_is_taken_back_gets_the_next_task() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task("t-1"), a_task("t-2"))

    desk.hear(a_verdict("t-1"))
    await desk.settle()

    assert ("w-1", "t-2") in desk.offered()


async def test_a_models_verdict_is_none_of_its_business() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task())

    assert desk.hear(a_verdict(by="model")) == []
    assert desk.hear(a_verdict("t-unknown")) == []


async def test_a_declined_task_goes_to_somebody_else() -> None:
    desk = await a_desk("w-1")
    desk.hear(a_task(policy=a_policy(answers_min=1)))
    desk.join("w-2")

    desk.hear(declining(desk.offer("w-1")))
    await desk.settle()

    assert desk.offered() == {("w-1", "t-1"), ("w-2", "t-1")}
