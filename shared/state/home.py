"""Keeps two installations from using one Redis: other topics, or another database of the server.

The keys of a service are named for the service alone, so its state belongs to the topics of one
prefix. Which prefix that is stands beside the state, in the hash `{payout}:home`. And the function
library remembers open epochs for the whole server: in two of its logical databases, two processes
of one service would close each other's epochs. So each holds a lease in that memory, under a name
that says database and prefix.
"""

import asyncio
from typing import Any

import structlog
from redis.asyncio.cluster import RedisCluster

from shared.connect.access import REDIS_AWAY
from shared.connect.refusals import reply_of
from shared.contracts.errors import SettingError, TransientError
from shared.contracts.topics import TOPICS
from shared.state.commit import RedisStore

log = structlog.get_logger()

FIELD = "topics"
LEASE_SECONDS = 15.0
"""A lease outlives its last holder so long; a start waits longer for its end."""
AGAIN_SECONDS = 3.0
"""A server that restarts forgets all leases: after so long they are there again."""
WAIT_SECONDS = LEASE_SECONDS + 4 * AGAIN_SECONDS
"""So long a start waits for the end of another's lease, once it met one."""
ANSWER_SECONDS = 30.0
"""So long it waits for the server's first answer."""
LOOKS = 3
"""How often who waits looks in that time."""


class Home:
    """The place of one service's state: a Redis database, and the topics whose state it is.

    `root` is the hash tag of the service's keys, `prefix` goes before its topics' names. All
    processes of one installation have the same home. Example: `Home(client, "{payout}", "test-")`.
    """

    def __init__(self, client: Any, root: str, prefix: str) -> None:
        self._client = client
        self._store = RedisStore(client)
        self._key = f"{root}:home"
        self._numbers_key = f"{root}:incarnations"
        self._service = root.strip("{}")
        self._prefix = prefix
        self._database = _database_of(client)
        self._name = f"database {self._database}, topics {prefix!r}"
        self._meets_other = False

    async def check(self) -> None:
        """Raise SettingError if the state in Redis is of topics with another prefix.

        State of before the mark is known by the topics whose incarnations it numbers. Changes
        nothing in Redis. Raises TransientError if Redis does not answer.
        """
        try:
            prefix = await self._client.hget(self._key, FIELD)
            fields = await self._client.hgetall(self._numbers_key) if prefix is None else {}
        except REDIS_AWAY as failure:
            raise _away(failure) from failure
        before = {prefix_of(_text(field).rpartition(":")[0]) for field in fields}
        if before and self._prefix not in before:
            self._compare(min(before))
        self._compare(None if prefix is None else _text(prefix))

    async def claim(self) -> None:
        """Take this place for a start, and mark state that has no mark yet.

        Call it before anything else that calls the function library. Waits until the lease of who
        was here before has ended. Raises SettingError if another prefix or database is in use, and
        TransientError if Redis does not answer.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS) as limit:
                if self._meets_other:
                    await self._end_of_other()
                while not await self._is_held():
                    if not self._meets_other:
                        log.warning("start waits", cause="another installation has this Redis")
                        limit.reschedule(asyncio.get_running_loop().time() + WAIT_SECONDS)
                    self._meets_other = True
                    await self._end_of_other()
        except TimeoutError:
            if self._meets_other:
                raise self._other_place() from None
            # Not once was it said that another is here: a server that hangs is no installation.
            raise _away(TimeoutError("no answer in time")) from None
        await self._mark()

    async def keep(self) -> None:
        """Hold this place until cancelled; raises SettingError if another installation has it.

        A Redis that does not answer, or that was emptied, is tried again and marked again.
        """
        while True:
            await asyncio.sleep(AGAIN_SECONDS)
            try:
                if not await self._is_held():
                    raise self._other_place()
                await self._mark()
            except TransientError:
                continue

    async def _end_of_other(self) -> None:
        """Wait until nobody has held the place for twice as long as a holder takes to renew it.

        A server that restarts forgets the lease of who is at work. Were it taken in that moment, a
        second installation that is started again and again would end the first.
        """
        free = 0
        while free < 2 * LOOKS:
            await asyncio.sleep(AGAIN_SECONDS / LOOKS)
            # A lease that ends at once: it is held by nobody else if it is given.
            is_free = await self._store.lead(self._key, f"{self._name} waits", seconds=0)
            free = free + 1 if is_free else 0

    async def _is_held(self) -> bool:
        return await self._store.lead(self._key, self._name, seconds=LEASE_SECONDS)

    async def _mark(self) -> None:
        try:
            # Only where there is none: state of before the mark is taken by the first start.
            await self._client.hsetnx(self._key, FIELD, self._prefix)
        except REDIS_AWAY as failure:
            raise _away(failure) from failure
        await self.check()

    def _compare(self, kept: str | None) -> None:
        if kept is None or kept == self._prefix:
            return
        raise SettingError(
            f"SENTUH_TOPIC_PREFIX: this Redis holds {self._service}'s state of topics with the"
            f" prefix {kept!r}, and this process has {self._prefix!r}: give each prefix a"
            " Redis of its own (SENTUH_REDIS_URL), or correct the prefix; where the other is no"
            f" more, stop its processes and run `sentuh redis empty {self._service}`"
        )

    def _other_place(self) -> SettingError:
        return SettingError(
            f"SENTUH_REDIS_URL: another installation's {self._service} runs on this Redis server,"
            f" with topics of another prefix than {self._prefix!r} or in another logical database"
            f" than {self._database}: databases of one server are not apart (functions remember for"
            " all of them), so give each installation a Redis server of its own"
        )


def prefix_of(topic: str) -> str:
    """Return what stands before the name of the row; "" for a topic of no row.

    Example: `blue-` of `blue-qa.timers`.
    """
    rows = (row.name for row in TOPICS if topic.endswith(row.name))
    return topic.removesuffix(max(rows, key=len, default=topic))


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw


def _database_of(client: Any) -> int:
    """Return the number of the logical database that a client uses; a cluster has only 0."""
    if isinstance(client, RedisCluster):
        return 0
    return int(client.connection_pool.connection_kwargs.get("db") or 0)


def _away(failure: Exception) -> TransientError:
    return TransientError(f"looking whose state this is: Redis did not answer: {reply_of(failure)}")
