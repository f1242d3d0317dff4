"""Lanes made anew from the state, after a catch-up."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from services.router import keys, lanes, to_state
from services.router.state import Task, Worker
from shared.contracts.events.parts import Requirement
from shared.contracts.topics import PARTITIONS
from shared.state.changes import Change, Read, Write, add, hash_of, lowest, page, page_name
from shared.state.store import Loaded, write_only
from shared.state.view import View

AT_ONCE = 200
"""Tasks or workers looked at in one call."""
ALL = 10_000_000
"""Of one partition's deadlines: some dozen bytes each, and the tasks are read in parts. A million
open tasks are some ten megabytes a partition."""

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
            loaded = await peek(slot, [to_state.task_reads(pool, task_id) for task_id in part])
            view = View(loaded.data)
            tasks = [to_state.task(view, pool, task_id) for task_id in part]
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
    view = View((await peek(slot, [hash_of(keys.lanes(pool))])).data)
    there = to_state.requirements(view, pool)
    known, after = keys.workers(pool), ""
    while True:
        people = to_state.each_worker_reads(pool)
        view = View((await peek(slot, [page(known, after, take=AT_ONCE, then=people)])).data)
        ids = sorted(view.set(page_name(known, after)))
        await fold(slot, _changes(_fitting(to_state.loaded_workers(view, pool, ids), there)))
        if len(ids) < AT_ONCE:
            break
        after = ids[-1]
    await fold(slot, _changes([add(keys.filled(pool), *sorted(there))] if there else ()))


def _fitting(people: Iterable[Worker], there: Mapping[str, Requirement]) -> Iterable[Write]:
    for worker in people:
        fits = [lane for lane, requirement in there.items() if worker.meets(requirement)]
        yield from lanes.worker_fits(worker, fits)


def _changes(writes: Iterable[Write]) -> list[Change]:
    return [write_only(write) for write in writes]


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
