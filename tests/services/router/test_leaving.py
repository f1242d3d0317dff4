"""A worker who leaves: a record without a value takes back what their profile or presence said."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.events.assignments import (
    AssignmentAnswered,
    AssignmentOffered,
    AssignmentWithdrawn,
)
from shared.contracts.events.offers import OfferMade, OfferWithdrawn
from shared.contracts.topics import PRESENCE, WORKERS
from tests.services.router.processes import Router
from tests.services.router.test_strangers import here, listed, offered, task
from tests.support.people import accepting, answering


async def started(*events: Any) -> Router:
    """A router in which this was sent and has come to rest."""
    router = await Router().start()
    router.send(*events)
    await router.rest()
    return router


def offer_to(router: Router, worker: str = "w-1") -> OfferMade:
    return next(made for made in router.of(OfferMade) if made.claims.worker_id == worker)


def left(router: Router) -> list[tuple[str, str, str]]:
    made = router.of(AssignmentWithdrawn)
    return [(one.worker_id, one.task_id, one.reason) for one in made]


async def test_a_deleted_worker_is_offered_nothing_more_and_open_offers_are_withdrawn() -> None:
    router = await started(listed(), here(), task())
    router.delete(WORKERS, "w-1")
    await router.work()
    router.send(task("t-2"))
    await router.rest()

    assert offered(router) == {("w-1", "t-1")}
    assert left(router) == [("w-1", "t-1", "left")]
    assert [notice.reason for notice in router.of(OfferWithdrawn)] == ["left"]
    assert "profile" not in router.worker("photos", "w-1")
    assert router.dead_letters() == []


async def test_a_task_that_was_withdrawn_is_offered_to_somebody_else() -> None:
    router = await started(listed(), here(), task())
    router.send(listed("w-2"), here("w-2"))
    router.delete(WORKERS, "w-1")
    await router.rest()

    assert offered(router) == {("w-1", "t-1"), ("w-2", "t-1")}


async def test_accepted_work_of_who_left_is_counted_and_paid() -> None:
    router = await started(listed(), here(), task())
    router.send(accepting(offer_to(router)))
    await router.work()
    router.delete(WORKERS, "w-1")
    await router.rest()
    router.send(answering(offer_to(router)))
    await router.rest()

    assert left(router) == []
    assert [(one.worker_id, one.late) for one in router.of(AssignmentAnswered)] == [("w-1", False)]


@pytest.mark.parametrize("is_lost", [False, True])
async def test_of_several_places_the_offers_are_withdrawn_and_what_was_accepted_stays(
    *, is_lost: bool
) -> None:
    tasks = [task(name) for name in ("z:1%7C", "auth0|2", "t-3", "t-4")]
    router = await started(listed(capacity=3), here(), *tasks)
    offers = {made.claims.task_id: made for made in router.of(OfferMade)}
    first, second, third = offers
    router.send(accepting(offers[first]), answering(offers[second]))
    await router.rest()
    fourth = next(name for name in ("z:1%7C", "auth0|2", "t-3", "t-4") if name not in offers)
    if is_lost:
        router.lose()
    router.delete(WORKERS, "w-1")
    await router.rest()

    assert sorted(left(router)) == [("w-1", name, "left") for name in sorted((third, fourth))]


async def test_an_answer_after_the_offer_was_withdrawn_is_paid_as_a_late_one() -> None:
    router = await started(listed(), here(), task())
    router.delete(WORKERS, "w-1")
    await router.rest()
    router.send(answering(offer_to(router)))
    await router.rest()

    assert [(one.worker_id, one.late) for one in router.of(AssignmentAnswered)] == [("w-1", True)]


async def test_a_deleted_presence_is_away_and_keeps_what_is_offered() -> None:
    router = await started(listed(), here(), task())
    router.delete(PRESENCE, "w-1")
    await router.work()
    router.send(task("t-2"))
    await router.rest()

    assert offered(router) == {("w-1", "t-1")}
    assert left(router) == []
    assert router.worker("photos", "w-1")["presence"] == "away"  # type: ignore[index]


async def test_who_comes_back_is_served_and_given_no_turn_twice() -> None:
    router = await started(listed(), here(), task())
    router.delete(WORKERS, "w-1")
    await router.rest()
    router.send(listed(), task("t-2"))
    await router.rest()

    assert offered(router) == {("w-1", "t-1"), ("w-1", "t-2")}
    assert {made.task_id: made.turn for made in router.of(AssignmentOffered)} == {
        "t-1": 1,
        "t-2": 2,
    }
    assert not router.store._server.slot("{router:photos}").twin.expiring.keys() & {
        "{router:photos}:worker:w-1",
        "{router:photos}:worker:w-1:places",
    }


async def test_what_is_left_of_who_left_is_forgotten_in_time() -> None:
    router = await started(listed(), here(), task())
    router.delete(WORKERS, "w-1")
    await router.rest()

    expiring = router.store._server.slot("{router:photos}").twin.expiring
    assert {"{router:photos}:worker:w-1", "{router:photos}:worker:w-1:places"} <= expiring.keys()
    assert "{router}:worker:w-1" in router.store._server.slot("{router}").twin.expiring


async def test_of_workers_nobody_knew_nothing_is_left_after_a_day() -> None:
    router = await started(listed("w-2"))
    for number in range(50):
        router.delete(WORKERS, f"x-{number}")
    await router.rest()

    expiring = router.store._server.slot("{router}").twin.expiring
    arrived = router.clock.now().timestamp()
    strangers = {key for key in router.root() if ":worker:x-" in key}
    assert len(strangers) == 50
    assert all(expiring[key] <= arrived + 86_400 for key in strangers)


async def test_a_presence_deleted_before_the_profile_comes_is_not_available() -> None:
    router = await started(listed("w-2"), here())
    router.delete(PRESENCE, "w-1")
    await router.rest()
    router.send(listed(), task())
    await router.rest()

    assert offered(router) == set()


@pytest.mark.parametrize("lost", ["{router}", "{router:photos}", ""])
@pytest.mark.parametrize("compacted", [False, True])
async def test_a_rebuild_knows_who_left(lost: str, *, compacted: bool) -> None:
    router = await started(listed(), here(), task(), listed("w-2"))
    router.delete(WORKERS, "w-1")
    router.delete(PRESENCE, "w-1")
    await router.rest()
    if compacted:
        router.compact(WORKERS)
        router.compact(PRESENCE)
    router.lose(*([lost] if lost else []))
    router.send(listed("w-2"))
    await router.rest()
    router.send(task("t-2"))
    await router.rest()

    assert offered(router) == {("w-1", "t-1")}
    assert "profile" not in router.worker("photos", "w-1")


# --- in whatever order the topics are read ----

Step = Callable[[Router], None]


def _deleted(topic: Any) -> Step:
    return lambda router: router.delete(topic, "w-1")


def _sent(*events: Any) -> Step:
    return lambda router: router.send(*events)


PROFILES: Sequence[Sequence[Step]] = (
    (_sent(listed()),),
    (_sent(listed()), _deleted(WORKERS)),
    (_sent(listed()), _deleted(WORKERS), _sent(listed(capacity=3))),
)
PRESENCES: Sequence[Sequence[Step]] = (
    (_sent(here()),),
    (_sent(here()), _deleted(PRESENCE)),
    (_sent(here()), _deleted(PRESENCE), _sent(here())),
    (_sent(here(presence="away")), _sent(here())),
)


@given(data=st.data())
@settings(max_examples=25, deadline=None)
async def test_profile_task_and_presence_in_any_order_end_the_same(data: st.DataObject) -> None:
    """Each topic keeps its own order; between them any order, any batches and any sweep may be."""
    profiles, presences = (
        data.draw(st.sampled_from(PROFILES)),
        data.draw(st.sampled_from(PRESENCES)),
    )
    stories = [list(profiles), list(presences), [_sent(task())]]
    router = await Router().start()
    while any(stories):
        data.draw(st.sampled_from([story for story in stories if story])).pop(0)(router)
        match data.draw(st.sampled_from(["work", "sweep", "wait", "wait", "lose"])):
            case "work":
                await router.work()
            case "sweep":
                await router.first.sweeper.once()
            case "lose":
                await router.work()
                router.lose()
    await router.rest()
    router.send(task("t-2"))
    await router.rest()

    is_listed, present = profiles is not PROFILES[1], presences is not PRESENCES[1]
    worker = router.worker("photos", "w-1")
    assert ("profile" in worker) is is_listed
    if is_listed:  # of who is not, a deleted presence waits for the next profile
        assert (worker["presence"] == "available") is present  # type: ignore[index]
        assert not [key for key in router.root() if ":kept" in key]
    if is_listed and present:
        assert {pair for pair in offered(router) if pair[1] == "t-2"} == {("w-1", "t-2")}
    else:
        assert ("w-1", "t-2") not in offered(router)
    assert not [key for key in router.root() if ":leaving" in key]
