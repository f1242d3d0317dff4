"""The twin of the function library in memory: the view a batch is decided on, and a whole store."""

from collections.abc import Callable, Iterable, Mapping, MutableSet, Sequence
from typing import TypeVar

from shared.state.changes import COUNT, REVISION, Change, Guard, Read, Write, count_name
from shared.state.ranking import Ranking
from shared.state.store import (
    CommitEntry,
    Committed,
    Conflict,
    Hash,
    Loaded,
    Outcome,
    Ranked,
    Replayed,
    Reply,
    Value,
)
from shared.state.verbs import WRITES, number_of

_T = TypeVar("_T")
_LOADED_AS = {"page": "set", "count": "hash"}


class View:
    """Loaded keys and values, to which decisions' changes are made before the commit.

    Guards and writes mean here what they mean in Redis, so that the second record of a batch is
    decided on what the first one changes.
    """

    def __init__(self, data: Mapping[str, tuple[str, Value]] | None = None) -> None:
        self._data: dict[str, Value] = {}
        self._loaded: set[str] = set()
        self.expiring: dict[str, int] = {}
        if data:
            self.learn(data)

    def learn(self, data: Mapping[str, tuple[str, Value]]) -> None:
        """Add what was loaded."""
        for key, (_, value) in data.items():
            self._loaded.add(key)
            if value:
                self._data[key] = value

    def is_loaded(self, *keys: str) -> bool:
        """Whether all of these keys were loaded, be there a value under them or not."""
        return self._loaded.issuperset(keys)

    def hash(self, key: str) -> Hash:
        """Return a loaded hash; empty where the key does not exist."""
        return self._get(key, dict)

    def field(self, key: str, name: str) -> str | None:
        """Return a field of a hash; None without the field, or where the hash was not loaded."""
        return _fields(self._data.get(key)).get(name)

    def set(self, key: str) -> "set[str]":
        """Return a loaded set; empty where the key does not exist."""
        return self._get(key, set)

    def ranking(self, key: str, take: int | None = None) -> Ranked:
        """Return the `take` lowest loaded members of a sorted set, or all of them, lowest first."""
        return self._get(key, Ranking).lowest(take)

    def _get(self, key: str, kind: Callable[[], _T]) -> _T:
        if not self.is_loaded(key):
            raise KeyError(f"{key} was not loaded: name it in the row's load")
        return self._data.get(key) or kind()  # type: ignore[return-value]

    def count(self, key: str) -> int:
        """Return the loaded number of members of a sorted set (see `changes.count_of`)."""
        return int(self.hash(count_name(key))[COUNT])

    def revision(self, aggregate: str) -> str:
        """Return the revision of an aggregate, "0" before its first change."""
        return self.hash(aggregate).get(REVISION, "0")

    def holds(self, guards: Iterable[Guard]) -> bool:
        """Whether every guard holds; a guard of a key that was not loaded is left to Redis."""
        for guard in guards:  # noqa: SIM110 - it is asked for every change of every record
            if not self._holds(guard):
                return False
        return True

    def _holds(self, guard: Guard) -> bool:
        verb, key, *rest = guard
        value = self._data.get(key)
        if value is None and not self.is_loaded(key):
            return True
        if verb == "absent":
            return value is None if not rest else rest[0] not in _fields(value)
        held = _fields(value).get(rest[0])
        if verb == "field_is":
            return held == rest[1]
        if verb == "field_below":
            return held is None or number_of(held) < int(rest[1])
        raise ValueError(f"unknown guard {verb}")

    def make(self, changes: Iterable[Change], raised: MutableSet[str] | None = None) -> None:
        """Make the writes of each change whose guards hold; raise each aggregate's revision once.

        `raised` are aggregates whose revision this commit has raised before; it is added to.
        """
        raised = set() if raised is None else raised
        for change in changes:
            if not self.holds(change.guards):
                continue
            for write in change.writes:
                WRITES[write[0]](self, write)
            if change.aggregate and change.aggregate not in raised:
                raised.add(change.aggregate)
                self.write(("HINCRBY", change.aggregate, REVISION, "1"))

    def write(self, write: Write) -> None:
        """Make one write, whatever guards there are."""
        WRITES[write[0]](self, write)

    def value(self, key: str, kind: type[_T]) -> _T:
        """Return the value under a key, made anew if there is none."""
        value = self._data.get(key)
        if value is None:
            value = self._data[key] = kind()  # type: ignore[assignment]
        return value  # type: ignore[return-value]

    def tidy(self, key: str) -> None:
        """Remove the key if its value is empty, as Redis does."""
        if not self._data[key]:
            del self._data[key]


