"""Builds the conditions, writes and reads that a service sends to its functions in Redis.

A guard is a condition that Redis checks before it writes; a write is one change of one key. Both
are plain tuples, `(verb, key, ...)`. No other verbs exist than those built here. The function
library in Redis (`lua/`) and its copy in memory (`view.py`, `verbs.py`) give each verb the same
meaning, and one test suite checks both. Numbers are integers below 2**53, the largest that Lua
holds exactly; every value is stored as text.

Example: `absent("{payout:main}:job:7", "paid")` is `("absent", "{payout:main}:job:7", "paid")`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Guard = tuple[str, ...]
Write = tuple[str, ...]

COUNT = "count"
REVISION = "rev"
"""Field of the hash of an object, such as a task, that counts the commits which changed the object.
The store raises it; the functions that turn an event into changes neither read nor set it.
"""


def absent(key: str, field: str | None = None) -> Guard:
    """Return a guard (a condition checked before a write): a key or field must not exist.

    With `field` the key is a hash, and only that field must be missing. Example:
    `absent(job, "paid")` holds until the hash `job` has the field `paid`.
    """
    return ("absent", key) if field is None else ("absent", key, field)


def field_is(key: str, field: str, value: str | int) -> Guard:
    """Return a guard (a condition checked before a write): a hash's field must equal `value`."""
    return ("field_is", key, field, str(value))


def field_below(key: str, field: str, number: int) -> Guard:
    """Return a guard (a condition checked before a write) that compares a field of a hash.

    It holds if the field is missing, or if the integer at the start of its value is below `number`.
    Example: the field `seat:w-1` holds "3 w-1 0 2"; a guard with the number 4 holds.
    """
    return ("field_below", key, field, str(number))


def put(key: str, **fields: str | int) -> Write:
    """Return a write (one change of one key, made at commit) that sets fields of a hash (HSET)."""
    return put_fields(key, fields)


def put_fields(key: str, fields: Mapping[str, str | int]) -> Write:
    """Return a write that sets fields of a hash, like HSET, given as a mapping.

    Use it instead of `put` for field names that are no Python identifiers, such as `seat:w-1`.
    Raises ValueError if `fields` is empty.
    """
    return ("HSET", key, *_flat(fields))


def drop_fields(key: str, *fields: str) -> Write:
    """Return a write (one change of a key, made at commit) that deletes fields of a hash (HDEL)."""
    return ("HDEL", key, *fields)


def increment(key: str, by: Mapping[str, int]) -> Write:
    """Return a write that adds to integer fields of a hash, like HINCRBY.

    A missing field counts as 0. Adding the same amount twice is wrong, unlike setting a field
    twice. So put this write only into a change whose guard checks that the event which brings the
    amount was not counted before. Example: `increment(account, {"amount_minor": 250})`. Raises
    ValueError if `by` is empty.
    """
    return ("HINCRBY", key, *_flat(by))


def advance(key: str, numbers: Mapping[str, int | str]) -> Write:
    """Return a write that raises fields of a hash to these numbers, and never lowers one.

    It needs no guard: in any order and any number of times, the highest number remains, with the
    text that may follow it behind a blank; of two with one number the text that sorts last. Raises
    ValueError if `numbers` is empty. Example: a field that holds "7 t-1" stays so after
    `advance(key, {"seen": "5 t-2"})`.
    """
    return ("HMAX", key, *_flat(numbers))


def add(key: str, *members: str) -> Write:
    """Return a write (one change of one key, made at commit) that adds members to a set (SADD)."""
    return ("SADD", key, *members)


def remove(key: str, *members: str) -> Write:
    """Return a write (one change of a key, made at commit) that removes members of a set (SREM)."""
    return ("SREM", key, *members)


def score(key: str, member: str, score: int) -> Write:
    """Return a write that adds `member` to a sorted set, or gives it a new score, like ZADD."""
    return ("ZADD", key, str(score), member)


def unscore(key: str, *members: str) -> Write:
    """Return a write (one change, made at commit) that removes members of a sorted set (ZREM)."""
    return ("ZREM", key, *members)


