"""Names of the router's Redis keys: each function returns one, and says what is stored under it.

Ids are escaped (shared/state/escaping.py), also where a field or a member of a set is one: a
colon in an id would otherwise name the key of another thing. The names of pools, task types and
lanes are ours and stand as they are.
Example: `task("main", "t-1")` returns `{router:main}:task:t-1`.
"""

from functools import lru_cache

from shared.contracts.events.model import Event
from shared.contracts.partitions import partition_of
from shared.state.escaping import escaped

MATCHING = 2
"""Version of how workers are matched to a requirement: 2 takes `en-us` for `en`.

Raise it with every change of `Profile.meets`: lanes of before would list too few workers for ever.
"""
ROOT = "{router}"
"""The hash tag of the keys that belong to no pool."""
SEAT = "seat:"
"""Start of a field name in a task's hash: `seat:w-7` holds the offer of the task to worker w-7."""
TURN = ".turn"
"""End of a field name in the hash of a worker's places: `0.turn` names the task in place 0."""
ENDED = ".ended"
"""End of a field name there: `0.ended` is the number of the last one that ended in place 0."""
LISTED_FOR = "+"
"""Start of a member of a worker's set of lanes: the kinds of questions for which they are listed.

It comes before the name of every lane, which is a hash. Example: `+rating,transcript`.
"""
RATED = "rated:"
"""Start of a field name in a worker's hash: `rated:animals` holds their rating on that type."""
OWN = "@"
"""Start of the name of one worker's own lane, of tasks for certain people only: `@w-7`."""
OWNER = "own"
"""Field of a worker's places: their escaped id, once a task was for them among certain people."""
DIGEST = "digest:"
"""Start of a field name in a task's hash: `digest:w-7` holds the digest of the answer of w-7."""


@lru_cache(maxsize=1024)
def slot(pool: str) -> str:
    """Return the Redis hash tag in braces that all keys of a pool share: `{router:main}`."""
    return f"{{router:{pool}}}"


def slot_of(event: Event) -> str:
    """Return the Redis hash tag of the event's pool; all keys that the event can change bear it.

    An event without a pool belongs to the root slot.
    """
    return slot(event.pool) if event.pool else ROOT


def pool_of(slot_name: str) -> str:
    """Return the name of the pool whose hash tag this is: `main` for `{router:main}`."""
    return slot_name.removeprefix("{router:").removesuffix("}")


# --- the root slot: keys of no pool --------------------------------------------------------------


def listed(worker_id: str) -> str:
    """Hash: where a worker is. For each pool with a profile of theirs, `pool:<pool>` is its order.

    An order is the number of a record of `workers`, later is higher. `at` is the highest of all
    profiles. `left` is that of the last tombstone: the worker is in those pools that are above it.
    Expires a day after they left.
    """
    return f"{ROOT}:worker:{escaped(worker_id)}"


def leaving() -> str:
    """Sorted set of workers who left and whose pools are not told yet, by the ms they left at."""
    return f"{ROOT}:leaving"


def kept(worker_id: str) -> str:
    """Hash: `presence` is what a worker said last for a pool that is not known, or by a tombstone.

    Its words are the order of the record (later is higher), the pool or `*` for all pools with a
    profile of theirs, the presence, and the kinds of questions that their app shows, if it listed
    any. Example: `4711 photos available rating,transcript`.
    """
    return f"{ROOT}:kept:{escaped(worker_id)}"


def all_kept() -> str:
    """Sorted set of the workers of whom a presence is kept, by the ms at which it arrived."""
    return f"{ROOT}:kept"


# --- facts: written by folds ---------------------------------------------------------------------


def task(pool: str, task_id: str) -> str:
    """Hash of one task, with the revision that commits compare; expires 64 days after its closing.

    While the task is open: `rules` (digest in the key of its rules), `created_at` and `deadline_at`
    in ms, `asked` (number of answers that the service qa asks for in all), and `only` (ids, escaped
    and parted by blanks) where it is for certain people only. As long as the hash
    exists: `wanted` (answers the task looks for), `closed` (number of a state.Closing),
    `unroutable` (1 once announced), `trace` if upstream sent one. For each worker who was ever
    offered the task: `seat:<worker>`, and `digest:<worker>` of their answer. A seat begins with the
    number of its state.Stage; while the worker holds it, four numbers follow: the place (unit of
    the worker's capacity), its turn (how many assignments that place has had), and `accept_by` and
    `answer_by` in ms.
    Example: `seat:w-7` = `2 0 3 1767225600000 1767226200000`: accepted, third turn of place 0.
    """
    return f"{slot(pool)}:task:{escaped(task_id)}"


def content(pool: str, task_id: str) -> str:
    """Hash: a task's output and its reference upstream, compressed; deleted when the task closes.

    The fields `0` to `7` are pieces of one compressed text (state.Content), to save memory in
    Redis.
    """
    return f"{slot(pool)}:task:{escaped(task_id)}:content"


def rules(pool: str, digest: str) -> str:
    """Hash of the rules that many tasks share, under the digest of their JSON.

    `policy` is the task policy as JSON without its deadline. `until` is the Unix time in seconds at
    which the hash expires: no topic can bring a task under these rules after that day.
    """
    return f"{slot(pool)}:rules:{digest}"


def seat(worker_id: str) -> str:
    """Return the name of the field, in a task's hash, that holds the task's offer to this worker.

    The value tells how far the assignment has come and, until it ends, its place and deadlines.
    """
    return f"{SEAT}{escaped(worker_id)}"


def digest(worker_id: str) -> str:
    """Return the name of the field, in a task's hash, for the digest of this worker's answer."""
    return f"{DIGEST}{escaped(worker_id)}"


