"""A failover that lost the last writes of one slot: what another slot had told it is told again."""

import pickle

import pytest

from shared.contracts.partitions import partition_of
from shared.contracts.topics import WORKERS
from tests.services.router.processes import Router
from tests.services.router.test_leaving import left
from tests.services.router.test_strangers import here, listed, offered, task

Slots = tuple[str, ...]
BESIDE = next(w for w in (f"w-{n}" for n in range(2, 99)) if partition_of(w) == partition_of("w-1"))
"""A worker whose records are in the partition of those of w-1."""


def copied(router: Router) -> bytes:
    """What Redis holds now, as a replica that is behind will hold it."""
    return pickle.dumps(router.store._server.slots)


def fail_over(router: Router, copy: bytes, *slots: str) -> None:
    """The replica takes over: data of before, of these slots or of all, and no epoch."""
    server = router.store._server
    before = pickle.loads(copy)  # noqa: S301 - ours
    server.slots.update({slot: before[slot] for slot in slots or before})
    server.open.clear()
    server.leases.clear()


@pytest.mark.parametrize("slots", [(), ("{router:photos}",)])
async def test_who_left_is_gone_though_the_pool_forgot_that_it_was_told(slots: Slots) -> None:
    router = await Router().start()
    router.send(listed(), here())
    await router.rest()
    router.delete(WORKERS, "w-1")
    router.send(listed(BESIDE))
    await router.take()  # the root slot has told the pool; the pool's marker is behind both
    copy = copied(router)
    await router.work()
    assert "profile" not in router.worker("photos", "w-1")
    await router.first.sweeper.once()
    fail_over(router, copy, *slots)
    await router.rest()
    router.send(task())
    await router.rest()

    assert "profile" not in router.worker("photos", "w-1")
    assert offered(router) == set()
    assert left(router) == []


@pytest.mark.parametrize("slots", [(), ("{router:photos}",)])
async def test_a_presence_that_was_handed_on_is_there_though_the_pool_lost_it(slots: Slots) -> None:
    router = await Router().start()
    router.send(here())
    await router.rest()
    router.send(listed(BESIDE))
    await router.take()
    router.send(here(BESIDE), listed())
    await router.take()  # the pool's marker is behind both presences, of which it has one
    copy = copied(router)
    assert "presence" not in router.worker("photos", "w-1")
    await router.take()
    assert "presence" in router.worker("photos", "w-1")
    await router.first.sweeper.once()
    fail_over(router, copy, *slots)
    await router.rest()
    router.send(task())
    await router.rest()

    assert offered(router) == {("w-1", "t-1")}
