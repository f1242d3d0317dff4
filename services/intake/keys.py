"""The Redis keys of intake; every key of a bucket shares one slot."""

import zlib
from functools import lru_cache

from shared.contracts.events.model import Event

BUCKETS = 16
"""Never to be changed: an output is looked for in the bucket that its id falls into."""


@lru_cache(maxsize=4096)
def bucket(task_id: str) -> str:
    """Return the bucket of an output, by the id that its task has or would have had."""
    return str(zlib.crc32(task_id.encode()) % BUCKETS)


@lru_cache(maxsize=BUCKETS)
def slot(number: str) -> str:
    """Hash tag of a bucket's keys."""
    return f"{{intake:{number}}}"


def slots() -> frozenset[str]:
    """Return every slot of intake."""
    return frozenset(slot(str(number)) for number in range(BUCKETS))


def slot_of(event: Event) -> str:
    """Hash tag of the keys that an event belongs to; all its events are keyed by task."""
    return slot(bucket(event.key))


@lru_cache(maxsize=4096)
def output(task_id: str) -> str:
    """Hash, the aggregate of one output; expires 9 days after its ending.

    `ending`: `task` or `waived`; `digest`: of what was said.
    Example: `ending` = `task`, `digest` = `9f86d0...`.
    """
    return f"{slot(bucket(task_id))}:output:{task_id}"
