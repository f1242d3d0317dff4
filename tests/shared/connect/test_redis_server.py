"""What a Redis server says of itself is read for every relative of Redis, and judged."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.exceptions import NoPermissionError, ResponseError

from shared.connect.redis_server import RedisServer, evicting, servers_of, unusable

UNKNOWN = "unknown command 'FUNCTION', with args beginning with: 'LIST'"
"""As redis-py hands it on, without ERR."""

NO_SUBCOMMAND = "Unknown subcommand or wrong number of arguments for 'LIST'. Try FUNCTION HELP."
"""The words of a Dragonfly."""


class TellingServer:
    """A client of one server with these fields of INFO; a reply may be an error instead."""

    def __init__(self, **fields: Any) -> None:
        self._function = fields.pop("function", b"")
        self._info = fields.pop("info", fields)

    async def execute_command(self, name: str, *_: object) -> Any:
        reply = self._info if name == "INFO" else self._function
        if isinstance(reply, Exception):
            raise reply
        return reply


async def asked(**fields: Any) -> RedisServer:
    (server,) = await servers_of(TellingServer(**fields), "r:6379")
    return server


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"redis_version": "6.2.14"}, "this is 6.2.14 (r:6379)"),
        ({"redis_version": "5.0.6"}, "this is 5.0.6 (r:6379)"),
        ({"redis_version": 6.2}, "this is 6.2 (r:6379)"),
        ({"redis_version": "6.3.4", "server_mode": "keydb"}, "this is 6.3.4 (r:6379)"),
        (
            {"redis_version": "7.4.0", "dragonfly_version": "df-v1.34.2", "function": True},
            "this is Dragonfly df-v1.34.2 without it",
        ),
        (
            {"redis_version": "7.2.4", "valkey_version": "9.1.2", "function": True},
            "this is Valkey 9.1.2 without it",
        ),
        ({"function": True}, "this is a server that does not tell its version without it"),
    ],
)
async def test_a_server_without_functions_is_named_with_its_version(
    fields: dict[str, Any], shown: str
) -> None:
    if fields.get("function"):
        fields = fields | {"function": ResponseError(UNKNOWN)}

    line = unusable([await asked(**fields)])

    assert line.startswith("SENTUH_REDIS_URL: Redis or Valkey from 7 on ")
    assert shown in line


async def test_a_server_that_knows_another_part_of_the_command_has_no_functions() -> None:
    dragonfly = {"redis_version": "7.4.0", "dragonfly_version": "df-v1.34.2"}

    line = unusable([await asked(**dragonfly, function=ResponseError(NO_SUBCOMMAND))])

    assert "this is Dragonfly df-v1.34.2 without it" in line


@pytest.mark.parametrize(
    "fields",
    [
        {"redis_version": "7.0.0"},
        {"redis_version": "8.2.1"},
        {"redis_version": "7.2.4", "valkey_version": "9.1.2"},
        {"redis_version": "7.2.4", "redict_version": "7.3.2"},
        {"redis_version": "10.0.0"},
        {"info": NoPermissionError("this user has no permissions to run the 'info' command")},
        {"info": ResponseError("unknown command 'INFO'")},
        {"redis_version": "7.2.5", "function": NoPermissionError("no permissions: function|list")},
    ],
)
async def test_a_server_with_functions_is_taken(fields: Mapping[str, Any]) -> None:
    assert unusable([await asked(**fields)]) == ""


@pytest.mark.parametrize(
    "policy",
    [
        *("volatile-lru", "volatile-lfu", "volatile-ttl", "volatile-random"),
        *("allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lrm"),
    ],
)
async def test_a_policy_that_evicts_is_named_whatever_the_limit(policy: str) -> None:
    server = await asked(redis_version="7.2.5", maxmemory_policy=policy, maxmemory=0)

    line = evicting([server])

    assert line.startswith("SENTUH_REDIS_URL: Redis at r:6379 evicts keys")
    assert f"maxmemory-policy is {policy}" in line
    assert "set its maxmemory-policy to noeviction" in line


async def test_a_server_that_does_not_tell_its_policy_is_not_accused() -> None:
    assert evicting([await asked(redis_version="7.2.5")]) == ""
    assert evicting([await asked(maxmemory_policy="noeviction")]) == ""


class ThreeMasters(RedisCluster):
    """A client of a cluster whose masters answer once all of them are asked."""

    def __init__(self) -> None:
        self._asked = asyncio.Barrier(3)

    async def initialize(self, *_: Any, **__: Any) -> "ThreeMasters":
        return self

    def get_primaries(self) -> list[ClusterNode]:
        return [ClusterNode("127.0.0.1", port) for port in (1, 2, 3)]

    async def execute_command(self, *_: Any, **__: Any) -> Any:
        async with self._asked:
            return {"redis_version": "7.2.5", "maxmemory_policy": "noeviction"}


async def test_masters_are_asked_together_as_a_look_has_little_time() -> None:
    servers = await asyncio.wait_for(servers_of(ThreeMasters(), ""), 120)

    assert [server.node for server in servers] == [f"127.0.0.1:{port}" for port in (1, 2, 3)]


def test_of_several_masters_the_one_at_fault_is_named() -> None:
    masters = [
        RedisServer("n1:6379", "Redis 7.2.5", "7.2.5", "noeviction"),
        RedisServer("n2:6379", "Redis 7.2.5", "7.2.5", "allkeys-lru"),
        RedisServer("n3:6379", "Redis 6.2.14", "6.2.14", "noeviction"),
    ]

    assert "n2:6379" in evicting(masters)
    assert "n3:6379" in unusable(masters)
