"""Whoever is offered a task is as reliable as it asks for, or a newcomer of its share."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentuh.audit.ratings import everybody_was_reliable_enough
from sentuh.history.collect import History, PublishedEvent
from services.router import keys, rank, to_state_parts
from services.router.state import Rules, Task
from services.router.state.rating import ANSWERS_MIN, UNKNOWN, entry_to, worth_of
from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.parts import Requirement
from shared.contracts.events.ratings import SeenRating, WorkerRated
from shared.contracts.topics import Names
from tests.services.router.in_memory import Desk
from tests.support.builders import POOL, TASK_TYPE, a_policy, a_task, after

LEAST = 0.7
ASKS = Requirement(reliability_min=LEAST, newcomer_share=0.2)
CLOSED = Requirement(reliability_min=LEAST, newcomer_share=1e-9)
WORKERS = tuple(f"w-{number}" for number in range(6))


def a_rating(
    worker_id: str, lower: float, count: int = 40, *, days: int = 0, task_type: str = TASK_TYPE
) -> WorkerRated:
    return WorkerRated(
        pool=POOL,
        at=after(count),
        task_type=task_type,
        worker_id=worker_id,
        mean=(lower + 1) / 2,
        lower=lower,
        upper=1.0,
        count=count,
        era=after(86_400 * days).replace(second=0, microsecond=0),
        caused_by=f"t-{count}",
    )


def a_desk(*ratings: WorkerRated) -> Desk:
    """A desk at which these workers wait, and some who are not rated."""
    desk = Desk()
    desk.hear(*ratings)
    desk.join(*WORKERS)
    return desk


async def offered_by(desk: Desk, requirement: Requirement, *, tasks: int = 1) -> list[str]:
    """Return who was offered so many tasks, each of which wants one answer."""
    policy = a_policy(answers_min=1, requirement=requirement)
    for number in range(tasks):
        desk.hear(a_task(f"t-{number}", policy=policy))
    await desk.settle()
    return [made.worker_id for made in desk.of(AssignmentOffered)]


def broken_promises(desk: Desk, *ratings: WorkerRated) -> list[str]:
    """Return what the audit finds, which knows nothing of the router's code."""
    history = History(Names())
    for event in (*desk.announced, *ratings):
        published = PublishedEvent(event, event.event_id, (event.TOPIC.name, 0, 0), 0)
        history.events[type(event)].append(published)
    return [f"{one.subject}: {one.detail}" for one in everybody_was_reliable_enough(history)]


async def test_who_meets_the_bound_is_asked_and_nobody_below_it() -> None:
    desk = a_desk(a_rating("w-1", LEAST - 0.01), a_rating("w-4", LEAST))

    assert await offered_by(desk, CLOSED) == ["w-4"]
    (offer,) = desk.of(AssignmentOffered)
    assert offer.rating == SeenRating(lower=LEAST, count=40)
    assert offer.explored is False


@pytest.mark.parametrize(
    "rating",
    [
        a_rating("w-1", 0.95, ANSWERS_MIN - 1),
        a_rating("w-1", 0.95, task_type="birds"),
        a_rating("nobody", 0.95),
    ],
    ids=["hardly known", "on another task type", "of somebody nobody knows"],
)
async def test_a_rating_that_lets_nobody_in_lets_nobody_in(rating: WorkerRated) -> None:
    assert await offered_by(a_desk(rating), CLOSED) == []


async def test_newcomers_get_their_share_and_no_more() -> None:
    desk = a_desk()
    desk.join(*WORKERS, capacity=20)

    await offered_by(desk, ASKS, tasks=60)

    offers = desk.of(AssignmentOffered)
    by_worker = [sum(one.worker_id == who for one in offers) for who in WORKERS]
    assert all(one.explored and one.rating is None for one in offers)
    assert 0 < max(by_worker) <= 20
    assert len(offers) > 20


async def test_without_a_bound_an_offer_says_nothing_of_ratings() -> None:
    desk = a_desk(a_rating("w-1", 0.1))

    await offered_by(desk, Requirement(), tasks=3)

    assert {(one.rating, one.explored) for one in desk.of(AssignmentOffered)} == {(None, None)}


async def test_no_offer_shows_a_rating_to_anybody() -> None:
    desk = a_desk(a_rating("w-4", 0.7654))

    await offered_by(desk, CLOSED)

    (made,) = desk.of(OfferMade)
    assert "0.7654" not in made.model_dump_json()
    assert "explored" not in made.model_dump_json()


async def test_who_rises_above_the_bound_is_asked_once_a_lane_is_looked_over() -> None:
    desk = a_desk(a_rating("w-1", 0.3))
    assert await offered_by(desk, CLOSED) == []

    desk.hear(a_rating("w-1", 0.8, 60))
    await desk.settle(40)

    assert [one.worker_id for one in desk.of(AssignmentOffered)] == ["w-1"]


