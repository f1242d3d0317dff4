"""What the router counts for people who run it: offers, their endings, and how long they took."""

from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest

from services.router.metrics import SKILLS_MAX, STALE, LaneCount, RouterMetrics
from shared.contracts.events.assignments import AssignmentOffered
from tests.services.router.builders import a_review
from tests.services.router.in_memory import Desk, a_desk
from tests.support.builders import NOW, a_policy, a_task
from tests.support.people import answering, declining

PLACE = ("{router:main}", 0)


def counted(desk: Desk, name: str, **labels: str) -> float | None:
    return desk.registry.get_sample_value(f"sentuh_router_{name}", labels)


def observe(desk: Desk, events: object) -> None:
    """As the pattern does after a commit."""
    assert desk.service.observe
    desk.service.observe(list(events), desk.twin)  # type: ignore[call-overload]


async def test_offers_and_their_endings_are_counted() -> None:
    desk = await a_desk("w-1", "w-2", "w-3")
    desk.wait(7)
    task = a_task(policy=a_policy(answers_min=2, answers_max=3))
    observe(desk, desk.hear(task))
    desk.wait(20)
    observe(desk, desk.hear(answering(desk.offer("w-1"))))
    observe(desk, desk.hear(declining(desk.offer("w-2"))))

    observe(desk, await desk.settle(1))

    assert counted(desk, "offers_total", round="first") == 3  # the third in place of the declined
    assert counted(desk, "offer_endings_total", ending="answered") == 1
    assert counted(desk, "offer_endings_total", ending="declined") == 1
    assert counted(desk, "offer_endings_total", ending="expired") == 0
    assert counted(desk, "answer_seconds_count") == 1
    assert counted(desk, "answer_seconds_sum") == 20
    assert counted(desk, "offer_wait_seconds_count") == 3
    waited = [offer.at - task.at for offer in desk.of(AssignmentOffered)]
    assert counted(desk, "offer_wait_seconds_sum") == sum(waited, timedelta()).total_seconds()


async def test_declines_are_counted_by_their_reason() -> None:
    desk = await a_desk("w-1", "w-2", "w-3")
    observe(desk, desk.hear(a_task(policy=a_policy(answers_min=2, answers_max=3))))
    observe(desk, desk.hear(declining(desk.offer("w-1"), reason="no_time", note="hush-4711")))
    observe(desk, desk.hear(declining(desk.offer("w-2"))))

    assert counted(desk, "declines_total", reason="no_time") == 1
    assert counted(desk, "declines_total", reason="unsaid") == 1
    assert counted(desk, "declines_total", reason="other") == 0
    assert "hush-4711" not in generate_latest(desk.registry).decode()


async def test_an_offer_after_a_review_is_one_of_its_round() -> None:
    desk = await a_desk("w-1", "w-2")
    observe(desk, desk.hear(a_task(policy=a_policy(answers_min=1, answers_max=2))))
    observe(desk, desk.hear(a_review(wanted=2)))

    assert counted(desk, "offers_total", round="first") == 1
    assert counted(desk, "offers_total", round="review") == 1
    assert counted(desk, "offer_wait_seconds_count") == 1


async def test_offers_that_expire_and_tasks_that_close_are_counted() -> None:
    desk = await a_desk("w-1")
    observe(desk, desk.hear(a_task(policy=a_policy(answers_min=1, answers_max=1))))
    desk.wait(40 * 86_400)
    observe(desk, await desk.settle())

    assert counted(desk, "offer_endings_total", ending="expired") == 1
    assert counted(desk, "closed_tasks_total", reason="deadline") == 1


def test_waiting_tasks_are_told_by_the_skills_of_their_lanes() -> None:
    registry = CollectorRegistry()
    metrics = RouterMetrics(registry)
    lanes = [LaneCount(("a", "b"), 3, 0, 1), LaneCount(("a",), 2, 1, 0), LaneCount((), 4, 0, 0)]
    metrics.lanes(PLACE, NOW, lanes)

    def waiting(skill: str) -> float | None:
        return registry.get_sample_value("sentuh_router_waiting_tasks", {"skill": skill})

    assert waiting("a") == 5
    assert waiting("b") == 3
    assert waiting("none") == 4
    assert registry.get_sample_value("sentuh_router_starved_lanes") == 2
    metrics.lanes(PLACE, NOW, [])
    assert waiting("a") == 0
    assert waiting("b") == 0
    assert waiting("none") == 0


def test_a_partition_that_another_process_sweeps_now_is_not_counted_on() -> None:
    registry = CollectorRegistry()
    metrics = RouterMetrics(registry)
    metrics.lanes(PLACE, NOW, [LaneCount(("a",), 3, 0, 1)])
    metrics.lanes((PLACE[0], 1), NOW + STALE + timedelta(seconds=1), [])

    assert registry.get_sample_value("sentuh_router_waiting_lanes") == 0


def test_skills_beyond_the_bound_share_a_label() -> None:
    registry = CollectorRegistry()
    metrics = RouterMetrics(registry)
    lanes = [LaneCount((f"s-{number}",), 1, 0, 1) for number in range(SKILLS_MAX + 50)]
    metrics.lanes(PLACE, NOW, lanes)
    said = [one for family in registry.collect() for one in family.samples
            if one.name == "sentuh_router_waiting_tasks"]  # fmt: skip

    assert len(said) <= SKILLS_MAX + 1
    assert sum(one.value for one in said) == SKILLS_MAX + 50