def late(pool: str, assignment_id: str) -> str:
    """Hash with the `digest` of an assignment's late answer; expires after 64 days."""
    return f"{slot(pool)}:late:{escaped(assignment_id)}"


def worker(pool: str, worker_id: str) -> str:
    """Hash of a worker: `profile`, `presence`, `profile_at` and `presence_at`.

    The last two are the order numbers of the Kafka records that brought the first two: an older
    record changes nothing. For each task type on which they are rated, `rated:<task type>`: the
    number of the rating (`ratings.standing_order`), a blank and its lower bound in
    ten-thousandths. Behind the presence stand the kinds of questions that their app shows,
    if it listed any. Expires 64 days after the worker left; `profile` goes at once. Of somebody who
    is rated and has no profile it expires 64 days after the rating.
    """
    return f"{slot(pool)}:worker:{escaped(worker_id)}"


def rated(task_type: str) -> str:
    """Return the name of the field, in a worker's hash, for their rating on a task type."""
    return f"{RATED}{task_type}"


def places(pool: str, worker_id: str) -> str:
    """Hash of a worker's places (units of capacity; each holds one assignment at a time).

    For place n, `n.turn` counts the assignments offered in it and names the task of the last one,
    and `n.ended` is the number of the last one that ended; `active_ms` is the time of the worker's
    last offer or ending; OWNER. Expires 64 days after the worker left, when no topic can bring an
    event with one of these turns again.
    Example: `0.turn` = `3 t-1`, `0.ended` = `2`: place 0 holds its third assignment, of t-1.
    """
    return f"{slot(pool)}:worker:{escaped(worker_id)}:places"


def workers(pool: str) -> str:
    """Sorted set of every worker id with a profile; all scores are 0, to read it in pages."""
    return f"{slot(pool)}:workers"


def unprofiled(pool: str) -> str:
    """Sorted set of workers with a presence and no profile, by the ms at which it arrived.

    Anyone may say to be there, so their number is bounded: the oldest are put out.
    """
    return f"{slot(pool)}:unprofiled"


def deadlines(pool: str, task_id: str) -> str:
    """Sorted set of open tasks by their next deadline, for the task's Kafka partition."""
    return deadlines_of(slot(pool), partition_of(task_id))


def deadlines_of(slot_name: str, partition: int) -> str:
    """Sorted set: each open task of one partition, scored by the ms of its next deadline.

    `slot_name` is the pool's hash tag. A new task has the score of its own deadline; whenever a
    worker's deadline to accept or to answer changes, the router sets the earliest of all as its
    score.
    """
    return f"{slot_name}:deadlines:{partition}"


# --- index: written by decisions, derived anew after a catch-up ----------------------------------


def lanes(pool: str) -> str:
    """Hash: the needs (skills, languages and kind, as JSON) of each lane of the pool, by lane.

    A lane is a pool's index for equal needs: the tasks that wait and the workers who are free.
    The hash's revision number rises when a lane is added.
    """
    return f"{slot(pool)}:lanes"


def filled(pool: str) -> str:
    """Set of the lanes for which all workers of the pool were searched for those who qualify.

    A lane that is missing may not list workers who were there before the lane. The key names the
    version of matching: under a new one nothing is filled, so every lane is searched once more.
    """
    return f"{slot(pool)}:lanes:filled:{MATCHING}"


def lanes_of_type(pool: str, task_type: str) -> str:
    """Set of the lanes (one for equal needs) in which tasks of this task type wait; mostly one."""
    return f"{slot(pool)}:type:{task_type}:lanes"


def lanes_of_worker(pool: str, worker_id: str) -> str:
    """Set of the lanes (one for equal needs of the pool's tasks) whose needs the worker meets.

    A member with LISTED_FOR names the kinds of questions that their app showed when these lanes
    were looked through; there is none if that was `choice` alone. One with OWN is their own lane.
    """
    return f"{slot(pool)}:worker:{escaped(worker_id)}:lanes"


def waiting(pool: str, lane: str) -> str:
    """Sorted set: tasks that still need a worker, by the ms since which they wait."""
    return f"{slot(pool)}:lane:{lane}:waiting"


def stuck(pool: str, lane: str) -> str:
    """Sorted set: tasks that no registered worker can take, by the ms since which they wait."""
    return f"{slot(pool)}:lane:{lane}:stuck"


def free(pool: str, lane: str) -> str:
    """Sorted set: workers who can take another task, by the ms of their last offer or its end."""
    return f"{slot(pool)}:lane:{lane}:free"


def fit(pool: str, lane: str) -> str:
    """Sorted set: workers, busy or not, who meet the lane's requirement; all scores are 0."""
    return f"{slot(pool)}:lane:{lane}:fit"


# --- prefixes: a load follows a reference by one of these ----------------------------------------


def each_lane(pool: str) -> str:
    """Return the start of every lane's keys; append a lane's name and `:waiting` or `:free`."""
    return f"{slot(pool)}:lane:"


def each_task(pool: str) -> str:
    """Return the start of every task's keys; append its escaped id and, for its content, a suffix.

    The suffix of the content is `:content`; the id alone is the task's own hash.
    """
    return f"{slot(pool)}:task:"


def each_rules(pool: str) -> str:
    """Return the start of the keys of all rules; append the digest of one."""
    return f"{slot(pool)}:rules:"


def each_worker(pool: str) -> str:
    """Return the start of every worker's keys; append a worker's id and, where wanted, a suffix.

    The suffixes are `:places` and `:lanes`; the id alone is the worker's own hash.
    """
    return f"{slot(pool)}:worker:"


def each_kept() -> str:
    """Return the start of the keys of kept presences; append a worker's id."""
    return f"{ROOT}:kept:"


def each_listed() -> str:
    """Return the start of the keys that say where workers are; append a worker's id."""
    return f"{ROOT}:worker:"
