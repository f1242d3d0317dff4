"""Watches whether Redis stays fit for state: at the start, and again while a service runs."""

import asyncio
import time

import structlog

from shared.connect.access import REDIS_AWAY, RedisClient
from shared.connect.redis_server import RedisServer, evicting, read_only, servers_of, unusable
from shared.contracts.errors import SettingError, TransientError

log = structlog.get_logger()

ANSWER_SECONDS = 0.5
"""Half of what a probe has in all."""
LOOK_SECONDS = 3.0
"""A policy can be changed at any time; one look costs four short calls of each master."""


class RedisWatch:
    """Looks at the version, the functions and the eviction policy of every Redis master.

    `where` names a single server in messages. With `allow_eviction` a policy that evicts is warned
    of and nothing more. Example: `await RedisWatch(client, "r:6379").check()`.
    """

    def __init__(self, client: RedisClient, where: str, *, allow_eviction: bool = False) -> None:
        self._client = client
        self._where = where
        self._allow_eviction = allow_eviction
        self._looking = asyncio.Lock()
        self._looked_at: float | None = None
        self._servers: list[RedisServer] = []
        self._fault = ""
        self._started = False

    async def check(self) -> None:
        """Raise SettingError, which names the fix, if this Redis cannot hold our state.

        A server that does not tell its policy is warned of. Raises TransientError for a replica,
        which may become the primary, and what redis-py raises if a server does not answer.
        """
        await self._look()
        if fault := read_only(self._servers):
            raise TransientError(fault)
        if fault := unusable(self._servers) or self._evicting():
            raise SettingError(fault)
        self._started = True
        if fault := evicting(self._servers):
            log.warning("Redis may evict keys, and that is allowed", fix=fault)
        if silent := [server.node for server in self._servers if not server.policy]:
            log.warning(
                "Redis does not tell whether it evicts keys",
                nodes=silent,
                fix="give our user what `sentuh redis users` prints, INFO among it; or see to it"
                " that maxmemory-policy is noeviction",
            )

    async def has_functions(self) -> bool:
        """Return whether each master is new enough and knows functions, at the latest look."""
        await self._refresh()
        return not unusable(self._servers)

    async def keeps_keys(self) -> bool:
        """Return whether no master may evict keys, or that is allowed, at the latest look."""
        await self._refresh()
        return not self._evicting()

    def _evicting(self) -> str:
        return "" if self._allow_eviction else evicting(self._servers)

    async def _refresh(self) -> None:
        """Look again if the latest look is old, and log what has changed since the start.

        A server that does not answer changes nothing: another probe tells that. Before the start
        nothing is logged: `check` says it, once.
        """
        # Two probes ask in the same moment; the second takes what the first has seen.
        async with self._looking:
            if self._looked_at and time.monotonic() - self._looked_at < LOOK_SECONDS:
                return
            # A probe that has no time left would count as a fault: of a server that hangs, nothing
            # new is known, and "does not answer" is what is to be read.
            self._looked_at = time.monotonic()
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._look()
            except REDIS_AWAY:
                return
        fault = unusable(self._servers) or self._evicting()
        if not self._started:
            return
        if fault and fault != self._fault:
            log.error("Redis is no longer fit for our state", fix=fault)
        elif self._fault and not fault:
            log.info("Redis is fit for our state again")
        self._fault = fault

    async def _look(self) -> None:
        self._servers = await servers_of(self._client, self._where)
        self._looked_at = time.monotonic()
