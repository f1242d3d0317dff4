"""Finds second stages to look at again, and announces them as events, once per sweep.

The sweep changes no task: its events go to qa's own topic `qa.timers`, and qa decides when it
consumes them. Example: a task waited for its second stage for as long as it may: it is announced.
"""

from collections.abc import Sequence

from services.qa import keys
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
    """Return the second stages of one partition of a pool that are due, DUE_MAX at most.

    Each is announced again after AGAIN_SECONDS, so that none is lost with its event. Raises
    TransientError if Redis does not answer.
    """
    due = await swept.store.due(
        swept.slot,
        keys.deadlines_of(swept.slot, swept.partition),
        due_ms=to_ms(swept.now),
        again_ms=to_ms(swept.now) + AGAIN_SECONDS * 1000,
        count=DUE_MAX,
    )
    return [_due(swept, *keys.awaited(member), due_ms=due_ms) for member, due_ms in due]


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
    return tuple(keys.deadlines_of(slot, partition) for partition in range(PARTITIONS))
