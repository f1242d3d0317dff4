"""Writes ids so that they may stand in the names of Redis keys, fields and members, and back.

Ids come from outside, such as `auth0|5f7c` or `name:server;lsn:1`. A key of Redis is cut at colons
and braces and searched by patterns, so an id as it was sent could name the key of another thing.
"""

from functools import lru_cache
from urllib.parse import quote, unquote

_PLAIN = "@/+="
"""Written as they are, beside the letters, digits and `-._~` that `quote` never changes."""
_UNCHANGED = bytes(
    ord(letter) for letter in map(chr, range(128)) if quote(letter, _PLAIN) == letter
)


@lru_cache(maxsize=8192)
def escaped(name: str) -> str:
    """Return an id as it stands in a Redis key, field or member; `unescaped` undoes it.

    No two ids give the same text, and it holds no `:`, brace, blank or `*`. Every character but
    ASCII letters, digits and `-._~@/+=` becomes its UTF-8 bytes in percent notation.
    Example: `auth0|7` becomes `auth0%7C7`, and `w-7` stays `w-7`.
    """
    if not name.encode().translate(None, _UNCHANGED):
        return name  # nearly every id: several times as fast as the search for what to change
    return quote(name, safe=_PLAIN)


def unescaped(text: str) -> str:
    """Return the id of which `escaped` made this text."""
    return unquote(text) if "%" in text else text
