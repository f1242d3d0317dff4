"""The Redis keys of qa; every key of a pool shares one slot."""

from shared.contracts.events.model import Event
from shared.contracts.events.parts import OutputRef

REF = {name: f"ref.{name}" for name in OutputRef.model_fields}
"""Fields of a task: the reference by which upstream finds its output, by its names there."""
ASKS = "options"
"""Field of a task: its question as JSON, of a choice the list of its options."""
ANSWER = "given:"
"""Beginning of the field of each answer of a task; worker and assignment follow."""


def slot(pool: str) -> str:
    """Hash tag that all keys of a pool share."""
    return f"{{qa:{pool}}}"


def slot_of(event: Event) -> str:
    """Hash tag of the keys that an event belongs to."""
    return slot(event.pool)


def task(pool: str, task_id: str) -> str:
    """Hash, the aggregate of one task or waived output.

    Until the verdict: `options` (ASKS), `min`, `max`, `confidence`, `task_type` and
    `created_at`, in ms, of its policy; `ref.<name>` of its output; `wanted`; `closed` (JSON list of
    the answers its closing names). From the verdict on: `verdict` (why it was reached). For each
    answer `given:<worker>:<assignment>`: the number of its state.AnswerStanding and, until the
    verdict, a blank and the answer as `question.kept` writes it. Expires 32 days after its verdict,
    or 64 days after the last event about it. Redis keeps a hash of values under 64 bytes in half
    the room, which is what most of these are.
    Example: `given:w-7:a-3` = `2 cat`.
    """
    return f"{slot(pool)}:task:{task_id}"


def reliability(pool: str, task_type: str, worker_id: str) -> str:
    """Hash of a worker's counters on a task type, as the agreement names them; kept for ever."""
    return f"{reliabilities(pool, task_type)}{worker_id}"


def reliabilities(pool: str, task_type: str) -> str:
    """Prefix of the reliabilities of all workers on a task type: the worker follows."""
    return f"{slot(pool)}:reliability:{task_type}:"


def population(pool: str, task_type: str) -> str:
    """Hash of everybody's counters on a task type: `answers`, `agreed_milli`; kept for ever."""
    return f"{slot(pool)}:population:{task_type}"


def answer(worker_id: str, assignment_id: str) -> str:
    """Field of a task: the answer of an assignment."""
    return f"{ANSWER}{worker_id}:{assignment_id}"
