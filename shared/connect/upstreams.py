"""Waits for Kafka and Redis when a service starts, and probes their health while it runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from redis.asyncio.cluster import RedisCluster

from shared.connect.access import REDIS_AWAY, RedisClient
from shared.connect.admission import RequiredAccess, check_topics_and_rights, reach
from shared.connect.redis_server import lacks_command
from shared.connect.redis_watch import RedisWatch
from shared.connect.refusals import Refusal, kafka_refusal, redis_refusal, why
from shared.connect.settings import ServiceSettings
from shared.contracts.errors import SettingError, TransientError
from shared.contracts.rights import rights

log = structlog.get_logger()

AGAIN_SECONDS = 0.5
PROBE_SECONDS = 1.0
SLOTS_TRIED = 1000
"""Names tried at most to find one on each master; a master without slots has none."""


def redis_of(settings: ServiceSettings) -> RedisClient:
    """Return the Redis client that a process reads and writes its state with.

    It is not connected yet. A call that gets no answer fails after a few seconds.
    """
    return settings.redis.client(client_name=settings.member)


class Upstreams:
    """Checks that Kafka and Redis are usable: once at start, then again for each health probe.

    It has its own connections, apart from those that the service works with. `topics` maps the name
    of each topic that the service needs to its required number of partitions. Example:
    `await Upstreams(settings, {"tasks": 6}).wait()`.
    """

    def __init__(self, settings: ServiceSettings, topics: Mapping[str, int]) -> None:
        self._settings = settings
        self._topics = topics
        self._connecting = asyncio.Lock()
        self._redis = settings.redis.client(
            answer_seconds=PROBE_SECONDS, client_name=settings.member
        )
        self.redis_watch = RedisWatch(
            self._redis, settings.redis.where, allow_eviction=settings.redis_allow_eviction
        )
        self._kafka: AIOKafkaClient | None = None

    async def wait(self) -> None:
        """Wait until Kafka and Redis answer, all topics exist and all Kafka rights are granted.

        Raises SettingError, whose message names the fix: at once if a retry cannot help, such as
        after a wrong password, otherwise when `settings.start_seconds` have passed for one of the
        checks. Example: with Kafka down it retries every half second, then raises "cannot reach
        Kafka at ...".
        """
        servers = self._settings.kafka_bootstrap_servers
        for fault in self._settings.in_the_clear():
            log.warning("a secret is sent without encryption", fix=fault)
        await self._insist(
            lambda: reach(self._settings.kafka, client_id=f"{self._settings.member}-probe"),
            fix=f"cannot reach Kafka at {servers}: start it, or set"
            " SENTUH_KAFKA_BOOTSTRAP_SERVERS and SENTUH_KAFKA_SECURITY",
        )
        await self._insist(
            self._check_kafka,
            fix="topics are missing, or have other partitions than their rows: see"
            " `sentuh topics plan`, then run `sentuh topics apply` (SENTUH_TOPIC_PREFIX is"
            f" {self._settings.topic_prefix!r})",
        )
        await self._insist(
            self._check_redis,
            fix=f"cannot reach Redis at {self._settings.redis.where}: start it, or set"
            " SENTUH_REDIS_URL (rediss: where that port speaks TLS, redis: where it does not)",
        )

    def refusal(self, failure: BaseException) -> SettingError | None:
        """Return an error that names the setting to change; None if a retry may help.

        `failure` is an exception raised by a Kafka or Redis client. Example: a rejected password
        gives a SettingError, a refused connection gives None.
        """
        settings = self._settings
        return redis_refusal(settings.redis, failure) or kafka_refusal(settings.kafka, failure)

    async def redis_answers(self) -> bool:
        """Return whether Redis answers a PING; of a Redis Cluster every master must answer."""
        try:
            return bool(await _ping(self._redis))
        except REDIS_AWAY:
            return False

    async def redis_takes_writes(self, root: str) -> bool:
        """Return whether Redis accepts writes now; of a Redis Cluster every master must.

        `root` is the hash tag of a key of the service, such as `{router}`. Calls the service's
        Redis function that only reads, but is registered as one that may write. Redis refuses to
        run it when it is out of memory, is a read-only replica, or has too few replicas. Returns
        False for any such refusal, and if Redis does not answer; True if it has no functions, which
        `redis_watch` tells. Example: with `maxmemory` reached it returns False.
        """
        try:
            for slot in await _slots(self._redis, root):
                # Not the slot itself: asked in another database, its epoch would be closed.
                await self._redis.fcall("sentuh_epoch", 1, f"{slot}:probe")
        except REDIS_AWAY as failure:
            return lacks_command(failure)
        return True

    async def kafka_answers(self) -> bool:
        """Return whether a Kafka broker answers a request for metadata."""
        try:
            return bool(await (await self._client()).force_metadata_update())
        except (KafkaError, OSError):
            return False

    async def _client(self) -> AIOKafkaClient:
        """Return the Kafka client for probes, connecting it at the first call."""
        async with self._connecting:
            if self._kafka is None:
                self._kafka = await _bootstrapped(self._settings)
            return self._kafka

    async def _check_kafka(self) -> None:
        """Check once that all topics have their partitions and the service has its Kafka rights.

        Raises SettingError for a denied right, and TransientError if a topic is missing or has
        another number of partitions, or if Kafka does not answer: these may still change. Example:
        `tasks` with 3 partitions instead of 6 raises TransientError.
        """
        settings = self._settings
        required = RequiredAccess(self._topics, rights(settings.names, [settings.service]))
        try:
            client = await self._client()
            await check_topics_and_rights(client, settings.kafka, required)
            client.set_topics(list(self._topics))
        except (KafkaError, OSError) as failure:
            raise TransientError(why(failure)) from failure

    async def _check_redis(self) -> None:
        """Ping Redis and look what it is; TransientError if it is silent.

        Raises SettingError if it refuses this client, is too old, or may evict keys.
        """
        try:
            await _ping(self._redis)
            await self.redis_watch.check()
        except REDIS_AWAY as failure:
            if refused := redis_refusal(self._settings.redis, failure):
                raise refused from failure
            raise TransientError(why(failure)) from failure

    async def _insist(self, act: Callable[[], Awaitable[None]], *, fix: str) -> None:
        """Call `act` until it succeeds, for at most `start_seconds` seconds (a setting).

        Only TransientError leads to another try. When the time is over, raises SettingError with
        the text `fix` and the last failure. Any other error of `act` is raised at once. Example:
        `act` pings Redis and `fix` is "start Redis".
        """
        seconds = self._settings.start_seconds
        waiting = StartupLog(fix=fix, seconds=seconds)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        return await act()
                    except TransientError as failure:
                        waiting.tell(failure)
                    await asyncio.sleep(AGAIN_SECONDS)
        except TimeoutError:
            cause = waiting.cause or "no answer"
            raise SettingError(f"{fix}; after {seconds:.0f} s: {cause}") from None

    async def close(self) -> None:
        """Close the connections to Kafka and Redis that the probes use."""
        await self._redis.aclose()
        if self._kafka:
            await self._kafka.close()


async def _ping(client: Any) -> Any:
    """Ping the Redis server, or every master of a Redis Cluster; returns the client's answer."""
    nodes = {"target_nodes": RedisCluster.PRIMARIES} if isinstance(client, RedisCluster) else {}
    return await client.ping(**nodes)


