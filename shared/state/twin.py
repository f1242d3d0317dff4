"""The whole state of a slot in memory, for tests: what the function library would do in Redis."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from shared.state.changes import COUNT, Read
from shared.state.part import cut, entries_in
from shared.state.ranking import Ranking
from shared.state.store import (
    CommitEntry,
    Committed,
    Conflict,
    Hash,
    Loaded,
    Outcome,
    Replayed,
    Reply,
    Value,
)
from shared.state.view import View, fields_in

_T = TypeVar("_T")
_LOADED_AS = {"page": "set", "count": "hash"}


class _Every(set[str]):
    """The keys that are loaded where the whole state is at hand: every one."""

    def __contains__(self, key: object) -> bool:
        return True


class Twin(View):
    """The whole state of one slot in memory instead of Redis, with the functions Redis would run.

    A slot is the set of Redis keys under one hash tag. Tests and simulations use it. Example:
    `Twin().commit([entry])` returns `[Committed()]`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._loaded = _Every()
        self.outcomes: dict[str, Outcome] = {}

    def is_loaded(self, *keys: str) -> bool:
        """Return true for any keys: this is the whole state, so a key it lacks does not exist."""
        return bool(keys)

    def _get(self, key: str, kind: Callable[[], _T]) -> _T:
        return self._data.get(key) or kind()  # type: ignore[return-value]

    def items(self) -> Mapping[str, Value]:
        """Return every key with its value."""
        return self._data

    def fetch(self, reads: Iterable[Read]) -> dict[str, tuple[str, Value]]:
        """Load the keys of these reads and of those inside them; return kind and value by key."""
        data: dict[str, tuple[str, Value]] = {}
        for read in reads:
            self._fetch(read, "", data)
        return data

    def _fetch(self, read: Read, member: str, data: dict[str, tuple[str, Value]]) -> None:
        if read.kind == "part":
            self._fetch_part(read, data)
            return
        key = read.prefix + member + read.suffix
        if key not in data:
            kind = _LOADED_AS.get(read.kind, read.kind)
            data[key] = (kind, self._copy(read, key))
        if read.then:
            self._follow(read, _named(read, data[key][1]), data)

    def _follow(
        self, read: Read, named: Iterable[tuple[str, str]], data: dict[str, tuple[str, Value]]
    ) -> None:
        for member, said in named:
            for follow in read.then:
                if follow.holding in said:
                    self._fetch(follow, member, data)

    def _fetch_part(self, read: Read, data: dict[str, tuple[str, Value]]) -> None:
        fields, whole = cut(read, self.hash(read.prefix))
        _, known = data.setdefault(read.prefix, ("hash", fields))
        if whole or known is not fields:  # another read loaded the whole of it
            to_come = _next_words(dict.fromkeys(entries_in(read), " "), read.field)
            self._follow(read, (*_named(read, known), *to_come), data)

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
        """Commit the entries in order; return a reply for each: committed, replayed or conflict."""
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


def _named(read: Read, value: Value) -> Iterable[tuple[str, str]]:
    """Return the members of a loaded value for which the reads in `read.then` follow.

    With each comes the value of the field that named it; "" where no field did.
    """
    if isinstance(value, Ranking):
        return ((member, "") for member in value.lowest(read.take))
    if read.kind not in ("hash", "part"):
        return ((str(member), "") for member in value)
    fields = fields_in(value)
    if read.field.endswith(":"):
        return _next_words(fields, read.field)
    if read.field.startswith("."):
        ending = (said for name, said in fields.items() if name.endswith(read.field))
        return [(said.split(" ")[1], said) for said in ending if " " in said]
    value_of_field = fields.get(read.field)
    return () if value_of_field is None else ((value_of_field, value_of_field),)


def _next_words(fields: Hash, beginning: str) -> Iterable[tuple[str, str]]:
    """Return the next part of the name of each field that begins with `beginning`, and its value.

    Only fields whose value has several words count. Example:
    `{"seat:w-1": "1 0 2", "seat:w-2": "4"}` and "seat:" give `[("w-1", "1 0 2")]`.
    """
    several = {n: said for n, said in fields.items() if " " in said and n.startswith(beginning)}
    named = ((name[len(beginning) :].partition(":")[0], said) for name, said in several.items())
    return [(word, said) for word, said in named if word]


def loaded(epoch: str, data: Mapping[str, tuple[str, Value]]) -> Loaded:
    """Return a store's answer that holds only keys and values, and no outcomes or counters."""
    return Loaded(epoch=epoch, data=data)