def forget(key: str, at_seconds: int) -> Write:
    """Return a write that lets a key expire at a Unix time, like EXPIREAT.

    The time is `at_seconds`, or one day from now if that is later. A key that already expires later
    keeps its time. The minimum of a day is for events that are applied again when state is rebuilt:
    the key that marks an event as applied must still exist then. Example: `at_seconds` an hour from
    now lets the key expire in 24 hours.
    """
    return ("EXPIREAT", key, str(at_seconds))


def keep(key: str) -> Write:
    """Return a write that lets a key stay that was to expire, like PERSIST.

    Example: a worker who had left comes back: their key was to expire a month after they left.
    """
    return ("PERSIST", key)


def _flat(fields: Mapping[str, str | int]) -> list[str]:
    """Return names and values as one flat list, for a Redis command; ValueError if empty."""
    if not fields:
        raise ValueError("a write names at least one field")
    return [str(part) for pair in fields.items() for part in pair]


class Change(NamedTuple):
    """Writes that Redis makes together if all `guards` (conditions) hold, and skips otherwise.

    `aggregate` is the key of the hash of the object that changes, such as one task. When the writes
    are made, the store raises the field `rev` of this hash by one, once per commit. `aggregate` is
    None if no such object changes. The fields stand in the order in which `lua/` reads them.
    Example:
    `Change(aggregate=job, guards=(absent(job, "paid"),), writes=(put(job, paid=1),))`.
    """

    aggregate: str | None
    guards: tuple[Guard, ...]
    writes: tuple[Write, ...]


class Read(NamedTuple):
    """One request to load a key, and further keys whose names stand in it, in one call to Redis.

    The key is `prefix + member + suffix`, with an empty `member` in the first read of a chain.
    `kind` is hash, part (of a hash), set, zset (sorted set), page or count. The reads in `then` are
    made once for each member that was loaded: for each member of a set or sorted set, and for a
    hash once, with the value of its field `field`. If `field` ends with a colon, they are made for
    every field whose name begins with it and whose value has two words or more; `member` is then
    the rest of the field's name, up to its next colon. If it begins with a dot, for
    every field whose name ends with it and whose value has two words or more; `member` is then the
    second word.

    `take` is the number of members to load of a sorted set, lowest scores first, and `spare` how
    many more, in case some turn out unusable. If several records of a batch read the same sorted
    set, their `take` is added up, and the largest `spare` is added once. The kinds "page",
    "count" and "part" use `suffix` in another way: see `page`, `count_of` and `part.part_of`. A
    read is a plain tuple, because it is sent to Redis as it is.

    Example: `lowest(waiting_key, take=5, then=[hash_of(task_prefix)])` loads the five tasks that
    have waited longest, in one call. `hash_of(task, field="seat:", then=[hash_of(worker_prefix)])`
    loads a task and, from its field `seat:w-1` with the value "1 0 2", the worker w-1.

    A read in `then` with `holding` follows only from a field of a hash whose value holds this text.
    """

    kind: str
    prefix: str
    suffix: str = ""
    take: int = 0
    then: tuple["Read", ...] = ()
    field: str = ""
    spare: int = 0
    holding: str = ""


def hash_of(
    prefix: str,
    suffix: str = "",
    *,
    field: str = "",
    then: Sequence[Read] = (),
    holding: str = "",
) -> Read:
    """Build a read (a request that the store sends later) that loads a whole hash.

    The key is `prefix + suffix`; for a read inside another read's `then` it is
    `prefix + member + suffix`, where `member` is a name that the outer read loaded. With `then`,
    those reads follow, and their `member` is the value of this hash's field `field`. Example:
    `hash_of("job:7", field="rules", then=[hash_of("rules:")])` loads `job:7` and, if its field
    `rules` holds "r1", also `rules:r1`. A `field` with a colon or a dot is explained at `Read`, and
    so is `holding`.
    """
    return Read("hash", prefix, suffix, 0, tuple(then), field=field, holding=holding)


