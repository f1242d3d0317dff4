"""Packs the calls of the functions in Redis into msgpack, and unpacks their replies."""

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
    """Numbers the keys of one call from 1; the other arguments name a key by its number.

    The slot (the hash tag that the keys share) has the number 1. A key that is asked for and
    missing is added. Example: `NumberedKeys("{qa:main}")["{qa:main}:task:t-1"]` is 2.
    """

    def __init__(self, slot: str) -> None:
        super().__init__({slot: 1})

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self) + 1
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


def _verbs(parts: Sequence[Guard | Write], keys: NumberedKeys) -> Sequence[object]:
    return [(part[0], keys[part[1]], *part[2:]) for part in parts] if parts else ()


def packed_change(change: Change, keys: NumberedKeys) -> Sequence[object]:
    """Return a change as Redis gets it: the number of its object's key or 0, guards, writes."""
    aggregate = keys[change.aggregate] if change.aggregate else 0
    return aggregate, _verbs(change.guards, keys), _verbs(change.writes, keys)


def load_call(slot: str, request: Request) -> Call:
    """Return the call that loads what `request` names from a slot (keys under one hash tag)."""
    return ("sentuh_load_3", [slot], [request.ids, merged(request.reads), request.counted])


def commit_call(slot: str, epoch: str, entries: Sequence[CommitEntry]) -> Call:
    """Return the call that commits entries to one slot, as long as `epoch` is its current epoch.

    A slot is the set of Redis keys under one hash tag; an epoch is a name for the time since its
    state was last rebuilt. Example: `commit_call("{qa:main}", "1.6f9c", [entry])`.
    """
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
    return ("sentuh_commit_3", list(keys), [epoch, packed])


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
