"""Loads of a hash with many entries only what one more entry needs, until all of them are needed.

An entry is a field with a colon in its name, such as a task's `given:w-1:a-1` for one answer. The
other fields are the facts of the hash; there are few of them. So what one more answer loads does
not grow with the answers before it. `lua/load.lua` cuts a hash in the same way.
"""

from collections.abc import Mapping, Sequence

from shared.state.changes import Read

_WITH, _AT, _COMING, _UNLESS = "!", "<", "+", "-"


def whole_with(field: str) -> str:
    """Return the word for a part of a hash that is to be the whole, if it has this field."""
    return _WITH + field


def whole_at(field: str, first_word: str) -> str:
    """Return the word for a part of a hash that is to be the whole, if it has enough entries.

    Entries of several words count whose first one is this, and the entries that are to come, each
    once; the field says how many are enough. A read has one such word.
    Example: with the field `wanted` of 5, it is four entries like `2 cat` and one to come.
    """
    return f"{_AT}{first_word}:{field}"


def whole_unless(field: str) -> str:
    """Return the word for a part of a hash that is never the whole, if it has this field.

    It goes before all words that say the part is to be the whole. A read has one such word.
    """
    return _UNLESS + field


def coming(entry: str) -> str:
    """Return the word for an entry that is to come; it is loaded if it is there already."""
    return _COMING + entry


def part_of(key: str, *words: str, field: str = "", then: Sequence[Read] = ()) -> Read:
    """Build a read (a request that the store sends later) that loads a hash whole or in part.

    It loads the facts and the entries whose names are among the words. It loads the whole hash
    where a word of `whole_with` or `whole_at` says so; several reads of one hash in a call count
    as one with the words of all. Only with a whole hash the reads in `then` follow, for the entries
    that are there and for those to come, as in `changes.hash_of` with this `field`.
    Example: of a task that wants 5 answers and has 2, `part_of(task, whole_at("wanted", "2"),
    coming("given:w-3:a-3"))` loads no answer; with 4 answers it loads all.
    """
    return Read("part", key, " ".join(words), 0, tuple(then), field=field)


def entries_in(read: Read) -> list[str]:
    """Return the names of the entries that this read says are to come."""
    return [word[1:] for word in read.suffix.split(" ") if word[0] == _COMING]


def cut(read: Read, fields: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Return the fields of a hash that this read loads, and whether these are all."""
    words, to_come = read.suffix.split(" "), entries_in(read)
    never = any(word[0] == _UNLESS and word[1:] in fields for word in words)
    if not never and any(_is_whole(word, to_come, fields) for word in words):
        return dict(fields), True
    named = {*words, *to_come}
    return {n: value for n, value in fields.items() if ":" not in n or n in named}, False


def _is_whole(word: str, to_come: Sequence[str], fields: Mapping[str, str]) -> bool:
    if word[0] == _WITH:
        return word[1:] in fields
    if word[0] != _AT:
        return False
    first_word, _, goal = word[1:].partition(":")
    beginning = f"{first_word} "
    held = {n for n, value in fields.items() if ":" in n and value.startswith(beginning)}
    return goal in fields and len(held.union(to_come)) >= int(fields[goal])
