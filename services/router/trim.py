"""Bounds what strangers left on the topics, while the state is read again from them.

A flood of presences stays on its compacted topic. Read again after a loss, it is put out as it was
when it came, without dead letters: those were written then.
"""

from collections.abc import Awaitable, Callable, Sequence

from services.router import keys
from services.router.decide.kept import KEPT_MAX, kept_no_more
from shared.state.changes import Change, Read, Write, count_of, drop_fields, lowest, unscore
from shared.state.escaping import escaped, unescaped
from shared.state.store import Loaded, write_only
from shared.state.view import View

AT_ONCE = 1_000
"""Presences that are put out by one call to Redis."""

Peek = Callable[[str, Sequence[Read]], Awaitable[Loaded]]
Fold = Callable[[str, Sequence[Change]], Awaitable[None]]


async def trim(slot: str, peek: Peek, fold: Fold) -> None:
    """Put out the oldest presences of strangers in one slot until KEPT_MAX are left.

    `slot` is a pool's hash tag, or that of the root slot; `peek` loads from Redis and `fold` writes
    to it. Example: of 12,000 presences for pools that nobody knows, 2,000 are put out.
    """
    everyone = keys.all_kept() if slot == keys.ROOT else keys.unprofiled(keys.pool_of(slot))
    while True:
        loaded = await peek(slot, [count_of(everyone)])
        excess = View(loaded.data).count(everyone) - KEPT_MAX
        if excess <= 0:
            return
        loaded = await peek(slot, [lowest(everyone, take=min(excess, AT_ONCE))])
        gone = map(unescaped, View(loaded.data).ranking(everyone))
        await fold(slot, [write_only(*_put_out(slot, worker_id)) for worker_id in gone])


def _put_out(slot: str, worker_id: str) -> Sequence[Write]:
    if slot == keys.ROOT:
        return kept_no_more(worker_id)
    pool = keys.pool_of(slot)
    stranger = drop_fields(keys.worker(pool, worker_id), "presence", "presence_at")
    return stranger, unscore(keys.unprofiled(pool), escaped(worker_id))
