"""Names of intake's Redis keys; outputs are spread over 16 buckets, each with its own hash tag.

What gates with a promise learned is under one tag of its own. How each stands is told to every
bucket, since the decision on an output reads its bucket alone.
"""

import zlib
from functools import lru_cache

from shared.contracts.events.model import Event
from shared.contracts.topics import GATES, VERDICTS
from shared.state.escaping import escaped

GATE = "gate"
"""Stands where a bucket's number does, for what gates with a promise learned."""
BUCKETS = 16
"""Number of buckets; it must never change, as an output is looked up in the bucket of its id."""


@lru_cache(maxsize=4096)
def bucket(task_id: str) -> str:
    """Return the number, as text, of the bucket to which an output belongs.

    `task_id` is the id of the output's task, or the one that its task would have.
    """
    return str(zlib.crc32(task_id.encode()) % BUCKETS)


@lru_cache(maxsize=BUCKETS + 1)
def slot(number: str) -> str:
    """Return the Redis hash tag in braces that all keys of a bucket share: `{intake:7}`."""
    return f"{{intake:{number}}}"


def buckets() -> tuple[str, ...]:
    """Return the numbers of all buckets, as text."""
    return tuple(map(str, range(BUCKETS)))


def slots() -> frozenset[str]:
    """Return the Redis hash tags of all buckets, and that of the gates."""
    return frozenset(map(slot, (*buckets(), GATE)))


def slot_of(event: Event) -> str:
    """Return the Redis hash tag of the event's output or gate; all keys it can change bear it."""
    if event.TOPIC is GATES:
        return slot(event.pool)
    if event.TOPIC is VERDICTS:
        return slot(GATE)
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


def gate(name: str) -> str:
    """Hash of one gate with a promise, with the revision that commits compare.

    `n`: how often it learned. `term`, `task_type`: of its last GateLearned; missing once the gate
    is forgotten, and then the hash expires once no verdict can teach it. `name` is the gate's
    digest. All that it learned is in `learned`, as that is long.
    """
    return f"{gates()}{name}"


def learned(name: str) -> str:
    """Hash of one field, `event`: the last GateLearned of a gate, as JSON."""
    return f"{slot(GATE)}:learned:{name}"


def gates() -> str:
    """Return the start of the keys of all gates; append a gate's digest."""
    return f"{slot(GATE)}:gate:"


def used() -> str:
    """Sorted set: the digests of all gates, by the ms at which each learned last."""
    return f"{slot(GATE)}:used"


def begins() -> str:
    """Hash of what a gate begins with once some were forgotten: at least these.

    `term`: one more than the highest of a forgotten gate. `n`: the highest of their revisions.
    """
    return f"{slot(GATE)}:begins"


def standing(number: str, gate_name: str) -> str:
    """Hash of how one gate stands, in the bucket of this number; never expires while it is needed.

    `n`: the revision as which it stands. `stands`: its term, the confidence from which on outputs
    are waived (- for none), and halvings of the audit. Example: `n` = `130`, `stands` = `1 0.98 2`.
    """
    return f"{slot(number)}:gate:{gate_name}"
