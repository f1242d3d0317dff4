"""What a process needs from outside: Kafka and Redis, waited for at start and asked ever after."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from shared.errors import SettingError, TransientError
from shared.settings import ServiceSettings

log = structlog.get_logger()

AGAIN_SECONDS = 0.5
ANSWER_SECONDS = 5.0
CONNECT_SECONDS = 2.0


def redis_of(settings: ServiceSettings, *, answer_seconds: float = ANSWER_SECONDS) -> Redis:
    """A client that gives up soon and tries once more; every call of ours may come twice."""
    return Redis.from_url(
        settings.redis_url,
        socket_timeout=answer_seconds,
        socket_connect_timeout=min(CONNECT_SECONDS, answer_seconds),
        retry=Retry(NoBackoff(), 1),
        client_name=settings.member,
    )


class Outside:
    """Kafka and Redis as probes see them, over connections of their own.

    `topics` are the names we need, with their partitions.
    """

    def __init__(self, settings: ServiceSettings, topics: Mapping[str, int]) -> None:
        self._settings = settings
        self._topics = topics
        self._connecting = asyncio.Lock()
        self._redis = redis_of(settings, answer_seconds=1.0)
        self._kafka: AIOKafkaClient | None = None

    async def wait(self) -> None:
        """Return once both answer and every topic is there; SettingError with the fix if not."""
        seconds = self._settings.start_seconds
        servers = self._settings.kafka_bootstrap_servers
        await _insist(
            self.kafka_answers,
            seconds=seconds,
            fix=f"cannot reach Kafka at {servers} within {seconds:.0f} s: start it, or set"
            " SENTUH_KAFKA_BOOTSTRAP_SERVERS",
        )
        await _insist(
            self._topics_there,
            seconds=seconds,
            fix="topics are missing, or have other partitions than their rows: see"
            " `sentuh topics plan`, then run `sentuh topics apply` (SENTUH_TOPIC_PREFIX is"
            f" {self._settings.topic_prefix!r})",
        )
        await _insist(
            self.redis_answers,
            seconds=seconds,
            fix=f"cannot reach Redis within {seconds:.0f} s: start it, or set SENTUH_REDIS_URL",
        )

    async def redis_answers(self) -> bool:
        """Whether Redis answers a ping."""
        try:
            return bool(await self._redis.ping())
        except (RedisError, OSError):
            return False

    async def kafka_answers(self) -> bool:
        """Whether a broker answers what it knows of its topics."""
        try:
            return bool(await (await self._client()).force_metadata_update())
        except (KafkaError, OSError):
            return False

    async def _client(self) -> AIOKafkaClient:
        async with self._connecting:
            if self._kafka is None:
                self._kafka = await _bootstrapped(self._settings)
            return self._kafka

    async def _topics_there(self) -> bool:
        """Whether every topic is there with its partitions.

        Asked of all topics there are: some brokers make a topic because its name is asked for.
        """
        try:
            client = await self._client()
            known = await client.fetch_all_metadata()
        except (KafkaError, OSError):
            return False
        there = {name: len(known.partitions_for_topic(name) or ()) for name in known.topics()}
        if any(there.get(name) != count for name, count in self._topics.items()):
            return False
        client.set_topics(list(self._topics))
        return True

    async def close(self) -> None:
        """Disconnect."""
        await self._redis.aclose()
        if self._kafka:
            await self._kafka.close()


async def _bootstrapped(settings: ServiceSettings) -> AIOKafkaClient:
    client = AIOKafkaClient(
        bootstrap_servers=settings.kafka_bootstrap_servers, client_id=f"{settings.member}-probe"
    )
    try:
        await client.bootstrap()
    except BaseException:
        await client.close()
        raise
    return client


async def _insist(probe: Callable[[], Awaitable[bool]], *, seconds: float, fix: str) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not await probe():  # noqa: ASYNC110 - what is outside gives no event
                await asyncio.sleep(AGAIN_SECONDS)
    except TimeoutError:
        raise SettingError(fix) from None


async def patiently_for(act: Callable[[], Awaitable[object]], *, seconds: float, fix: str) -> None:
    """`patiently`, but no longer than this; then SettingError with the fix."""
    try:
        async with asyncio.timeout(seconds):
            await patiently(act)
    except TimeoutError:
        raise SettingError(fix) from None


async def patiently(act: Callable[[], Awaitable[object]]) -> None:
    """Do something at start that needs Kafka or Redis, again and again while they are away."""
    while True:
        try:
            await act()
        except TransientError as failure:
            log.warning("start waits", cause=str(failure))
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return
