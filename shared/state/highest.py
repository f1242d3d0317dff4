"""Keeps the highest few of many short texts in a hash: a set that forgets its lowest.

The texts, called entries, all have one length and stand in some fields of the hash one behind the
other, the highest first, with no sign between them. Redis holds a small hash in half the memory as
long as no value is longer than 64 bytes, so they are spread over several fields.
"""

from collections.abc import Mapping, Sequence

from shared.state.changes import Write


def keep_highest(key: str, entry: str, fields: Sequence[str], *, each: int) -> Write:
    """Return a write that adds an entry, and drops the lowest if there is no room for all.

    `fields` are those that hold the entries, `each` how many fit into one. It needs no guard: what
    is kept is the highest of all entries that were ever added, in any order and however often. All
    entries of a key have one length and are ASCII; they are compared byte by byte.
    Example: with room for two, adding "b7", "a1", "c3" and "a1" again leaves "c3b7".
    """
    return ("HTOP", key, entry, str(each), *fields)


def text_in(held: Mapping[str, str], fields: Sequence[str]) -> str:
    """Return the entries that a hash holds in these fields as one text, the highest first."""
    return "".join(held.get(name, "") for name in fields)


def text_with(text: str, entry: str, *, most: int) -> str:
    """Return the entries of a text and one more, the highest first, and `most` of them at most."""
    length = len(entry)
    entries = {text[at : at + length] for at in range(0, len(text), length)}
    return "".join(sorted({*entries, entry}, reverse=True)[:most])


def pieces_with(
    held: Mapping[str, str], entry: str, fields: Sequence[str], *, each: int
) -> dict[str, str]:
    """Return what the fields hold once the entry was added; a field without an entry is left out.

    Example: with two to a field, "b7" added to `{"0": "c3a1"}` gives `{"0": "c3b7", "1": "a1"}`.
    """
    text = text_with(text_in(held, fields), entry, most=each * len(fields))
    size = each * len(entry)
    pieces = (text[at * size : (at + 1) * size] for at in range(len(fields)))
    return {name: piece for name, piece in zip(fields, pieces, strict=True) if piece}
