"""Holds loaded state in memory, and changes it as the function library in Redis would."""

from collections.abc import Callable, Iterable, Mapping, MutableSet
from typing import TypeVar

from shared.state.changes import COUNT, REVISION, Change, Guard, Write, count_name
from shared.state.ranking import Ranking
from shared.state.store import Hash, Ranked, Value
from shared.state.verbs import OF_HASHES, WRITES, number_of

_T = TypeVar("_T")


class View:
    """The keys and values loaded for a batch, on which decisions are made before the commit.

    Changes of one decision are applied to the view at once, with the meaning that guards
    (conditions) and writes have in Redis. So the next record of the batch is decided on the state
    that the first one leaves. Example:
    `View({"task:t-1": ("hash", {"wanted": "2"})}).hash("task:t-1")`.
    """

    def __init__(self, data: Mapping[str, tuple[str, Value]] | None = None) -> None:
        self._data: dict[str, Value] = {}
        self._loaded: set[str] = set()
        self._built: dict[tuple[str, ...], object] = {}
        self._built_of: dict[str, set[tuple[str, ...]]] = {}
        self.expiring: dict[str, int] = {}
        if data:
            self.learn(data)

    def learn(self, data: Mapping[str, tuple[str, Value]]) -> None:
        """Add loaded keys with their kinds and values; an empty value stands for a missing key."""
        for key, (_, value) in data.items():
            self._loaded.add(key)
            self._changed(key)
            if value:
                self._data[key] = value

    def is_loaded(self, *keys: str) -> bool:
        """Return whether all of these keys were loaded, also if Redis has no value for them."""
        return self._loaded.issuperset(keys)

    def hash(self, key: str) -> Hash:
        """Return the fields of a hash, empty without the key; KeyError if it was not loaded."""
        return self._get(key, dict)

    def field(self, key: str, name: str) -> str | None:
        """Return a hash's field; None if the field is missing or the hash was not loaded."""
        return self.fields(key).get(name)

    def fields(self, key: str) -> Hash:
        """Return the fields of a hash, empty if it is missing or was not loaded; never KeyError."""
        value = self._data.get(key)
        return {} if value is None else fields_in(value)

    def set(self, key: str) -> "set[str]":
        """Return the members of a set, empty without the key; KeyError if it was not loaded."""
        return self._get(key, set)

    def ranking(self, key: str, take: int | None = None) -> Ranked:
        """Return the `take` lowest members of a sorted set, or all, with their scores.

        The result is empty if the key does not exist; KeyError if the key was not loaded.
        """
        return self._get(key, Ranking).lowest(take)

    def _get(self, key: str, kind: Callable[[], _T]) -> _T:
        """Return a key's value, or an empty one of this kind; KeyError if it was not loaded."""
        if key not in self._loaded:
            raise KeyError(f"{key} was not loaded: name it in the row's load")
        return self._data.get(key) or kind()  # type: ignore[return-value]

    def built(self, keys: tuple[str, ...], build: Callable[[], _T]) -> _T:
        """Return what `build` makes of the values of these keys, made again once one has changed.

        Every decision of a batch that asks for it gets the same object, so it must not be mutable.
        For one tuple of keys always ask for one kind of object. Example:
        `view.built((worker_key, places_key), lambda: worker_of(view, worker_key, places_key))`.
        """
        held = self._built.get(keys)
        if held is None:
            held = self._built[keys] = build()
            for key in keys:
                self._built_of.setdefault(key, set()).add(keys)
        return held  # type: ignore[return-value]

    def _changed(self, key: str) -> None:
        """Forget what was built of the value of this key."""
        for keys in self._built_of.pop(key, ()):
            self._built.pop(keys, None)

    def count(self, key: str) -> int:
        """Return the size of a sorted set, which a read made by `changes.count_of` has loaded."""
        return int(self.hash(count_name(key))[COUNT])

    def revision(self, aggregate: str) -> str:
        """Return the counter of changes in an object's hash, as text; "0" before the first."""
        return self.hash(aggregate).get(REVISION, "0")

    def holds(self, guards: Iterable[Guard]) -> bool:
        """Return whether every guard (condition on a key) holds for the values in this view.

        A guard on a key that was not loaded counts as fulfilled here, and Redis checks it at the
        commit. Example: `absent("task:t-1")` holds if the key was loaded and does not exist.
        """
        for guard in guards:  # noqa: SIM110 - it is asked for every change of every record
            if not self._holds(guard):
                return False
        return True

    def _holds(self, guard: Guard) -> bool:
        verb, key = guard[0], guard[1]
        value = self._data.get(key)
        if value is None and key not in self._loaded:
            return True
        if len(guard) == 2 and verb == "absent":
            return value is None
        held = None if value is None else fields_in(value).get(guard[2])
        if verb == "absent":
            return held is None
        if verb == "field_is":
            return held == guard[3]
        if verb == "field_below":
            return held is None or number_of(held) < int(guard[3])
        raise ValueError(f"unknown guard {verb}")

    def make(self, changes: Iterable[Change], raised: MutableSet[str] | None = None) -> None:
        """Apply the writes of each change whose guards (conditions) hold; skip the others.

        Raises by one the revision (change counter) of each object that changes, once for each
        commit: `raised` are the keys of the objects for which this was done already, and is added
        to. Example: two changes of task t-1 in one call raise its revision by one.
        """
        raised = set() if raised is None else raised
        for change in changes:
            if not self.holds(change.guards):
                continue
            for write in change.writes:
                verb = write[0]
                # What is not loaded is read by no decision; a guard may still ask for its fields.
                if verb in OF_HASHES or write[1] in self._loaded:
                    WRITES[verb](self, write)
            if change.aggregate and change.aggregate not in raised:
                raised.add(change.aggregate)
                self.write(("HINCRBY", change.aggregate, REVISION, "1"))

    def write(self, write: Write) -> None:
        """Apply one write to the view, without any condition."""
        WRITES[write[0]](self, write)

    def value(self, key: str, kind: type[_T]) -> _T:
        """Return a key's value to change; if it is missing, create an empty one of this kind."""
        if key in self._built_of:
            self._changed(key)
        value = self._data.get(key)
        if value is None:
            value = self._data[key] = kind()  # type: ignore[assignment]
        return value  # type: ignore[return-value]

    def exists(self, key: str) -> bool:
        """Return whether the key has a value here; the store may hold one that was not loaded."""
        return key in self._data

    def tidy(self, key: str) -> None:
        """Remove the key if its value is empty, as Redis does with an empty hash or set."""
        if not self._data[key]:
            del self._data[key]
            self.expiring.pop(key, None)


def fields_in(value: Value) -> Hash:
    """Return the fields of a hash; TypeError where the value is of another kind."""
    if type(value) is not dict:
        raise TypeError("the key holds no hash")
    return value  # type: ignore[return-value]
