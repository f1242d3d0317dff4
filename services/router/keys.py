"""Names of the router's Redis keys: one function each, with type, fields and lifetime.

Ids hold neither ':' nor braces, so no id can reach into another key.
"""

from functools import lru_cache

from shared.contracts.events.model import Event
from shared.contracts.partitions import partition_of

SEAT = "seat:"
"""Beginning of the field of each assignment of a task; the worker's id follows."""


@lru_cache(maxsize=1024)
def slot(pool: str) -> str:
    """Hash tag that all keys of a pool share."""
    return f"{{router:{pool}}}"


def slot_of(event: Event) -> str:
    """Hash tag of the keys that an event belongs to."""
    return slot(event.pool)


def pool_of(slot_name: str) -> str:
    """Return the pool of a slot's name."""
    return slot_name.removeprefix("{router:").removesuffix("}")


# --- facts: written by folds ---------------------------------------------------------------------


def task(pool: str, task_id: str) -> str:
    """Hash, the aggregate of one task; expires 32 days after the task was closed.

    While the task is open: `rules` (the digest they are kept under), `created_at` and
    `deadline_at` in ms, `asked` (answers that qa wants in all). As long as the hash stands:
    `wanted`, `closed` (state.Closing), `unroutable`, `trace` if upstream sent one; for each worker
    who was asked `seat:<worker>` and, once answered, `digest:<worker>`. A seat is the number of its
    state.Stage and, while it is held, place, turn, accept_by and answer_by in ms.
    Example: `seat:w-7` = `2 0 3 1767225600000 1767226200000`.
    """
    return f"{slot(pool)}:task:{task_id}"


def content(pool: str, task_id: str) -> str:
    """Hash: the output and its ref in pieces (state.Content); dropped when the task is closed."""
    return f"{slot(pool)}:task:{task_id}:content"


def rules(pool: str, digest: str) -> str:
    """Hash: `policy`, shared by every task that names this digest, as JSON without its deadline.

    `until` is the Unix time, in seconds, at which the hash expires: after the last day on which any
    topic can still bring a task under these rules.
    Example: `until` = `1769904000`, which moves on by a day as long as such tasks come.
    """
    return f"{slot(pool)}:rules:{digest}"


def seat(worker_id: str) -> str:
    """Field of a task: how far a worker's assignment has come, and the seat while it is held."""
    return f"{SEAT}{worker_id}"


def digest(worker_id: str) -> str:
    """Field of a task: the digest of a worker's answer."""
    return f"digest:{worker_id}"


def late(pool: str, assignment_id: str) -> str:
    """Hash: `digest` of an assignment's late answer; expires after 32 days."""
    return f"{slot(pool)}:late:{assignment_id}"


def worker(pool: str, worker_id: str) -> str:
    """Hash: `profile`, `presence`, and the order of the record of each; kept for ever."""
    return f"{slot(pool)}:worker:{worker_id}"


def places(pool: str, worker_id: str) -> str:
    """Hash: for each place its last turn offered, `<n>.turn`, and ended, `<n>.ended`; `active_ms`.

    Kept for ever.
    Example: `0.turn` = `3`, `0.ended` = `2`: place 0 holds its third assignment.
    """
    return f"{slot(pool)}:worker:{worker_id}:places"


def workers(pool: str) -> str:
    """Sorted set: every worker with a profile; all scores are 0, so it can be read in pages."""
    return f"{slot(pool)}:workers"


def deadlines(pool: str, task_id: str) -> str:
    """Sorted set: the deadlines of this task's partition."""
    return deadlines_of(slot(pool), partition_of(task_id))


def deadlines_of(slot_name: str, partition: int) -> str:
    """Sorted set: each open task by the ms of its next deadline, a lease's or its own.

    A fold lists the task by its own deadline, the only one that it knows; the decision that changes
    a lease lists it by the earlier one. So the member is a fact and its score an index.
    Example: `t-1` by 1767225600000, when its only offer must be accepted.
    """
    return f"{slot_name}:deadlines:{partition}"


# --- index: written by decisions, derived anew after a catch-up ----------------------------------


def lanes(pool: str) -> str:
    """Hash: the requirement of each lane, as JSON; its revision moves when a lane is added."""
    return f"{slot(pool)}:lanes"


def filled(pool: str) -> str:
    """Set: the lanes that list the workers who had a profile before the lane was opened."""
    return f"{slot(pool)}:lanes:filled"


def lanes_of_type(pool: str, task_type: str) -> str:
    """Set: the lanes that tasks of this type wait in; mostly one."""
    return f"{slot(pool)}:type:{task_type}:lanes"


def lanes_of_worker(pool: str, worker_id: str) -> str:
    """Set: the lanes whose requirement the worker meets."""
    return f"{slot(pool)}:worker:{worker_id}:lanes"


def waiting(pool: str, lane: str) -> str:
    """Sorted set: tasks with a vacant seat, by the ms since when they have waited."""
    return f"{slot(pool)}:lane:{lane}:waiting"


def stuck(pool: str, lane: str) -> str:
    """Sorted set: tasks that no registered worker can take, by the ms since when they waited."""
    return f"{slot(pool)}:lane:{lane}:stuck"


def free(pool: str, lane: str) -> str:
    """Sorted set: workers who can take more, by the ms of their last offer or ending."""
    return f"{slot(pool)}:lane:{lane}:free"


def fit(pool: str, lane: str) -> str:
    """Sorted set: workers whose profile meets the requirement; all scores are 0."""
    return f"{slot(pool)}:lane:{lane}:fit"


# --- prefixes: a load follows a reference by one of these ----------------------------------------


def each_lane(pool: str) -> str:
    """Prefix of a lane's keys: the lane and `:waiting` or `:free` follow."""
    return f"{slot(pool)}:lane:"


def each_task(pool: str) -> str:
    """Prefix of a task's keys: the task and `:content`, or the task alone, follow."""
    return f"{slot(pool)}:task:"


def each_rules(pool: str) -> str:
    """Prefix of the keys of rules: their digest follows."""
    return f"{slot(pool)}:rules:"


def each_worker(pool: str) -> str:
    """Prefix of a worker's keys: the worker and `:places`, `:lanes`, or nothing more follow."""
    return f"{slot(pool)}:worker:"
