"""What a process needs from outside: Kafka and Redis, waited for at start and asked ever after."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

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
    """Kafka and Redis as probes see them, over connections of their own."""

    def __init__(self, settings: ServiceSettings, topics: Iterable[str]) -> None:
        self._settings = settings
        self._topics = sorted(topics)
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
            fix="topics are missing: run `sentuh topics apply` (SENTUH_TOPIC_PREFIX is"
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
        """Whether a broker answers what it knows of our topics."""
        try:
            if self._kafka is None:
                client = AIOKafkaClient(
                    bootstrap_servers=self._settings.kafka_bootstrap_servers,
                    client_id=f"{self._settings.member}-probe",
                )
                client.set_topics(self._topics)
                await client.bootstrap()
                self._kafka = client
            return bool(await self._kafka.force_metadata_update())
        except (KafkaError, OSError):
            return False

    async def _topics_there(self) -> bool:
        if not await self.kafka_answers() or self._kafka is None:
            return False
        return set(self._topics) <= set(self._kafka.cluster.topics())

    async def close(self) -> None:
        """Disconnect."""
        await self._redis.aclose()
        if self._kafka:
            await self._kafka.close()


async def _insist(probe: Callable[[], Awaitable[bool]], *, seconds: float, fix: str) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not await probe():  # noqa: ASYNC110 - what is outside gives no event
                await asyncio.sleep(AGAIN_SECONDS)
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
