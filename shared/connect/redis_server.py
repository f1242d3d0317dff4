"""Asks what a Redis server is: which version, whether it has functions, whether it evicts keys."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio.cluster import RedisCluster
from redis.exceptions import ResponseError

from shared.connect.refusals import not_permitted, reply_of

OLDEST = 7
"""The first version of Redis with functions and with EXPIRETIME; Valkey counts on from there."""
KEEPS = "noeviction"
_OTHERS = {"valkey_version": "Valkey", "dragonfly_version": "Dragonfly", "redict_version": "Redict"}
"""Fields in which relatives of Redis tell their own version, beside `redis_version`."""


@dataclass(frozen=True, slots=True)
class RedisServer:
    """One server, or one master of a cluster, as it describes itself.

    `version` is that of Redis whose commands it has, `name` its own name and version; both are
    empty where it tells no version. `policy` is what it does when its memory is full; empty where
    it does not tell. Example: `RedisServer("r:6379", "Valkey 9.1.2", "7.2.4", "noeviction")`.
    """

    node: str
    name: str = ""
    version: str = ""
    policy: str = ""
    has_functions: bool = True
    is_replica: bool = False

    @property
    def is_too_old(self) -> bool:
        """Whether it says that it is a version below 7."""
        major = self.version.partition(".")[0]
        return major.isdecimal() and int(major) < OLDEST

    @property
    def may_evict(self) -> bool:
        """Whether its policy lets it delete keys that nobody asked it to delete.

        The policy alone counts: a limit of memory can be set at any time, with no restart.
        """
        return self.policy not in ("", KEEPS)


async def servers_of(client: Any, where: str) -> list[RedisServer]:
    """Return what the server says of itself; of a Redis Cluster what each master says.

    `where` names a single server in the result. Raises what redis-py raises if one does not answer.
    """
    if not isinstance(client, RedisCluster):
        return [await _server(client, where)]
    await client.initialize()
    # Together: one after the other would take longer than a probe may, where they are far away.
    return await asyncio.gather(
        *(_server(client, node.name, target_nodes=[node]) for node in client.get_primaries())
    )


def unusable(servers: Sequence[RedisServer]) -> str:
    """Return one line, with the fix, for the first server that lacks functions; "" if all can."""
    for server in servers:
        if server.is_too_old:
            return (
                f"SENTUH_REDIS_URL: Redis or Valkey from {OLDEST} on is needed, this is"
                f" {server.version} ({server.node}): name such a server, or have this one upgraded"
            )
        if not server.has_functions:
            shown = server.name or "a server that does not tell its version"
            return (
                f"SENTUH_REDIS_URL: Redis or Valkey from {OLDEST} on with its command FUNCTION is"
                f" needed, this is {shown} without it ({server.node}): name such a server, or have"
                " the command given back its name"
            )
    return ""


def read_only(servers: Sequence[RedisServer]) -> str:
    """Return one line, with the fix, for the first server that is a replica; "" for none."""
    for server in servers:
        if server.is_replica:
            return (
                f"Redis at {server.node} is a replica, which takes no writes: name its primary in"
                " SENTUH_REDIS_URL (of a hosted Redis not the endpoint for readers)"
            )
    return ""


def evicting(servers: Sequence[RedisServer]) -> str:
    """Return one line, with the fix, for the first server that may evict keys; "" for none."""
    for server in servers:
        if server.may_evict:
            return (
                f"SENTUH_REDIS_URL: Redis at {server.node} evicts keys when its memory is full"
                f" (maxmemory-policy is {server.policy}), and what we know would be lost without a"
                f" word: set its maxmemory-policy to {KEEPS}, or name another Redis"
                " (SENTUH_REDIS_ALLOW_EVICTION=true goes on all the same)"
            )
    return ""


def lacks_command(failure: BaseException) -> bool:
    """Return whether Redis knows no such command, as it is too old or the command was renamed."""
    return _replies(failure, "unknown command")


def _replies(failure: BaseException, beginning: str) -> bool:
    return isinstance(failure, ResponseError) and reply_of(failure).lower().startswith(beginning)


async def _server(client: Any, node: str, **at: Any) -> RedisServer:
    # Section by section: Redis below 7 takes one in a call, and is to be named, not failed at.
    about = await _info(client, "server", **at)
    role = await _info(client, "replication", **at)
    memory = await _info(client, "memory", **at)
    version = str(about.get("redis_version", ""))
    others = ((name, about.get(field)) for field, name in _OTHERS.items())
    own = next((f"{name} {number}" for name, number in others if number), "")
    return RedisServer(
        node,
        own or (version and f"Redis {version}"),
        version,
        str(memory.get("maxmemory_policy", "")),
        await _has_functions(client, **at),
        role.get("role") == "slave",
    )


async def _info(client: Any, section: str, **at: Any) -> Mapping[str, Any]:
    """Return one section of INFO; empty where this user may not ask, or there is no INFO.

    CONFIG, which tells the policy too, is closed on many hosted servers.
    """
    try:
        reply: Any = await client.execute_command("INFO", section, **at)
    except ResponseError as failure:
        if lacks_command(failure) or not_permitted(failure):
            return {}
        raise
    # Of a cluster client the reply may be one for each node asked.
    nested = isinstance(reply, Mapping) and reply and all(
        isinstance(one, Mapping) for one in reply.values()
    )  # fmt: skip
    return next(iter(reply.values())) if nested else reply


async def _has_functions(client: Any, **at: Any) -> bool:
    try:
        await client.execute_command("FUNCTION LIST", "LIBRARYNAME", "sentuh", **at)
    except ResponseError as failure:
        # Dragonfly knows FUNCTION FLUSH alone.
        if lacks_command(failure) or _replies(failure, "unknown subcommand"):
            return False
        if not not_permitted(failure):
            raise
    return True