async def _slots(client: Any, root: str) -> list[str]:
    """Return one hash tag for each master of a Redis Cluster, so that a call can reach each.

    The master that holds the hash tag `root` gets `root` itself; every other one gets a made-up tag
    that it would hold. Without a cluster the list is `[root]`. A master for which no tag is found,
    since it holds no hash slots, is left out. Example:
    `["{router}", "{router:~0}", "{router:~4}"]`.
    """
    if not isinstance(client, RedisCluster):
        return [root]
    await client.initialize()
    masters = {node.name for node in client.get_primaries()}
    by_master: dict[str, str] = {}
    for slot in (root, *(f"{root[:-1]}:~{at}}}" for at in range(SLOTS_TRIED))):
        if by_master.keys() >= masters:
            break
        if node := client.get_node_from_key(slot):
            by_master.setdefault(node.name, slot)
    return list(by_master.values())


async def _bootstrapped(settings: ServiceSettings) -> AIOKafkaClient:
    """Return a Kafka client that has connected; it is closed again if connecting fails."""
    client = AIOKafkaClient(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        client_id=f"{settings.member}-probe",
        **settings.kafka.aiokafka(),
    )
    try:
        await client.bootstrap()
    except BaseException:
        await client.close()
        raise
    return client


class StartupLog:
    """Logs why a start has to wait, and leaves out a cause that is the same as the one before.

    `about` are fields that are added to each log line. Example: `StartupLog(fix="start Redis")`.
    """

    def __init__(self, **about: object) -> None:
        self.cause = ""
        self._about = about

    def tell(self, failure: TransientError) -> None:
        """Log the failure as a warning, unless the last call had a failure with the same text."""
        if str(failure) != self.cause:
            self.cause = str(failure)
            log.warning("start waits", cause=self.cause, **self._about)


async def patiently_for(
    act: Callable[[], Awaitable[object]], *, seconds: float, fix: str, refusal: Refusal
) -> None:
    """Call `act` until it succeeds, for `seconds` at most; then raise SettingError with `fix`.

    Only TransientError leads to another try, after half a second. `refusal` gets each such error
    first; if it returns a SettingError, since no retry can cure the failure, that is raised at
    once. Example: `await patiently_for(ping, seconds=30, fix="start Redis",
    refusal=refusal)`.
    """
    try:
        async with asyncio.timeout(seconds):
            await patiently(act, refusal)
    except TimeoutError:
        raise SettingError(fix) from None


async def patiently(act: Callable[[], Awaitable[object]], refusal: Refusal) -> None:
    """Call `act`, which needs Kafka or Redis, every half second until it succeeds.

    Only TransientError leads to another try. `refusal` gets each such error first; if it returns a
    SettingError (the server answers but rejects this client), that is raised, since a retry would
    change nothing. Example: `await patiently(store.prepare, upstreams.refusal)`.
    """
    waiting = StartupLog()
    while True:
        try:
            await act()
        except TransientError as failure:
            if refused := refusal(failure):
                raise refused from failure
            waiting.tell(failure)
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return
