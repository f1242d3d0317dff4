"""The calls of the function library: packed into one argument, and unpacked from one reply."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgpack

from shared.state.changes import Change, Guard, Write, merged
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

Call = tuple[str, list[str], list[object]]
"""Function name, keys (the slot first), and the one argument before packing."""


class NumberedKeys(dict[str, int]):
    """The keys of one call, numbered from 1; guards and writes name a key by its number.

    A key that is asked for is added: `NumberedKeys(slot)["{qa:main}:task:t-1"]` is 2.
    """

    def __init__(self, slot: str) -> None:
        super().__init__({slot: 1})

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self) + 1
        return number


def packed_argument(values: list[object]) -> bytes:
    """Pack the argument of a call; text made from bytes that are no UTF-8 becomes those bytes."""
    packed: bytes = msgpack.packb(values, use_bin_type=False, unicode_errors="surrogateescape")
    return packed


def unpacked_reply(reply: bytes) -> Any:
    """Unpack a reply, all of it as text; `_packed` returns the bytes of records from it."""
    return msgpack.unpackb(reply, unicode_errors="surrogateescape", strict_map_key=False)


def _packed(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _verbs(parts: Sequence[Guard | Write], keys: NumberedKeys) -> Sequence[object]:
    return [(part[0], keys[part[1]], *part[2:]) for part in parts] if parts else ()


def packed_change(change: Change, keys: NumberedKeys) -> Sequence[object]:
    """Return a change as it travels: the aggregate's number or 0, guards, writes."""
    aggregate = keys[change.aggregate] if change.aggregate else 0
    return aggregate, _verbs(change.guards, keys), _verbs(change.writes, keys)


def load_call(slot: str, request: Request) -> Call:
    """Return the call that loads one slot."""
    return ("sentuh_load", [slot], [request.ids, merged(request.reads), request.counted])


def commit_call(slot: str, epoch: str, entries: Sequence[CommitEntry]) -> Call:
    """Return the call that commits entries to one slot under its epoch."""
    keys = NumberedKeys(slot)
    packed: list[object] = [
        [
            entry.id,
            entry.digest,
            [(keys[key], revision) for key, revision in entry.reads],
            _verbs(entry.guards, keys),
            [packed_change(change, keys) for change in entry.changes],
            entry.records,
        ]
        for entry in entries
    ]
    return ("sentuh_commit", list(keys), [epoch, packed])


def loaded_of(reply: Any) -> Loaded:
    """Return what a load has loaded."""
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


def outcome_of(kept: Any) -> Outcome:
    """Return an outcome from its digest, whether it is settled, and its packed records."""
    return Outcome(digest=kept[0], settled=bool(kept[1]), records=_packed(kept[2]))


def reply_of_entry(answer: Any) -> Reply:
    """Return the reply to one entry of a commit."""
    if answer == "committed":
        return Committed()
    if answer == "conflict":
        return Conflict()
    return Replayed(outcome_of(answer))