ratings = st.lists(
    st.builds(
        a_rating,
        st.sampled_from([*WORKERS, "stranger"]),
        st.sampled_from([0.2, 0.69, 0.7, 0.9]),
        st.integers(1, 60),
        days=st.integers(0, 2),
    ),
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(announced=ratings, seed=st.randoms(use_true_random=False))
async def test_ratings_in_any_order_and_twice_keep_the_promise(
    announced: list[WorkerRated], seed: Random
) -> None:
    shuffled = announced * 2
    seed.shuffle(shuffled)
    desk, other = a_desk(*announced), a_desk(*shuffled)

    await offered_by(other, ASKS, tasks=4)

    assert broken_promises(other, *announced) == []
    for worker_id in (*WORKERS, "stranger"):
        key, name = keys.worker(POOL, worker_id), keys.rated(TASK_TYPE)
        assert other.twin.fields(key).get(name) == desk.twin.fields(key).get(name)


async def test_the_audit_finds_who_was_let_in_by_neither() -> None:
    desk = a_desk(a_rating("w-4", 0.9))
    await offered_by(desk, CLOSED)
    (offer,) = desk.of(AssignmentOffered)
    place = desk.announced.index(offer)

    for wrong in (
        {"rating": SeenRating(lower=0.69, count=40)},
        {"rating": SeenRating(lower=0.9, count=9)},
        {"rating": None},
        {"explored": True, "rating": None},
        {"rating": SeenRating(lower=0.91, count=40)},
    ):
        desk.announced[place] = offer.model_copy(update=wrong)
        assert broken_promises(desk, a_rating("w-4", 0.9)), wrong


def test_the_same_newcomers_are_let_in_whenever_it_is_decided() -> None:
    entries = [entry_to(ASKS, "", task_id=f"t-{n}", worker_id="w-1") for n in range(500)]

    assert entries == [entry_to(ASKS, "", task_id=f"t-{n}", worker_id="w-1") for n in range(500)]
    assert 60 <= sum(one is not None for one in entries) <= 140


def test_of_somebody_nobody_knows_a_rating_is_let_go_one_day() -> None:
    desk = Desk()
    desk.hear(a_rating("stranger", 0.9), a_rating("w-1", 0.9))
    desk.join("w-1")

    assert keys.worker(POOL, "stranger") in desk.twin.expiring
    assert keys.worker(POOL, "w-1") not in desk.twin.expiring


def test_of_newcomers_only_the_first_stands_before_people_who_meet_the_bound() -> None:
    desk = a_desk(*(a_rating(who, 0.9) for who in WORKERS[3:]))
    view = desk.twin
    policy = a_policy(requirement=Requirement(reliability_min=LEAST, newcomer_share=1.0))
    task = Task(POOL, "t-1", rules=Rules.of(policy))
    workers = [to_state_parts.worker(view, POOL, who) for who in WORKERS]
    idle = [one._replace(active_ms=number) for number, one in enumerate(workers)]

    ranked = [one.worker_id for one in rank.longest_idle(task, idle)]

    assert ranked == ["w-0", "w-3", "w-4", "w-5", "w-1", "w-2"]


BEST_OF_3 = Requirement(best_known_of=3, newcomer_share=1e-9)


async def test_the_best_known_of_the_longest_idle_is_asked() -> None:
    ratings = a_rating("w-0", 0.6), a_rating("w-1", 0.8), a_rating("w-2", 0.7), a_rating("w-3", 0.9)
    desk = Desk()
    desk.hear(*ratings)
    for who in WORKERS:
        desk.join(who)
        desk.wait(1)

    assert await offered_by(desk, BEST_OF_3) == ["w-1"]
    (offer,) = desk.of(AssignmentOffered)
    assert (offer.rating, offer.explored) == (SeenRating(lower=0.8, count=40), None)
    assert (offer.why.rule, offer.why.chosen_among) == ("best_known", len(WORKERS))
    assert broken_promises(desk, *ratings) == []
    assert broken_promises(desk) == [
        f"{offer.assignment_id} w-1: offered by a rating that was never announced"
    ]


@given(
    st.lists(st.tuples(st.sampled_from([0, 5, 40]), st.floats(0.05, 0.95)), min_size=6, max_size=6),
    st.sampled_from([None, 2, 3, 4]),
    st.sampled_from([1e-9, 0.3, 1.0]),
)
@settings(max_examples=40)
def test_each_in_turn_is_the_best_known_of_so_many_who_waited_longest(
    ratings: list[tuple[int, float]], of: int | None, share: float
) -> None:
    desk = a_desk(
        *(
            a_rating(who, round(lower, 4), count)
            for who, (count, lower) in zip(WORKERS, ratings, strict=True)
            if count
        )
    )
    requirement = Requirement(best_known_of=of, newcomer_share=share if of else None)
    task = Task(POOL, "t-1", rules=Rules.of(a_policy(requirement=requirement)))
    workers = [to_state_parts.worker(desk.twin, POOL, who) for who in WORKERS]
    left = [one._replace(active_ms=number) for number, one in enumerate(workers)]

    for one in rank.in_turn(task, left[::-1]):
        looked_at = [rank.worth(task, other) for other in left[: of or 1]]
        assert rank.worth(task, one) == max(looked_at)
        assert left.index(one) == looked_at.index(max(looked_at))
        left.remove(one)
    assert not left


def test_in_the_share_for_newcomers_whoever_waited_longest_is_asked() -> None:
    everybody = Requirement(best_known_of=3, newcomer_share=1.0)

    assert {
        worth_of(everybody, packed, task_id="t-1", worker_id="w-1")
        for packed in ("", a_rating("w-1", 0.2).kept.text)
    } == {1.0}
    assert worth_of(BEST_OF_3, "", task_id="t-1", worker_id="w-1") == UNKNOWN
