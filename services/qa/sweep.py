"""Finds second stages to look at again and golds to ask, and announces them once per sweep.

The sweep changes no task: its events go to qa's own topic `qa.timers`, and qa decides when it
consumes them. Example: a task waited for its second stage for as long as it may: it is announced.
"""

from collections.abc import Sequence

from services.qa import keys
from services.qa.golds.members import DueMember, due_of
from shared.contracts.events.golds import GoldDue
from shared.contracts.events.model import Event
from shared.contracts.events.second_stage import SecondDue, first_task_of
from shared.contracts.topics import PARTITIONS
from shared.pattern.clock import from_ms, to_ms
from shared.pattern.service import Swept

DUE_MAX = 200
"""Second stages that one sweep of one partition announces."""
AGAIN_SECONDS = 30
"""Seconds after which one is announced again, if nothing came of it."""


async def sweep(swept: Swept) -> Sequence[Event]:
    """Return the second stages, then the golds of one partition that are due, DUE_MAX of each.

    Each is announced again after AGAIN_SECONDS, so that none is lost with its event. Raises
    TransientError if Redis does not answer.
    """
    stages = await _due_in(swept, keys.deadlines_of(swept.slot, swept.partition))
    golds = await _due_in(swept, keys.golds_due_of(swept.slot, swept.partition))
    return [
        *(_due(swept, *keys.awaited(member), due_ms=due_ms) for member, due_ms in stages),
        *(_gold_due(swept, due_of(member), due_ms) for member, due_ms in golds),
    ]


async def _due_in(swept: Swept, key: str) -> Sequence[tuple[str, int]]:
    now_ms = to_ms(swept.now)
    again_ms = now_ms + AGAIN_SECONDS * 1000
    return await swept.store.due(swept.slot, key, due_ms=now_ms, again_ms=again_ms, count=DUE_MAX)


def _gold_due(swept: Swept, due: DueMember, due_ms: int) -> GoldDue:
    return GoldDue(
        pool=keys.pool_of(swept.slot),
        at=swept.now,
        task_type=due.task_type,
        due_at=from_ms(due_ms),
        worker_ids=(due.worker_id,) if due.worker_id else (),
        gold_ids=(due.gold_id,) if due.gold_id else (),
        trace_flags=due.trace_flags,
    )


def _due(swept: Swept, second_task_id: str, second_type: str, *, due_ms: int) -> SecondDue:
    return SecondDue(
        pool=keys.pool_of(swept.slot),
        at=swept.now,
        task_id=first_task_of(second_task_id) or second_task_id,
        second_task_id=second_task_id,
        second_type=second_type,
        due_at=from_ms(due_ms),
    )


def swept_keys(slot: str) -> tuple[str, ...]:
    """Return the names of all keys in which a sweep of a pool looks for something to do."""
    names = keys.deadlines_of, keys.golds_due_of
    return tuple(name(slot, partition) for name in names for partition in range(PARTITIONS))
