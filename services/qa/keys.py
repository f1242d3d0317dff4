"""Names of qa's Redis keys; all keys of one pool share a hash tag, so one script can use them."""

from functools import lru_cache

from shared.contracts.events.model import Event
from shared.contracts.events.parts import OutputRef
from shared.state.escaping import escaped, unescaped

REF = {name: f"ref.{name}" for name in OutputRef.model_fields}
"""Fields of a task's hash for the reference to its output, by the part's name: `ref.id`, ..."""
ASKS = "options"
"""Field of a task's hash: its question as JSON, for a choice the list of its options."""
ANSWER = "given:"
"""Start of the field, in a task's hash, for one answer: `given:<worker>:<assignment>`."""


def slot(pool: str) -> str:
    """Return the Redis hash tag in braces that all keys of a pool share: `{qa:main}`."""
    return f"{{qa:{pool}}}"


def slot_of(event: Event) -> str:
    """Return the Redis hash tag of the event's pool; all keys that the event can change bear it."""
    return slot(event.pool)


@lru_cache(maxsize=1024)
def task(pool: str, task_id: str) -> str:
    """Hash of one task (or output nobody was asked about), with the revision that commits compare.

    Until the verdict: `options` (ASKS), `min`, `max`, `confidence`, `task_type` and `created_at` in
    ms, of its policy; `ref.<name>` of its output; `wanted` (answers asked for); `closed` (JSON list
    of the assignments whose answers the closing names). From the verdict on: `verdict` (why asking
    stopped). For each answer `given:<worker>:<assignment>`: the number of its state.AnswerStanding
    and, until the verdict, a blank and the answer as `question.kept` writes it. Expires 32 days
    after its verdict, or 64 days after the last event about it. Most values are under 64 bytes:
    Redis then stores a hash in half the memory.
    Example: `given:w-7:a-3` = `2 cat`.
    """
    return f"{slot(pool)}:task:{escaped(task_id)}"


def reliability(pool: str, task_type: str, worker_id: str) -> str:
    """Hash of a worker's counters on a task type: how often others agreed; never expires."""
    return f"{reliabilities(pool, task_type)}{escaped(worker_id)}"


def reliabilities(pool: str, task_type: str) -> str:
    """Return the start of the keys of all workers' counters on a task type.

    Append a worker's id, escaped.
    """
    return f"{slot(pool)}:reliability:{task_type}:"


def population(pool: str, task_type: str) -> str:
    """Hash of all workers' counters on a task type: `answers` and `agreed_milli`; never expires."""
    return f"{slot(pool)}:population:{task_type}"


def answer(worker_id: str, assignment_id: str) -> str:
    """Return the name of the field, in a task's hash, for this worker's answer."""
    return f"{ANSWER}{escaped(worker_id)}:{escaped(assignment_id)}"


def answered(field: str) -> tuple[str, str]:
    """Return the worker and the assignment for whose answer `answer` made this field name."""
    worker, _, assignment = field.removeprefix(ANSWER).partition(":")
    return unescaped(worker), unescaped(assignment)
