"""The closed vocabulary of state: guards, writes, changes that pair them, and what to read.

A guard and a write are plain tuples, `(verb, key, ...)`, as they travel to the commit function;
`lua/` and its in-memory twin (`view.py`, `verbs.py`) give the same meaning to each verb, and
one conformance suite holds both to it. Numbers are integers below 2**53; every value is stored as
text.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Guard = tuple[str, ...]
Write = tuple[str, ...]

COUNT = "count"
REVISION = "rev"
"""Field of an aggregate's hash that commit raises; it is no fact, so no fold sees or sets it."""


def absent(key: str, field: str | None = None) -> Guard:
    """The key, or the field of a hash, does not exist."""
    return ("absent", key) if field is None else ("absent", key, field)


def field_is(key: str, field: str, value: str | int) -> Guard:
    """The field of a hash has this value."""
    return ("field_is", key, field, str(value))


def field_below(key: str, field: str, number: int) -> Guard:
    """The field of a hash is missing, or the integer its value begins with is below `number`."""
    return ("field_below", key, field, str(number))


def put(key: str, **fields: str | int) -> Write:
    """Set fields of a hash."""
    return put_fields(key, fields)


def put_fields(key: str, fields: Mapping[str, str | int]) -> Write:
    """Set fields of a hash whose names are no identifiers."""
    return ("HSET", key, *_flat(fields))


def drop_fields(key: str, *fields: str) -> Write:
    """Delete fields of a hash."""
    return ("HDEL", key, *fields)


def increment(key: str, by: Mapping[str, int]) -> Write:
    """Add to integer fields of a hash; only in a change that guards a natural id."""
    return ("HINCRBY", key, *_flat(by))


def advance(key: str, numbers: Mapping[str, int]) -> Write:
    """Move integer fields of a hash forward: one that is missing or below its number becomes it.

    Needs no guard: in any order, any number of times, the highest stands.
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
    """Let a key go at this Unix time, or a day from now if that is later.

    Said more than once, the latest time stands: what guards an event must outlive its folding.
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
    """One key to load: `prefix + member + suffix`, where member is empty at the top. Of a page the
    suffix is no part of the key: it is `>` and the member after which the page begins; nor of a
    count, where it is `#`.

    `take` bounds a sorted set to its lowest scores; what the records of a batch take adds up, and
    the largest `spare` comes on top once. `then` is read for each member found, of a hash for the
    value of `field`, so that one call follows references inside the slot (a lane's best candidates,
    then their workers; a task, then its rules). A `field` that ends with a colon is what fields
    begin with: of those whose values are of several words, what comes next in their names, up to a
    further colon, is followed (a task's seats that are held, then who holds them).
    A plain tuple, since it travels to `lua/` as it is.
    """

    kind: str
    prefix: str
    suffix: str = ""
    take: int = 0
    then: tuple["Read", ...] = ()
    field: str = ""
    spare: int = 0


def hash_of(prefix: str, suffix: str = "", *, field: str = "", then: Sequence[Read] = ()) -> Read:
    """A whole hash, and what to read for the value of one of its fields, or of all of a kind."""
    return Read("hash", prefix, suffix, 0, tuple(then), field=field)


def set_of(prefix: str, suffix: str = "", *, then: Sequence[Read] = ()) -> Read:
    """A whole set, and what to read for each member."""
    return Read("set", prefix, suffix, 0, tuple(then))


def lowest(
    prefix: str, suffix: str = "", *, take: int, spare: int = 0, then: Sequence[Read] = ()
) -> Read:
    """The `take` lowest members of a sorted set, and what to read for each."""
    return Read("zset", prefix, suffix, take, tuple(then), spare=spare)


def page(key: str, after: str, *, take: int, then: Sequence[Read] = ()) -> Read:
    """So many members of a sorted set whose scores are all the same: those that come after this one
    by their bytes. They are loaded as a set under the name `page_name` gives.
    """
    return Read("page", key, ">" + after, take, tuple(then))


def page_name(key: str, after: str) -> str:
    """What a page is loaded as."""
    return f"{key}>{after}"


def count_of(key: str) -> Read:
    """How many members a sorted set has; loaded as a hash, its field COUNT, under `count_name`."""
    return Read("count", key, "#")


def count_name(key: str) -> str:
    """What a count is loaded as."""
    return f"{key}#"


def merged(reads: Iterable[Read]) -> list[Read]:
    """The same reads without doubles; what many want of one sorted set adds up, but of a page all
    want the same. Sorted sets come first: what follows a reference to one takes less of it.
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
    ranked = (bare._replace(take=take + spare) for bare, (take, spare) in takes.items())
    return [*ranked, *whole]
