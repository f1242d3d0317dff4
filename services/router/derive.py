"""Rebuilds the router's indexes in Redis from its state, after that was rebuilt from Kafka.

The indexes are the deadlines of tasks, and the lanes: the waiting tasks and free workers of one
pool for one requirement. They hold nothing that the state does not tell.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from services.router import keys, lanes, load, to_state, to_state_parts
from services.router.state import Task, TaskNeeds, Worker
from shared.contracts.topics import PARTITIONS
from shared.state.changes import Change, Read, Write, add, hash_of, lowest, page, page_name, set_of
from shared.state.escaping import unescaped
from shared.state.store import Loaded, write_only
from shared.state.view import View

AT_ONCE = 200
"""Tasks or workers that are loaded by one call to Redis."""
ALL = 10_000_000
"""A limit that is never reached: all deadlines of one partition are read in one call.
A million open tasks take about ten megabytes there; the tasks are then loaded AT_ONCE at a time.
"""

Peek = Callable[[str, Sequence[Read]], Awaitable[Loaded]]
Fold = Callable[[str, Sequence[Change]], Awaitable[None]]


async def derive(slot: str, peek: Peek, fold: Fold) -> None:
    """Rebuild the indexes of one pool: deadlines, lanes, and who is listed in each lane.

    `slot` is the pool's hash tag, `peek` loads from Redis and `fold` writes to it. Each open task
    is listed by its next deadline and, if it needs a worker, as waiting in its lane (the index for
    its requirement); each worker in every lane whose requirement they meet. An entry too many is
    harmless: the first decision that meets it removes it.
    Example: a pool of 1,000 open tasks and 500 workers takes 5 and 3 rounds of reading and writing.
    """
    pool = keys.pool_of(slot)
    # Tasks before workers: it is the tasks that open the lanes in which workers are listed.
    for partition in range(PARTITIONS):
        for chunk in _chunks(sorted(await _open_tasks(slot, partition, peek))):
            loaded = await peek(slot, [load.task_reads(pool, task_id) for task_id in chunk])
            view = View(loaded.data)
            tasks = [to_state_parts.task(view, pool, task_id) for task_id in chunk]
            await fold(slot, _changes(write for task in tasks for write in _task_writes(task)))
    await _list_workers(pool, slot, peek, fold)


async def _open_tasks(slot: str, partition: int, peek: Peek) -> set[str]:
    """Return the ids of all open tasks of a partition: those in the index of deadlines."""
    name = keys.deadlines_of(slot, partition)
    loaded = await peek(slot, [lowest(name, take=ALL)])
    return set(map(unescaped, loaded.data[name][1]))


def _task_writes(task: Task) -> Iterable[Write]:
    if task.open:
        yield from lanes.opened(task.pool, task.rules)
        yield from lanes.task_due(task)
        yield from lanes.task_waits(task) if task.vacancies else ()


async def _list_workers(pool: str, slot: str, peek: Peek, fold: Fold) -> None:
    """List each worker of the pool in the lanes whose needs they meet, page by page.

    Afterwards mark every lane as completely searched.
    """
    view = View((await peek(slot, [hash_of(keys.lanes(pool))])).data)
    all_needs = to_state.all_needs(view, pool)
    everyone, after = keys.workers(pool), ""
    # Their lanes too: a copy of Redis from before may list them for other kinds of questions.
    one_worker = (*load.each_worker_reads(pool), set_of(keys.each_worker(pool), ":lanes"))
    while True:
        one_page = page(everyone, after, take=AT_ONCE, then=one_worker)
        view = View((await peek(slot, [one_page])).data)
        ids = sorted(view.set(page_name(everyone, after)))
        workers = to_state.loaded_workers(view, pool, map(unescaped, ids))
        await fold(slot, _changes(_worker_writes(workers, all_needs)))
        if len(ids) < AT_ONCE:
            break
        after = ids[-1]
    # Only now: until the last page a lane lists too few, and a look would find its tasks stuck.
    if all_needs:
        await fold(slot, _changes([add(keys.filled(pool), *sorted(all_needs))]))


def _worker_writes(
    workers: Iterable[Worker], all_needs: Mapping[str, TaskNeeds]
) -> Iterable[Write]:
    for worker in workers:
        fitting = {lane for lane, needs in all_needs.items() if worker.meets(needs)}
        yield from lanes.worker_listed(worker, fitting)


def _changes(writes: Iterable[Write]) -> list[Change]:
    return [write_only(write) for write in writes]


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