def _fields(value: Value | None) -> Hash:
    if value is None:
        return {}
    if not isinstance(value, dict) or isinstance(value, Ranking):
        raise TypeError("the key holds no hash")
    return value  # type: ignore[return-value]


class Twin(View):
    """A whole store in memory: a view that has every key, with the functions of one slot."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: dict[str, Outcome] = {}

    def is_loaded(self, *keys: str) -> bool:
        """Return true: a twin is the whole store, so what it does not hold does not exist."""
        return bool(keys)

    def _get(self, key: str, kind: Callable[[], _T]) -> _T:
        return self._data.get(key) or kind()  # type: ignore[return-value]

    def items(self) -> Mapping[str, Value]:
        """Return every key and value."""
        return self._data

    def fetch(self, reads: Iterable[Read]) -> dict[str, tuple[str, Value]]:
        """Load the keys of these reads and of the reads they go on to."""
        data: dict[str, tuple[str, Value]] = {}
        for read in reads:
            self._fetch(read, "", data)
        return data

    def _fetch(self, read: Read, member: str, data: dict[str, tuple[str, Value]]) -> None:
        key = read.prefix + member + read.suffix
        if key not in data:
            kind = _LOADED_AS.get(read.kind, read.kind)
            data[key] = (kind, self._copy(read, key))
        for following in _named(read, data[key][1]) if read.then else ():
            for follow in read.then:
                self._fetch(follow, following, data)

    def _copy(self, read: Read, key: str) -> Value:
        if read.kind == "hash":
            return dict(self.hash(key))
        if read.kind == "set":
            return set(self.set(key))
        if read.kind == "page":
            after = (name for name in self.ranking(read.prefix) if name > read.suffix[1:])
            return set(sorted(after)[: read.take])
        if read.kind == "count":
            return {COUNT: str(len(self.ranking(read.prefix)))}
        return Ranking(self.ranking(key, read.take))

    def commit(self, entries: Sequence[CommitEntry]) -> list[Reply]:
        """Commit entries in order, each with its reply."""
        tainted: set[str] = set()
        return [self._commit(entry, tainted) for entry in entries]

    def _commit(self, entry: CommitEntry, tainted: set[str]) -> Reply:
        kept = self.outcomes.get(entry.id)
        if kept is None and not self._stale(entry, tainted):
            self.make(entry.changes)
            if entry.records:
                self.outcomes[entry.id] = Outcome(
                    entry.digest, settled=False, records=entry.records
                )
            return Committed()
        # Later entries were decided as if this one had been made: they conflict too.
        tainted |= {key for key, _ in entry.reads}
        tainted |= {change.aggregate for change in entry.changes if change.aggregate}
        return Replayed(kept) if kept is not None else Conflict()

    def _stale(self, entry: CommitEntry, tainted: set[str]) -> bool:
        touched = {key for key, _ in entry.reads}
        touched |= {change.aggregate for change in entry.changes if change.aggregate}
        if touched & tainted or not self.holds(entry.guards):
            return True
        return any(self.revision(key) != revision for key, revision in entry.reads)


def _named(read: Read, value: Value) -> Iterable[str]:
    """Return the members a read goes on from (see `changes.Read`)."""
    if isinstance(value, Ranking):
        return value.lowest(read.take)
    if read.kind != "hash":
        return value
    fields = _fields(value)
    if read.field.endswith(":"):
        return _next_words(fields, read.field)
    value_of_field = fields.get(read.field)
    return () if value_of_field is None else (value_of_field,)


def _next_words(fields: Hash, beginning: str) -> Iterable[str]:
    """Return the next part of the name of each such field whose value has several words.

    Example: `{"seat:w-1": "1 0 2", "seat:w-2": "4"}` and "seat:" give `["w-1"]`.
    """
    names = (name for name, value in fields.items() if " " in value and name.startswith(beginning))
    return [word for name in names if (word := name[len(beginning) :].partition(":")[0])]


def loaded(epoch: str, data: Mapping[str, tuple[str, Value]]) -> Loaded:
    """Return what a twin answers to reads alone."""
    return Loaded(epoch=epoch, data=data)
