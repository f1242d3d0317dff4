"""Names of intake's Redis keys; outputs are spread over 16 buckets, each with its own hash tag."""

import zlib
from functools import lru_cache

from shared.contracts.events.model import Event
from shared.state.escaping import escaped

BUCKETS = 16
"""Number of buckets; it must never change, as an output is looked up in the bucket of its id."""


@lru_cache(maxsize=4096)
def bucket(task_id: str) -> str:
    """Return the number, as text, of the bucket to which an output belongs.

    `task_id` is the id of the output's task, or the one that its task would have.
    """
    return str(zlib.crc32(task_id.encode()) % BUCKETS)


@lru_cache(maxsize=BUCKETS)
def slot(number: str) -> str:
    """Return the Redis hash tag in braces that all keys of a bucket share: `{intake:7}`."""
    return f"{{intake:{number}}}"


def slots() -> frozenset[str]:
    """Return the Redis hash tags of all buckets."""
    return frozenset(slot(str(number)) for number in range(BUCKETS))


def slot_of(event: Event) -> str:
    """Return the Redis hash tag of the event's output; all keys it can change bear it."""
    return slot(bucket(event.key))


@lru_cache(maxsize=4096)
def output(task_id: str) -> str:
    """Hash of one output, with the revision that commits compare; expires 9 days after its ending.

    `ending`: `task` (people see it) or `waived` (its own answer is final). `digest`: hash of its
    content.
    Example: `ending` = `task`, `digest` = `9f86d0...`.
    """
    return f"{slot(bucket(task_id))}:output:{escaped(task_id)}"


def request(task_id: str) -> str:
    """Hash of what a model server was asked, until its response comes; expires a day after it came.

    It is no fact that a fold could make again: if it is lost, the response goes on without it.
    `digest`: hash of its content. `text`: what people are shown; missing where it was too long.
    Example: `digest` = `9f86d0...`, `text` = `user: Is this spam?`.
    """
    return f"{slot(bucket(task_id))}:request:{escaped(task_id)}"
