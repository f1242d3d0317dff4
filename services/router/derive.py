"""Lanes made anew from the state, after a catch-up."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from services.router import keys, lanes, reading
from services.router.state import Task
from shared.changes import Change, Read, Write, add, hash_of, lowest, set_of
from shared.store import Loaded, write_only
from shared.topics import PARTITIONS
from shared.view import View

AT_ONCE = 200
"""Tasks or workers looked at in one call."""
ALL = 10_000_000
"""Of one partition's deadlines, or of a pool's worker ids: some dozen bytes each, and what they
stand for is read in parts. A million open tasks are some ten megabytes a partition."""

Peek = Callable[[str, Sequence[Read]], Awaitable[Loaded]]
Fold = Callable[[str, Sequence[Change]], Awaitable[None]]


async def derive(slot: str, peek: Peek, fold: Fold) -> None:
    """List each open task by what of it is due first, and with a vacant seat in its lane, and each
    worker in every lane they fit.

    What a lane lists too much is taken out when it is met.
    """
    pool = keys.pool_of(slot)
    for partition in range(PARTITIONS):
        for part in _parts(sorted(await _open_tasks(slot, partition, peek))):
            loaded = await peek(slot, [reading.task_reads(pool, task_id) for task_id in part])
            view = View(loaded.data)
            tasks = [reading.task(view, pool, task_id) for task_id in part]
            await fold(slot, _changes(write for task in tasks for write in _task_writes(task)))
    await _workers(pool, slot, peek, fold)


async def _open_tasks(slot: str, partition: int, peek: Peek) -> set[str]:
    """Every task of a partition with a deadline: the open ones."""
    name = keys.deadlines_of(slot, partition)
    loaded = await peek(slot, [lowest(name, take=ALL)])
    return set(loaded.data[name][1])


def _task_writes(task: Task) -> Iterable[Write]:
    if task.open:
        yield from lanes.opened(task.pool, task.rules)
        yield from lanes.task_due(task)
        yield from lanes.task_waits(task) if task.vacancies else ()


async def _workers(pool: str, slot: str, peek: Peek, fold: Fold) -> None:
    loaded = await peek(slot, [hash_of(keys.lanes(pool)), set_of(keys.workers(pool))])
    view = View(loaded.data)
    there = reading.requirements(view, pool)
    for part in _parts(sorted(view.set(keys.workers(pool)))):
        reads = [read for worker_id in part for read in reading.worker_reads(pool, worker_id)]
        people = View((await peek(slot, reads)).data)
        for worker in reading.loaded_workers(people, pool, part):
            fits = [lane for lane, requirement in there.items() if worker.meets(requirement)]
            await fold(slot, _changes(lanes.worker_fits(worker, fits)))
    await fold(slot, _changes([add(keys.filled(pool), *sorted(there))] if there else ()))


def _changes(writes: Iterable[Write]) -> list[Change]:
    return [write_only(write) for write in writes]


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
