"""Packs the calls of the functions in Redis into msgpack, and unpacks their replies."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgpack

from shared.state.changes import REVISION, Change, Guard, merged
from shared.state.ranking import Ranking
from shared.state.store import (
    CommitEntry,
    Committed,
    Conflict,
    Loaded,
    Outcome,
    Replayed,
    Reply,
    Request,
    Value,
)

LOAD, COMMIT, SETTLE = "sentuh_load_3", "sentuh_commit_3", "sentuh_settle_3"
"""Functions of the library that each batch calls, or each gather of batches."""
Call = tuple[str, list[str], list[object]]
"""Function name, keys (the slot first), and the one argument before packing."""


class Verbs(dict[str, int]):
    """Numbers the verbs as `lua/verbs.lua` does; ValueError for one that is unknown."""

    def __missing__(self, verb: str) -> int:
        raise ValueError(f"unknown guard or write {verb}")


GUARD_NUMBERS = Verbs({"absent": 2, "field_is": 3, "field_below": 4})
"""`absent` of a whole key, which compares with no word, has the number before that of a field."""
_WRITES = (
    *("HSET", "HDEL", "HINCRBY", "HMAX", "SADD", "SREM", "ZADD", "ZREM", "EXPIREAT", "PERSIST"),
    "HTOP",
)
WRITE_NUMBERS = Verbs({verb: number for number, verb in enumerate(_WRITES, 1)})
ASKING_WRITES = {"HINCRBY": slice(0, None, 2), "HMAX": slice(0, None, 2), "HTOP": slice(2, None)}
"""Writes that depend on what fields hold: which of their words are the names of these."""


class Numbered(dict[str, int]):
    """Numbers the keys or the words of one call from 1; the code names each by its number.

    One that is asked for and missing is added. Example: `Numbered("{qa:main}")["{qa:main}:task:1"]`
    is 2.
    """

    def __init__(self, *first: str) -> None:
        super().__init__(zip(first, range(1, len(first) + 1), strict=True))

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self) + 1
        return number


def packed_argument(values: list[object]) -> bytes:
    """Pack the argument of a call with msgpack; bytes that are no UTF-8 pass through unchanged."""
    packed: bytes = msgpack.packb(values, use_bin_type=False, unicode_errors="surrogateescape")
    return packed


def unpacked_reply(reply: bytes) -> Any:
    """Unpack a msgpack reply, all of it as text; `_packed` turns such text back into bytes."""
    return msgpack.unpackb(reply, unicode_errors="surrogateescape", strict_map_key=False)


def _packed(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


class Coder:
    """Writes guards and changes of one call as the code that `lua/verbs.lua` explains.

    keys: the keys of the call, the slot first. words: every other text, once however often it is
    needed. asked: which fields of which keys the guards and some writes will ask for.
    """

    def __init__(self, slot: str) -> None:
        self.keys = Numbered(slot)
        self.words = Numbered()
        self.asked: defaultdict[int, dict[int, None]] = defaultdict(dict)

    def entry(self, entry: CommitEntry) -> list[object]:
        """Return the code of an entry, the id first."""
        keys, words = self.keys, self.words
        code: list[object] = [entry.id, entry.digest, entry.records, len(entry.reads)]
        for name, revision in entry.reads:
            key = keys[name]
            code += (key, words[revision])
            self.asked[key][words[REVISION]] = None
        touched = {change.aggregate for change in entry.changes if change.aggregate}
        code.append(len(touched))
        code += [keys[name] for name in touched]
        self._add_guards(code, entry.guards)
        return self.changes(entry.changes, code)

    def changes(self, changes: Sequence[Change], code: list[object]) -> list[object]:
        """Add the code of changes to a code, and return it."""
        keys, words, asked = self.keys, self.words, self.asked
        code.append(len(changes))
        for aggregate, guards, writes in changes:
            key = keys[aggregate] if aggregate else 0
            if key:
                asked[key][words[REVISION]] = None
            code.append(key)
            self._add_guards(code, guards)
            code.append(len(writes))
            for write in writes:
                verb, key = write[0], keys[write[1]]
                numbers = [words[word] for word in write[2:]]
                if verb in ASKING_WRITES:
                    asked[key].update(dict.fromkeys(numbers[ASKING_WRITES[verb]]))
                code += (WRITE_NUMBERS[verb], key, len(numbers))
                code += numbers
        return code

    def _add_guards(self, code: list[object], guards: Sequence[Guard]) -> None:
        code.append(len(guards))
        for guard in guards:
            key = self.keys[guard[1]]
            numbers = [self.words[word] for word in guard[2:]]
            if numbers:
                self.asked[key][numbers[0]] = None
            code += (GUARD_NUMBERS[guard[0]] - (not numbers), key)
            code += numbers

    def flat_asked(self) -> list[int]:
        """Return what was asked for: key, how many fields, these, and so on."""
        flat: list[int] = []
        for key, fields in self.asked.items():
            flat += (key, len(fields), *fields)
        return flat


def load_call(slot: str, request: Request) -> Call:
    """Return the call that loads what `request` names from a slot (keys under one hash tag)."""
    return (LOAD, [slot], [request.ids, merged(request.reads), request.counted])


def commit_call(slot: str, epoch: str, entries: Sequence[CommitEntry]) -> Call:
    """Return the call that commits entries to one slot, as long as `epoch` is its current epoch.

    A slot is the set of Redis keys under one hash tag; an epoch is a name for the time since its
    state was last rebuilt. Example: `commit_call("{qa:main}", "1.6f9c", [entry])`.
    """
    coder = Coder(slot)
    codes = [coder.entry(entry) for entry in entries]
    argument: list[object] = [epoch, list(coder.words), coder.flat_asked(), codes]
    return (COMMIT, list(coder.keys), argument)


def fold_call(slot: str, token: str, changes: Sequence[Change]) -> Call:
    """Return the call that writes changes to a slot whose rebuild `token` leads.

    A slot is the set of Redis keys under one hash tag. Example: `fold_call("{qa:main}", "me", [])`.
    """
    coder = Coder(slot)
    code = coder.changes(changes, [])
    argument: list[object] = [token, list(coder.words), coder.flat_asked(), code]
    return ("sentuh_fold_3", list(coder.keys), argument)


def loaded_of(reply: Any) -> Loaded:
    """Return the unpacked reply to a load as a Loaded object."""
    return Loaded(
        epoch=reply[0],
        outcomes={id_: outcome_of(kept) for id_, kept in _pairs(reply[1])},
        attempts=dict(_pairs(reply[2])),
        data={key: (pair[0], _value(*pair)) for key, pair in _pairs(reply[3])},
    )


def _pairs(table: Any) -> Iterable[tuple[Any, Any]]:
    return table.items() if isinstance(table, dict) else ()  # an empty table packs as a list


def _value(kind: str, flat: list[str]) -> Value:
    if kind == "set":
        return set(flat)
    pairs = zip(flat[::2], flat[1::2], strict=True)
    if kind == "hash":
        return dict(pairs)
    return Ranking((member, int(float(score))) for member, score in pairs)


def outcome_of(kept: str) -> Outcome:
    """Return the outcome kept as this text: `digest records`, or the digest of a settled one.

    Example: "9f ..." is an outcome of the digest "9f" that is not settled.
    """
    digest, blank, records = kept.partition(" ")
    return Outcome(digest, settled=not blank, records=_packed(records))


def reply_of_entry(answer: Any) -> Reply:
    """Return the answer to one entry of a commit as Committed, Conflict or Replayed."""
    if isinstance(answer, str):
        return Replayed(outcome_of(answer))
    return Committed() if answer else Conflict()
