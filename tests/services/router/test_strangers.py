"""Strangers neither stop the router nor fill its state: pools nobody has, workers nobody knows."""

from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest

from services.router import keys, trim
from services.router.decide import kept
from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.timers import KeptDue
from shared.recovery import refold
from tests.services.router.processes import Process, Router, _Log
from tests.support.builders import NOW, a_policy, a_task
from tests.support.people import a_presence, a_profile

MAX = 20
_A_MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test reaches."""
    monkeypatch.setattr(kept, "KEPT_MAX", MAX)
    monkeypatch.setattr(trim, "KEPT_MAX", MAX)


def here(worker: str = "w-1", pool: str = "photos", presence: str = "available") -> PresenceChanged:
    return a_presence(worker, presence, at=NOW, pool=pool)


def listed(worker: str = "w-1", pool: str = "photos", **facts: object) -> WorkerProfiled:
    return a_profile(worker, {"capacity": 5, **facts}, at=NOW, pool=pool)


def task(task_id: str = "t-1", pool: str = "photos") -> TaskCreated:
    return a_task(task_id, policy=a_policy(answers_min=1)).model_copy(update={"pool": pool})


def offered(router: Router) -> set[tuple[str, str]]:
    return {(made.worker_id, made.task_id) for made in router.of(AssignmentOffered)}


# --- new pools are opened together ----


async def test_a_batch_starts_over_once_for_however_many_new_pools() -> None:
    router = await Router().start()
    router.send(*[listed(f"w-{n}", f"pool-{n}") for n in range(300)])

    assert await router.take() == 1
    assert len(router.slots()) == 300


async def test_a_new_pool_is_opened_without_reading_the_topics_again() -> None:
    router = await Router().start()
    router.send(here("w-2", "other"))
    await router.work()
    read = mock.patch.object(_Log, "read", side_effect=AssertionError("it is read again"))
    with read:
        router.send(listed(), task(), here("w-2", "another"))
        await router.work()

    assert router.slots() == ["{router:photos}"]


async def test_three_thousand_profiles_of_as_many_pools_start_each_batch_over_once() -> None:
    router = await Router(batch_max=500).start()
    router.send(*[listed(f"w-{n}", f"pool-{n}") for n in range(3_000)])

    again = [await router.take() for _ in range(6)]

    assert again == [1] * 6
    assert not router.unread()
    assert len(router.slots()) == 3_000


async def test_presences_of_pools_nobody_has_open_none_and_start_nothing_over() -> None:
    router = await Router().start()
    router.send(listed(pool="main"), here(pool="main"))
    await router.work()
    router.starts_over = 0
    router.send(*[here(f"x-{n}", f"pool-{n}") for n in range(300)], task(pool="main"))

    assert await router.take() == 0
    await router.rest()
    assert router.slots() == ["{router:main}"]
    assert offered(router) == {("w-1", "t-1")}


# --- what strangers leave is bounded ----


@pytest.mark.usefixtures("few")
async def test_presences_for_unknown_pools_are_bounded_and_the_oldest_are_dead_letters() -> None:
    router = await Router(batch_max=5).start()
    for number in range(3 * MAX):
        router.send(here(f"x-{number}", f"pool-{number}"))
        router.clock.moment += _A_MOMENT
    await router.work()

    there = {key for key in router.root() if ":kept:" in key}
    assert there == {keys.kept(f"x-{n}") for n in range(2 * MAX, 3 * MAX)}
    assert router.dead_letters() == ["unknown_pool"] * 2 * MAX


@pytest.mark.usefixtures("few")
async def test_a_batch_far_over_the_bound_comes_back_to_it() -> None:
    router = await Router().start()
    router.send(*[here(f"x-{n}", f"pool-{n}") for n in range(4 * MAX)])
    await router.work()
    for number in range(4 * MAX):
        router.send(here(f"y-{number}", "p"))
        await router.work()

    assert len([key for key in router.root() if ":kept:" in key]) == MAX


@pytest.mark.usefixtures("few")
async def test_strangers_in_a_known_pool_are_bounded_and_the_oldest_are_dead_letters() -> None:
    router = await Router(batch_max=5).start()
    router.send(listed())
    await router.work()
    for number in range(3 * MAX):
        router.send(here(f"x-{number}"))
        router.clock.moment += _A_MOMENT
    await router.work()

    there = [key for key in router.keys("{router:photos}") if ":worker:x-" in key]
    assert len(there) == MAX
    assert router.dead_letters() == ["unknown_worker"] * 2 * MAX


@pytest.mark.usefixtures("few")
async def test_a_rebuild_keeps_no_more_of_strangers_than_was_kept() -> None:
    router = await Router().start()
    router.send(listed(), *[here(f"x-{n}", f"pool-{n}") for n in range(3 * MAX)])
    router.send(*[here(f"y-{n}") for n in range(3 * MAX)])
    await router.work()
    router.lose()
    await router.rest()

    assert len([key for key in router.root() if ":kept:" in key]) == MAX
    assert len([key for key in router.keys("{router:photos}") if ":worker:y-" in key]) == MAX


async def test_a_rebuild_looks_for_strangers_only_where_some_wrote(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    router = await Router().start()
    router.send(*[task(f"t-{n}", f"pool-{n}") for n in range(40)])
    await router.work()
    router.send(here(pool="pool-7"))
    await router.work()
    monkeypatch.setattr(refold, "TRIM_EVERY", 1)
    trimmed: list[str] = []

    async def trim_it(slot: str, peek: trim.Peek, fold: trim.Fold) -> None:
        del peek, fold
        trimmed.append(slot)

    router.lose()
    catch_up = router.first.catch_up
    service = replace(router.first.service, trim=trim_it)
    means = replace(catch_up._dependencies, service=service)
    monkeypatch.setattr(catch_up, "_dependencies", means)
    await catch_up.whole()

    assert trimmed == ["{router:pool-7}"]


async def test_tombstones_of_strangers_are_no_dead_letters_and_offer_nothing() -> None:
    router = await Router().start()
    router.send(listed(), here(), task())
    for number in range(50):
        router.delete(WorkerProfiled.TOPIC, f"x-{number}")
        router.delete(PresenceChanged.TOPIC, f"x-{number}")
    router.delete(PresenceChanged.TOPIC, "no id: {} *")
    await router.rest()

    assert router.dead_letters() == []
    assert offered(router) == {("w-1", "t-1")}
    assert router.worker("photos", "w-1")


# --- what is kept is handed on ----


async def test_a_presence_before_the_profile_that_opens_its_pool_is_served() -> None:
    router = await Router().start()
    router.send(here())
    await router.work()
    router.send(listed())
    await router.work()
    taken = router.worker("photos", "w-1")
    router.send(task())
    await router.rest()

    assert "presence" in taken  # at once, before any sweep
    assert offered(router) == {("w-1", "t-1")}
    assert not [key for key in router.root() if ":kept" in key]


async def test_a_presence_before_the_task_that_opens_its_pool_is_served() -> None:
    router = await Router().start()
    router.send(here())
    await router.work()
    router.send(task())
    await router.rest()
    router.send(listed())
    await router.rest()

    assert offered(router) == {("w-1", "t-1")}


async def test_a_process_that_knows_of_no_pool_yet_loses_no_presence() -> None:
    router = await Router().start()
    other = Process(router)
    await other.catch_up.whole()
    router.send(listed(), task())
    await router.work()
    router.send(here())
    assert not other.catch_up.met("{router:photos}")
    await router.work(other)
    await router.rest()

    assert offered(router) == {("w-1", "t-1")}


@pytest.mark.parametrize("lost", ["{router}", "{router:photos}", ""])
async def test_what_is_kept_outlives_a_loss(lost: str) -> None:
    router = await Router().start()
    router.send(here(), here("w-2", "other"), listed("w-3", "photos"))
    await router.work()
    router.lose(*([lost] if lost else []))
    router.send(listed(), task(), listed("w-2", "other"), task("t-2", "other"))
    await router.rest()

    assert offered(router) == {("w-1", "t-1"), ("w-2", "t-2")}


async def test_a_crash_before_a_kept_presence_is_told_loses_nothing() -> None:
    router = await Router().start()
    router.send(here())
    await router.work()
    router.send(listed())
    broken = mock.patch.object(router.logs, "send", side_effect=RuntimeError)
    with broken, pytest.raises(RuntimeError):
        await router.take()  # committed in Redis, and not published
    router.send(task())
    await router.rest(Process(router))

    assert offered(router) == {("w-1", "t-1")}


@pytest.mark.parametrize("kind", ["left", "kept"])
async def test_a_router_that_is_behind_is_not_told_the_same_each_second(kind: str) -> None:
    router = await Router().start()
    router.send(*[listed(f"w-{n}") if kind == "left" else here(f"w-{n}") for n in range(30)])
    await router.work()
    if kind == "left":
        for number in range(30):
            router.delete(WorkerProfiled.TOPIC, f"w-{number}")
        await router.work()
        router.lose("{router}")
    else:
        router.send(task())
        await router.take()
    for _ in range(600):
        router.clock.moment += timedelta(seconds=1)
        await router.first.sweeper.once()
    count = len(router.of(KeptDue))

    assert 30 <= count <= 30 * 6
    await router.rest()
    assert not [key for key in router.root() if ":leaving" in key or ":kept" in key]
