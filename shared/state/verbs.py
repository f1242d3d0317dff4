"""Applies each kind of write to values in memory, as `lua/verbs.lua` does in Redis."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from shared.state.changes import Write
from shared.state.highest import pieces_with
from shared.state.ranking import Ranking

_T = TypeVar("_T")


class Written(Protocol):
    """The values in memory that a write changes, by key; `expiring` maps keys to Unix times."""

    expiring: dict[str, int]

    def value(self, key: str, kind: type[_T]) -> _T:
        """Return a key's value; if it is missing, create an empty one of this kind."""
        ...

    def exists(self, key: str) -> bool:
        """Return whether the key has a value here."""
        ...

    def tidy(self, key: str) -> None:
        """Remove the key if its value is empty, as Redis does with an empty hash or set."""
        ...


def number_of(value: str) -> int:
    """Return the integer at the start of a value. Example: 3 for "3 w-1 0 2"."""
    return int(value.partition(" ")[0])


def _hset(into: Written, write: Write) -> None:
    into.value(write[1], dict).update(zip(write[2::2], write[3::2], strict=True))


def _hdel(into: Written, write: Write) -> None:
    fields = into.value(write[1], dict)
    for name in write[2:]:
        fields.pop(name, None)
    into.tidy(write[1])


def _hincrby(into: Written, write: Write) -> None:
    fields = into.value(write[1], dict)
    for name, by in zip(write[2::2], write[3::2], strict=True):
        fields[name] = str(int(fields.get(name, "0")) + int(by))


def _hmax(into: Written, write: Write) -> None:
    fields = into.value(write[1], dict)
    for name, number in zip(write[2::2], write[3::2], strict=True):
        held = fields.get(name)
        if held is None or (number_of(held), held) < (number_of(number), number):
            fields[name] = number


def _htop(into: Written, write: Write) -> None:
    _, key, entry, each, *names = write
    fields = into.value(key, dict)
    fields.update(pieces_with(fields, entry, names, each=int(each)))


def _sadd(into: Written, write: Write) -> None:
    into.value(write[1], set).update(write[2:])


def _srem(into: Written, write: Write) -> None:
    into.value(write[1], set).difference_update(write[2:])
    into.tidy(write[1])


def _zadd(into: Written, write: Write) -> None:
    _, key, score, member = write
    into.value(key, Ranking)[member] = int(score)


def _zrem(into: Written, write: Write) -> None:
    ranking = into.value(write[1], Ranking)
    for name in write[2:]:
        ranking.discard(name)
    into.tidy(write[1])


def _expireat(into: Written, write: Write) -> None:
    _, key, at = write
    if into.exists(key):
        into.expiring[key] = max(into.expiring.get(key, 0), int(at))


def _persist(into: Written, write: Write) -> None:
    into.expiring.pop(write[1], None)


WRITES: Mapping[str, Callable[[Written, Write], None]] = {
    "HSET": _hset,
    "HDEL": _hdel,
    "HINCRBY": _hincrby,
    "HMAX": _hmax,
    "SADD": _sadd,
    "SREM": _srem,
    "ZADD": _zadd,
    "ZREM": _zrem,
    "EXPIREAT": _expireat,
    "PERSIST": _persist,
    "HTOP": _htop,
}
OF_HASHES = frozenset({"HSET", "HDEL", "HINCRBY", "HMAX", "HTOP"})
"""The writes of which a guard may ask what they have left."""
