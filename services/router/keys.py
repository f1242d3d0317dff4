"""Names of the router's Redis keys: one function each, with type, fields and lifetime.

Ids hold neither ':' nor braces, so no id can reach into another key.
"""

from functools import lru_cache

from shared.contracts.events.model import Event
from shared.contracts.partitions import partition_of

SEAT = "seat:"
"""What the fields of a task's assignments begin with."""


@lru_cache(maxsize=1024)
def slot(pool: str) -> str:
    """The hash tag all keys of a pool share."""
    return f"{{router:{pool}}}"


def slot_of(event: Event) -> str:
    """Hash tag of the keys an event belongs to."""
    return slot(event.pool)


def pool_of(slot_name: str) -> str:
    """The pool a slot is of."""
    return slot_name.removeprefix("{router:").removesuffix("}")


# --- facts: written by folds ---------------------------------------------------------------------


def task(pool: str, task_id: str) -> str:
    """Hash, the aggregate; expires 32 days after the task was closed.

    While open: rules (the digest they are kept under), created_at and deadline_at in ms,
    asked (by qa, in all). For good: wanted, closed (state.Closing), unroutable, trace where
    upstream gave one; of each worker who was asked `seat:<worker>` (state.Stage, and while it is
    held place, turn, accept by and answer by in ms, blanks between), `digest:<worker>` of their
    answer.
    """
    return f"{slot(pool)}:task:{task_id}"


def content(pool: str, task_id: str) -> str:
    """Hash: the output and its ref in pieces (state.Content), while the task is open."""
    return f"{slot(pool)}:task:{task_id}:content"


def rules(pool: str, digest: str) -> str:
    """Hash: policy, as JSON without its deadline, of every task that names this digest; until, in
    seconds, when it is forgotten: later than any topic can bring up a task under it.
    """
    return f"{slot(pool)}:rules:{digest}"


def seat(worker_id: str) -> str:
    """Field of a task: how far a worker's assignment has come, and the seat while it is held."""
    return f"{SEAT}{worker_id}"


def digest(worker_id: str) -> str:
    """Field of a task: the digest of a worker's answer."""
    return f"digest:{worker_id}"


def late(pool: str, assignment_id: str) -> str:
    """Hash: digest of the late answer; expires after 32 days."""
    return f"{slot(pool)}:late:{assignment_id}"


def worker(pool: str, worker_id: str) -> str:
    """Hash: profile, profile_at (its record's order), presence, presence_at; kept for good."""
    return f"{slot(pool)}:worker:{worker_id}"


def places(pool: str, worker_id: str) -> str:
    """Hash: per place `<n>.turn` offered and `<n>.ended` last; active_ms; kept for good."""
    return f"{slot(pool)}:worker:{worker_id}:places"


def workers(pool: str) -> str:
    """Sorted set, all scores 0, so that it can be read in pages: every worker with a profile."""
    return f"{slot(pool)}:workers"


def deadlines(pool: str, task_id: str) -> str:
    """Sorted set: what is due when of the tasks in this task's partition."""
    return deadlines_of(slot(pool), partition_of(task_id))


def deadlines_of(slot_name: str, partition: int) -> str:
    """Sorted set: open task → ms of the first thing of it that is over: a lease, or the task.

    That a task is listed is a fact, when is an index: folds know the task's own deadline only.
    """
    return f"{slot_name}:deadlines:{partition}"


# --- index: written by decisions, derived anew after a catch-up ----------------------------------


def lanes(pool: str) -> str:
    """Hash: lane → requirement as JSON; its revision moves when a lane is added."""
    return f"{slot(pool)}:lanes"


def filled(pool: str) -> str:
    """Set: lanes that know the workers who were there before them."""
    return f"{slot(pool)}:lanes:filled"


def lanes_of_type(pool: str, task_type: str) -> str:
    """Set: the lanes that tasks of this type wait in; mostly one."""
    return f"{slot(pool)}:type:{task_type}:lanes"


def lanes_of_worker(pool: str, worker_id: str) -> str:
    """Set: the lanes whose requirement the worker meets."""
    return f"{slot(pool)}:worker:{worker_id}:lanes"


def waiting(pool: str, lane: str) -> str:
    """Sorted set: tasks with a vacant seat → ms since when."""
    return f"{slot(pool)}:lane:{lane}:waiting"


def stuck(pool: str, lane: str) -> str:
    """Sorted set: tasks with a vacant seat that nobody registered can take → ms since when."""
    return f"{slot(pool)}:lane:{lane}:stuck"


def free(pool: str, lane: str) -> str:
    """Sorted set: workers who can take more → ms of their last offer or ending."""
    return f"{slot(pool)}:lane:{lane}:free"


def fit(pool: str, lane: str) -> str:
    """Sorted set, all scores 0: workers whose profile meets the requirement."""
    return f"{slot(pool)}:lane:{lane}:fit"


# --- prefixes: what a load follows references by -------------------------------------------------


def each_lane(pool: str) -> str:
    """What comes before a lane and `:waiting` or `:free`."""
    return f"{slot(pool)}:lane:"


def each_task(pool: str) -> str:
    """What comes before a task and its `:content` or nothing."""
    return f"{slot(pool)}:task:"


def each_rules(pool: str) -> str:
    """What comes before the digest of rules."""
    return f"{slot(pool)}:rules:"


def each_worker(pool: str) -> str:
    """What comes before a worker and their `:places`, `:lanes` or nothing."""
    return f"{slot(pool)}:worker:"
