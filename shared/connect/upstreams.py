"""Kafka and Redis: waited for at start, and probed for health from then on."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from redis.asyncio.cluster import RedisCluster

from shared.connect.access import REDIS_AWAY, RedisClient
from shared.connect.admission import RequiredAccess, check_topics_and_rights, reach
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
    """Return the client a process keeps its state with; its calls fail soon."""
    return settings.redis.client(client_name=settings.member)


class Upstreams:
    """Kafka and Redis, probed over connections of their own.

    `topics` are the names of the topics that the service needs, with their partition counts.
    """

    def __init__(self, settings: ServiceSettings, topics: Mapping[str, int]) -> None:
        self._settings = settings
        self._topics = topics
        self._connecting = asyncio.Lock()
        self._redis = settings.redis.client(
            answer_seconds=PROBE_SECONDS, client_name=settings.member
        )
        self._kafka: AIOKafkaClient | None = None

    async def wait(self) -> None:
        """Wait until Kafka and Redis answer, every topic exists and every right is granted.

        Raises SettingError with the fix: at once where trying again cannot help, otherwise after
        `start_seconds`.
        """
        servers = self._settings.kafka_bootstrap_servers
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
            " SENTUH_REDIS_URL",
        )

    def refusal(self, failure: BaseException) -> SettingError | None:
        """Return what must be changed so that Kafka or Redis obeys; None if a retry may help."""
        settings = self._settings
        return redis_refusal(settings.redis, failure) or kafka_refusal(settings.kafka, failure)

    async def redis_answers(self) -> bool:
        """Whether Redis answers a ping."""
        try:
            return bool(await _ping(self._redis))
        except REDIS_AWAY:
            return False

    async def redis_takes_writes(self, root: str) -> bool:
        """Whether Redis would take a commit; of a cluster every master, since each may hold a pool.

        A server that is full, a replica, or lacks its replicas refuses every function that may
        write. So a call that only reads an epoch shows it.
        """
        try:
            for slot in await _slots(self._redis, root):
                await self._redis.fcall("sentuh_epoch", 1, slot)
        except REDIS_AWAY:
            return False
        return True

    async def kafka_answers(self) -> bool:
        """Whether a broker answers a request for metadata."""
        try:
            return bool(await (await self._client()).force_metadata_update())
        except (KafkaError, OSError):
            return False

    async def _client(self) -> AIOKafkaClient:
        async with self._connecting:
            if self._kafka is None:
                self._kafka = await _bootstrapped(self._settings)
            return self._kafka

    async def _check_kafka(self) -> None:
        """Check topics and rights once; raises TransientError where Kafka does not answer."""
        settings = self._settings
        required = RequiredAccess(self._topics, rights(settings.names, [settings.service]))
        try:
            client = await self._client()
            await check_topics_and_rights(client, settings.kafka, required)
            client.set_topics(list(self._topics))
        except (KafkaError, OSError) as failure:
            raise TransientError(why(failure)) from failure

    async def _check_redis(self) -> None:
        try:
            await _ping(self._redis)
        except REDIS_AWAY as failure:
            if refused := redis_refusal(self._settings.redis, failure):
                raise refused from failure
            raise TransientError(why(failure)) from failure

    async def _insist(self, act: Callable[[], Awaitable[None]], *, fix: str) -> None:
        """Repeat `act` while it raises TransientError, for as long as a start may take."""
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
        """Disconnect from both."""
        await self._redis.aclose()
        if self._kafka:
            await self._kafka.close()


async def _ping(client: Any) -> Any:
    """Ping the server, or every master of a cluster."""
    nodes = {"target_nodes": RedisCluster.PRIMARIES} if isinstance(client, RedisCluster) else {}
    return await client.ping(**nodes)


async def _slots(client: Any, root: str) -> list[str]:
    """Return one slot on each master: the root slot, and slots of pools that do not exist."""
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
    """Logs what a start waits for, each cause once; `about` is logged with it."""

    def __init__(self, **about: object) -> None:
        self.cause = ""
        self._about = about

    def tell(self, failure: TransientError) -> None:
        """Log the failure, unless it is the one that was logged last."""
        if str(failure) != self.cause:
            self.cause = str(failure)
            log.warning("start waits", cause=self.cause, **self._about)


async def patiently_for(
    act: Callable[[], Awaitable[object]], *, seconds: float, fix: str, refusal: Refusal
) -> None:
    """Do as `patiently` does, but for this long at most; then raise SettingError with the fix."""
    try:
        async with asyncio.timeout(seconds):
            await patiently(act, refusal)
    except TimeoutError:
        raise SettingError(fix) from None


async def patiently(act: Callable[[], Awaitable[object]], refusal: Refusal) -> None:
    """Repeat `act`, which needs Kafka or Redis, until it succeeds.

    Raises SettingError where they are there but refuse it: trying again would change nothing.
    Example: `await patiently(store.prepare, upstreams.refusal)`.
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
