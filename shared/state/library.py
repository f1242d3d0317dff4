"""The function library in Redis: joined from `lua/`, and loaded on every master that needs it.

Loading a library in place of another one empties its memory and so closes every epoch of that
master, for all services: each of them has to catch up. So a library is replaced only where that
brings something new:

* Comments, blank lines and indentation are no part of what is loaded or compared. Rewording a
  comment changes nothing in Redis.
* The code carries a version, and only a higher version replaces a lower one. While processes of
  two builds run side by side, the newer one replaces the library once, and the older one leaves it
  in place, also when it restarts. (Builds from before there were versions do not: each start of
  theirs loads their own library, and every service catches up.) A higher version therefore answers
  every call of the versions before it; a call that must answer otherwise gets a new name.
* The library's name and the names of its functions stay the same in every version. With a name for
  each version there would be two memories of open epochs, and each build would close the epochs
  of the other for as long as both run.

Example: version 1 runs, and a process of version 2 starts. It loads version 2, every service
catches up, and processes of both versions go on with the functions of version 2.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from redis.asyncio.cluster import RedisCluster
from redis.exceptions import ResponseError

from shared.contracts.errors import TransientError

NAME = "sentuh"
VERSION = 5
"""Raised with every change of the code in `lua/`."""
FILES = (
    "epochs",
    "overlay",
    "verbs",
    "load",
    "commit",
    "before",
    "catch_up",
    "register",
)
"""In this order: a function is defined above those that call it, across files too."""
FOLDER = Path(__file__).parent / "lua"
ATTEMPTS_MAX = 3

_TEXT_OR_COMMENT = re.compile(r"('(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")|--[^\n]*")
_VERSION = re.compile(r"^local VERSION = (\d+)$", re.MULTILINE)


def without_comments(source: str) -> str:
    """Return Lua code without comments, blank lines and indentation.

    Text in quotes is left as it is; the code has neither long comments nor long strings. The first
    line, which names the library, stays. Example: the line ` local a = 1 -- one` becomes
    `local a = 1`.
    """
    # The first line is no comment: it names the language and the library.
    head, _, body = source.partition("\n")
    code = _TEXT_OR_COMMENT.sub(lambda match: match[1] or "", body)
    lines = (line.strip() for line in code.splitlines())
    return "\n".join([head, *(line for line in lines if line), ""])


def with_version(source: str, version: int) -> str:
    """Return the code with a line for its version as the second line.

    Version 1 has no such line: it is the code of a build that knew no versions, and must be taken
    for the same. Example: for version 2 the line is `local VERSION = 2`.
    """
    head, _, body = source.partition("\n")
    return source if version == 1 else f"{head}\nlocal VERSION = {version}\n{body}"


def version_of(source: str) -> int:
    """Return the version in the second line of Lua code, or 1 if the code has none."""
    match = _VERSION.search(source)
    return int(match[1]) if match else 1


def joined(files: Sequence[str]) -> str:
    """Return the Lua code of these files in `lua/`, one after the other."""
    return "".join((FOLDER / f"{name}.lua").read_text(encoding="utf-8") for name in files)


SOURCE = with_version(without_comments(joined(FILES)), VERSION)


async def ensure(client: Any) -> None:
    """Load the function library on each Redis master that lacks it or has a lower version.

    Of a Redis Cluster all masters are visited. Replacing a library loses what its functions
    remember in memory, so each service then rebuilds its state. Example: `await ensure(client)` at
    start.
    """
    if not isinstance(client, RedisCluster):
        await _ensure(client)
        return
    await client.initialize()
    for node in client.get_primaries():
        await _ensure(client, target_nodes=[node])


async def _ensure(client: Any, **where: Any) -> None:
    for _ in range(ATTEMPTS_MAX):
        loaded = await _loaded(client, **where)
        if loaded is not None and not _is_outdated(loaded):
            return
        # Without REPLACE where none was there: one that another process has loaded meanwhile may
        # have open epochs already, and this one looks at it first. An old one is replaced in any
        # case; were a newer one loaded in that moment, its owners would load it again.
        how = ("REPLACE",) if loaded is not None else ()
        try:
            await client.execute_command("FUNCTION LOAD", *how, SOURCE, **where)
        except ResponseError as failure:
            if "already exists" not in str(failure):
                raise
        else:
            return
    raise TransientError("others load the function library at the same time: try again")


async def _loaded(client: Any, **where: Any) -> str | None:
    """Return the code of the library on one master, without comments; None if it has none."""
    reply = await client.execute_command("FUNCTION LIST", "LIBRARYNAME", NAME, "WITHCODE", **where)
    code = code_in(reply)
    return None if code is None else without_comments(code)


def _is_outdated(loaded: str) -> bool:
    """Return whether the code on a master must be replaced, as its version is below this build's.

    Code of the same version is replaced if it differs, which happens only during development.
    Example: version 1 on the master and version 2 in this build give True.
    """
    theirs, ours = version_of(loaded), version_of(SOURCE)
    return theirs < ours or (theirs == ours and loaded != SOURCE)


def code_in(reply: Any) -> str | None:
    """Return the code in a reply to FUNCTION LIST WITHCODE; None if no library is listed."""
    values = (leaf for leaf in leaves(reply) if isinstance(leaf, bytes))
    return next((value.decode() for value in values if value.startswith(b"#!lua")), None)


def leaves(reply: Any) -> list[Any]:
    """Return every value of a nested reply from Redis, in one flat list.

    Depending on protocol and cluster, Redis answers with maps in lists or with lists of pairs.
    Example: `[[b"a", {b"k": b"b"}]]` gives `[b"a", b"b"]`.
    """
    if isinstance(reply, dict):
        return leaves(list(reply.values()))
    if isinstance(reply, list | tuple):
        return [leaf for part in reply for leaf in leaves(part)]
    return [reply]
