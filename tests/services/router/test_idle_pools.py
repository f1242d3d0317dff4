"""Thousands of pools without work cost a sweep nearly nothing, and what comes to one is found."""

import inspect
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.contracts.errors import TransientError
from shared.contracts.events.timers import DeadlinePassed
from shared.pattern.clock import to_ms
from shared.recovery.idle import AT_ONCE
from shared.state.changes import score
from tests.services.router.processes import Process, Router
from tests.services.router.test_strangers import here, listed, offered, task
from tests.support.builders import NOW

POOLS = 3_000


class Counting:
    """A store that counts how often Redis is asked what."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call: Any = getattr(self._store, name)
        if not inspect.iscoroutinefunction(call):
            return call  # type: ignore[no-any-return]

        async def counted(*args: Any, **more: Any) -> Any:
            self.asked[name] += 1
            return await call(*args, **more)

        return counted


def counting(router: Router) -> tuple[Process, Counting]:
    """Another process of the router, and what it asks of Redis."""
    real = router.store
    asked = Counting(real)
    router.store = asked  # type: ignore[assignment]
    process = Process(router)
    router.store = real
    return process, asked


async def pools(count: int) -> Router:
    """A router with that many pools, each with a worker and without a task."""
    router = await Router().start()
    router.send(*[listed(f"w-{n}", f"pool-{n}") for n in range(count)])
    router.send(*[here(f"w-{n}", f"pool-{n}") for n in range(count)])
    await router.work()
    return router


async def test_a_sweep_asks_for_many_pools_without_work_at_once() -> None:
    router = await pools(POOLS)
    process, asked = counting(router)
    await process.sweeper.once()  # takes its first look at kept presences, and at every pool
    asked.asked.clear()
    await process.sweeper.once()

    assert asked.asked.total() <= POOLS / AT_ONCE + 10, asked.asked


@pytest.mark.parametrize("count", [1, 2 * AT_ONCE + 1])
async def test_the_first_task_of_a_pool_is_swept_by_a_process_that_saw_it_idle(count: int) -> None:
    router = await pools(count)
    other = Process(router)
    await other.sweeper.once()
    # The task that the first process takes finds nobody: its lane is to be searched first.
    router.send(task(pool=f"pool-{count - 1}"))
    await router.work()
    await other.sweeper.once()
    await router.work()
    await other.sweeper.once()
    await router.work()

    assert offered(router) == {(f"w-{count - 1}", "t-1")}


async def test_a_deadline_alone_is_found_in_a_pool_without_lanes() -> None:
    router = await pools(3)
    process = Process(router)
    await process.sweeper.once()
    twin = router.store._server.slots["{router:pool-1}"].twin
    twin.write(score("{router:pool-1}:deadlines:4", "t-1", to_ms(NOW)))
    router.clock.moment += timedelta(seconds=1)
    await process.sweeper.once()

    assert [passed.task_id for passed in router.of(DeadlinePassed)] == ["t-1"]


async def test_what_was_left_behind_is_found_in_a_pool_without_work() -> None:
    router = await pools(3)
    process, asked = counting(router)
    await process.sweeper.once()
    slot = router.store._server.slots["{router:pool-2}"]
    slot.unsettled["e-1"] = -1_000.0
    await process.sweeper.once()

    assert not slot.unsettled
    assert asked.asked["unsettled"] <= 3


async def test_each_pool_is_visited_where_many_cannot_be_asked_at_once() -> None:
    router = await pools(2)
    process, asked = counting(router)
    await process.sweeper.once()

    async def away(requests: Any) -> Any:
        if len(requests) > 1:
            raise TransientError("a server of the cluster is away")
        return await router.store.there(requests)

    asked.there = away  # type: ignore[attr-defined]
    twin = router.store._server.slots["{router:pool-1}"].twin
    twin.write(score("{router:pool-1}:deadlines:0", "t-1", to_ms(NOW)))
    router.clock.moment += timedelta(seconds=1)
    await process.sweeper.once()

    assert [passed.task_id for passed in router.of(DeadlinePassed)] == ["t-1"]
