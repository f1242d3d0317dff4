"""The function library of `commit.lua` in Redis: loaded where it is missing, on every master."""

from pathlib import Path
from typing import Any

from redis.asyncio.cluster import RedisCluster

SOURCE = (Path(__file__).parent / "commit.lua").read_text(encoding="utf-8")


async def ensure(client: Any) -> None:
    """Load the library on each master that lacks it or has another version.

    Replacing it closes every epoch of that master, so where the code is the same it stays.
    """
    if not isinstance(client, RedisCluster):
        await _ensure(client)
        return
    await client.initialize()
    for node in client.get_primaries():
        await _ensure(client, target_nodes=[node])


async def _ensure(client: Any, **where: Any) -> None:
    known = await client.execute_command(
        "FUNCTION LIST", "LIBRARYNAME", "sentuh", "WITHCODE", **where
    )
    if SOURCE.encode() not in leaves(known):
        await client.execute_command("FUNCTION LOAD", "REPLACE", SOURCE, **where)


def leaves(answer: Any) -> list[Any]:
    """Whatever the protocol's version made of it: maps in lists, or lists of pairs."""
    if isinstance(answer, dict):
        return leaves(list(answer.values()))
    if isinstance(answer, list | tuple):
        return [leaf for part in answer for leaf in leaves(part)]
    return [answer]
