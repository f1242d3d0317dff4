"""The closed vocabulary of state: guards, writes, changes that pair them, and reads.

A guard and a write are plain tuples, `(verb, key, ...)`, as they travel to the function library in
Redis. The library (`lua/`) and its twin in memory (`view.py`, `verbs.py`) give each verb the same
meaning, and one conformance suite holds both to it. Numbers are integers below 2**53, the largest
that Lua holds exactly; every value is stored as text.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Guard = tuple[str, ...]
Write = tuple[str, ...]

COUNT = "count"
REVISION = "rev"
"""Field of an aggregate's hash: its revision. Commits raise it; folds neither read nor set it."""


def absent(key: str, field: str | None = None) -> Guard:
    """Require that a key, or the field of a hash, does not exist."""
    return ("absent", key) if field is None else ("absent", key, field)


def field_is(key: str, field: str, value: str | int) -> Guard:
    """Require that the field of a hash has this value."""
    return ("field_is", key, field, str(value))


def field_below(key: str, field: str, number: int) -> Guard:
    """Require that a field is missing, or begins with an integer below `number`.

    Example: the field `seat:w-1` holds "3 w-1 0 2"; a guard with the number 4 holds.
    """
    return ("field_below", key, field, str(number))


def put(key: str, **fields: str | int) -> Write:
    """Set fields of a hash."""
    return put_fields(key, fields)


def put_fields(key: str, fields: Mapping[str, str | int]) -> Write:
    """Set fields of a hash whose names may hold any character, such as `seat:w-1`."""
    return ("HSET", key, *_flat(fields))


def drop_fields(key: str, *fields: str) -> Write:
    """Delete fields of a hash."""
    return ("HDEL", key, *fields)


def increment(key: str, by: Mapping[str, int]) -> Write:
    """Add to integer fields of a hash, which count as 0 where they are missing.

    Used only in a change that is guarded by the id of what is counted, since adding the same thing
    twice is not harmless as setting it twice is.
    """
    return ("HINCRBY", key, *_flat(by))


def advance(key: str, numbers: Mapping[str, int]) -> Write:
    """Raise integer fields of a hash to these numbers; a higher one stays.

    Needs no guard: in any order, any number of times, the highest number stands.
    """
    return ("HMAX", key, *_flat(numbers))


def add(key: str, *members: str) -> Write:
    """Put members into a set."""
    return ("SADD", key, *members)


def remove(key: str, *members: str) -> Write:
    """Take members out of a set."""
    return ("SREM", key, *members)


def score(key: str, member: str, score: int) -> Write:
    """Put a member into a sorted set, or move it."""
    return ("ZADD", key, str(score), member)


def unscore(key: str, *members: str) -> Write:
    """Take members out of a sorted set."""
    return ("ZREM", key, *members)


def forget(key: str, at_seconds: int) -> Write:
    """Let a key expire at this Unix time, but in a day at the soonest.

    Of several times for one key the latest stands. An old event that is folded again must find the
    key that guards it, so no key expires right after it was written.
    """
    return ("EXPIREAT", key, str(at_seconds))


def _flat(fields: Mapping[str, str | int]) -> list[str]:
    if not fields:
        raise ValueError("a write names at least one field")
    return [str(part) for pair in fields.items() for part in pair]


class Change(NamedTuple):
    """Writes that are made if every guard holds, and dropped otherwise.

    `aggregate` is the hash whose revision goes up by one when the change is made; None where the
    change belongs to no aggregate. The fields stand in the order in which `lua/` reads them.
    Example: `Change(aggregate=job, guards=(absent(job, "paid"),), writes=(put(job, paid=1),))`.
    """

    aggregate: str | None
    guards: tuple[Guard, ...]
    writes: tuple[Write, ...]


class Read(NamedTuple):
    """A key to load, and the reads to go on to from its members: one call follows references.

    The key is `prefix + member + suffix`; the first read of a chain has no member. `then` is read
    once for each member: of a set or sorted set for its members, of a hash for the value of
    `field`. A `field` that ends with a colon stands for every field that begins so and whose value
    has several words, and the next part of that field's name is followed.

    `take` bounds a sorted set to its lowest scores. What the records of a batch take is added up,
    and the largest `spare` is added once. Of a page and of a count the suffix is no part of the
    key: see `page` and `count_of`. A read is a plain tuple, since it travels to Redis as it is.

    Example: `lowest(waiting_key, take=5, then=[hash_of(task_prefix)])` loads the five tasks that
    have waited longest in one call. `hash_of(task, field="seat:", then=[hash_of(worker_prefix)])`
    loads a task and, from its field `seat:w-1` with the value "1 0 2", the worker w-1.
    """

    kind: str
    prefix: str
    suffix: str = ""
    take: int = 0
    then: tuple["Read", ...] = ()
    field: str = ""
    spare: int = 0


def hash_of(prefix: str, suffix: str = "", *, field: str = "", then: Sequence[Read] = ()) -> Read:
    """Read a whole hash, and go on from the value of `field` (see `Read`)."""
    return Read("hash", prefix, suffix, 0, tuple(then), field=field)


def set_of(prefix: str, suffix: str = "", *, then: Sequence[Read] = ()) -> Read:
    """Read a whole set, and go on from each member."""
    return Read("set", prefix, suffix, 0, tuple(then))


def lowest(
    prefix: str, suffix: str = "", *, take: int, spare: int = 0, then: Sequence[Read] = ()
) -> Read:
    """Read the `take` lowest members of a sorted set, and go on from each."""
    return Read("zset", prefix, suffix, take, tuple(then), spare=spare)


def page(key: str, after: str, *, take: int, then: Sequence[Read] = ()) -> Read:
    """Read the next `take` members, by their bytes, of a sorted set whose scores are all equal.

    The page begins behind the member `after`; "" is the beginning. It is loaded as a set, under the
    name that `page_name` returns.
    """
    return Read("page", key, ">" + after, take, tuple(then))


def page_name(key: str, after: str) -> str:
    """Return the name under which a page is loaded."""
    return f"{key}>{after}"


def count_of(key: str) -> Read:
    """Read the number of members of a sorted set.

    The number is loaded as the field COUNT of a hash, under the name that `count_name` returns.
    """
    return Read("count", key, "#")


def count_name(key: str) -> str:
    """Return the name under which a count is loaded."""
    return f"{key}#"


def merged(reads: Iterable[Read]) -> list[Read]:
    """Return the reads of a whole batch, each once, with the `take` of each sorted set added up.

    Pages are not added up: all records that read one want the same page.
    """
    whole: dict[Read, None] = {}
    takes: dict[Read, tuple[int, int]] = {}
    for read in reads:
        if read.kind == "zset":
            bare = read._replace(take=0, spare=0)
            take, spare = takes.get(bare, (0, 0))
            takes[bare] = take + read.take, max(spare, read.spare)
        else:
            whole[read] = None
    # Sorted sets first. The first read of a key decides how much of it is loaded, and a read that
    # another one goes on to takes less than these.
    ranked = (bare._replace(take=take + spare) for bare, (take, spare) in takes.items())
    return [*ranked, *whole]