def set_of(prefix: str, suffix: str = "", *, then: Sequence[Read] = ()) -> Read:
    """Build a read (a request that the store sends later) that loads a whole set.

    The key is `prefix + suffix`; for a read inside another read's `then` it is
    `prefix + member + suffix`, where `member` is a name that the outer read loaded. The reads in
    `then` follow once for each member of this set. Example:
    `set_of("open", then=[hash_of("task:")])` loads the set `open` and, for its member "t-1", the
    hash `task:t-1`.
    """
    return Read("set", prefix, suffix, 0, tuple(then))


def lowest(
    prefix: str, suffix: str = "", *, take: int, spare: int = 0, then: Sequence[Read] = ()
) -> Read:
    """Build a read (a request that the store sends later) for the lowest members of a sorted set.

    The key is `prefix + suffix`; for a read inside another read's `then` it is
    `prefix + member + suffix`, where `member` is a name that the outer read loaded. `take` is how
    many members to load, lowest scores first, and `spare` how many more in case some turn out
    unusable. Several reads of one key in a call load the sum of their `take` and the largest
    `spare`. The reads in `then` follow once for each loaded member. Example:
    `lowest("waiting", take=5, then=[hash_of("task:")])` loads five ids and their tasks.
    """
    return Read("zset", prefix, suffix, take, tuple(then), spare=spare)


def page(key: str, after: str, *, take: int, then: Sequence[Read] = ()) -> Read:
    """Build a read for the next `take` members of a sorted set whose scores are all equal.

    Redis orders such members by their bytes. The read loads the members that follow the member
    `after`, or the first ones if `after` is "". They come back as a set, under the name
    `page_name(key, after)`. The reads in `then` follow once for each member. Example: of the
    members a, b, c and d, `page(key, "b", take=1)` loads {"c"}.
    """
    return Read("page", key, ">" + after, take, tuple(then))


def page_name(key: str, after: str) -> str:
    """Return the name under which the store's answer holds the result of `page(key, after)`.

    Example: `page_name("workers", "w-7")` is `workers>w-7`.
    """
    return f"{key}>{after}"


def count_of(key: str) -> Read:
    """Build a read (a request that the store sends later) for the size of a sorted set.

    The store answers with a hash, under the name `count_name(key)`, whose field `count` holds the
    number. Example: for the key `waiting` with three members it answers `{"count": "3"}`.
    """
    return Read("count", key, "#")


def count_name(key: str) -> str:
    """Return the name under which the store's answer holds the number loaded by `count_of(key)`.

    Example: `count_name("waiting")` is `waiting#`.
    """
    return f"{key}#"


def merged(reads: Iterable[Read]) -> list[Read]:
    """Return the reads of all records of a batch without duplicates, those of sorted sets first.

    Several reads of one sorted set that differ only in `take` (how many members to load) and
    `spare` become one, whose `take` is the sum of theirs plus the largest `spare`. Reads of a page
    (the members behind a given one) keep their `take`, since all of them want the same page. Reads
    of a part of one hash (`part.part_of`) become one with the words of all, behind every read that
    loads a hash whole.
    Example: two reads of `waiting` with `take` 5 and `spare` 2 become one with `take` 12.
    """
    whole: dict[Read, None] = {}
    takes: dict[Read, tuple[int, int]] = {}
    parts: dict[str, Read] = {}
    for read in reads:
        if read.kind == "part":
            same = parts.get(read.prefix)
            parts[read.prefix] = read if same is None else _with_words_of(same, read)
        elif read.kind == "zset":
            bare = read._replace(take=0, spare=0)
            take, spare = takes.get(bare, (0, 0))
            takes[bare] = take + read.take, max(spare, read.spare)
        else:
            whole[read] = None
    # Sorted sets first. The first read of a key decides how much of it is loaded, and a read that
    # another one goes on to takes less than these.
    ranked = (bare._replace(take=take + spare) for bare, (take, spare) in takes.items())
    return [*ranked, *whole, *parts.values()]


def _with_words_of(read: Read, other: Read) -> Read:
    words = dict.fromkeys((*read.suffix.split(" "), *other.suffix.split(" ")))
    return read._replace(suffix=" ".join(words))
